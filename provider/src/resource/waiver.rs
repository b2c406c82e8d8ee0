//! What a stack once got through stays good: an Update is not refused for a property that it
//! leaves as it was, even where today's checks are stricter than those of the release that
//! accepted it. See docs/adr/0004.

use serde_json::Value;
use zeroetl_properties::{Problems, is_absent};

/// Drops the problems with values that `old` and `new` have in common.
pub fn waive_unchanged(problems: &mut Problems, old: &Value, new: &Value) {
    problems.retain(|problem| !unchanged(&problem.path, old, new));
}

/// Whether some value on the way to `path` is there in both, and the same.
fn unchanged(path: &str, mut old: &Value, mut new: &Value) -> bool {
    for step in steps(path) {
        let (Some(before), Some(after)) = (child(old, step), child(new, step)) else {
            return false;
        };
        if before == after {
            return !is_absent(after);
        }
        (old, new) = (before, after);
    }
    false
}

/// `A.B[1].C` as `A`, `B`, `1`, `C`.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '['])
        .map(|step| step.trim_end_matches(']'))
        .filter(|step| !step.is_empty())
}

fn child<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Object(entries) => entries.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left(path: &str, old: &Value, new: &Value) -> bool {
        let mut problems = Problems::default();
        problems.push(path, "is wrong");
        waive_unchanged(&mut problems, old, new);
        !problems.is_empty()
    }

    #[test]
    fn a_value_that_stays_is_not_checked_again() {
        let old = json!({"A": {"B": [{"C": 1}, {"C": "x"}]}, "D": 1});
        let new = json!({"A": {"B": [{"C": 2}, {"C": "x"}]}, "D": 2});
        assert!(!left("A.B[1].C", &old, &new));
        assert!(!left("A.B[1].Missing", &old, &new));
        assert!(left("A.B[0].C", &old, &new));
        assert!(left("D", &old, &new));
        assert!(left("A.B[2].C", &old, &new));
        assert!(left("D", &Value::Null, &new));
    }

    #[test]
    fn what_is_missing_before_and_after_is_still_missing() {
        assert!(left("D", &json!({}), &json!({})));
        assert!(left("D", &json!({"D": ""}), &json!({"D": ""})));
    }
}
