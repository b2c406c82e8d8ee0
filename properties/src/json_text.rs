//! JSON given as text inside a property. Stricter than a parser needs to be: a key that stands
//! twice in one object is refused, because in a policy the last one would silently win.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Problem, Problems, name::shown};

/// The value of `text`, or a problem at `path` that gives the position. Doubled keys are problems
/// of their own, at their own paths.
pub(crate) fn parse(text: &str, path: &str, problems: &mut Problems) -> Option<Value> {
    let doubled = RefCell::new(Vec::new());
    let mut source = serde_json::Deserializer::from_str(text);
    let parsed = Strict {
        path: path.to_owned(),
        doubled: &doubled,
    }
    .deserialize(&mut source)
    // The value itself is JSON's own, since only that one keeps the text of a number.
    .and_then(|_| source.end())
    .and_then(|()| serde_json::from_str(text));
    problems.extend(doubled.into_inner());
    parsed
        .map_err(|error| problems.push(path, format!("is not valid JSON: {error}")))
        .ok()
}

/// Builds a [`Value`] and notes each key that stands twice.
struct Strict<'a> {
    path: String,
    doubled: &'a RefCell<Vec<Problem>>,
}

impl Strict<'_> {
    fn below(&self, step: fmt::Arguments<'_>) -> Self {
        Self {
            path: format!("{}{step}", self.path),
            doubled: self.doubled,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(self.below(format_args!("[{}]", list.len())))?
        {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let below = self.below(format_args!(".{}", shown(&key)));
            if object.contains_key(&key) {
                self.doubled
                    .borrow_mut()
                    .push(Problem::new(below.path.clone(), "stands twice; keep one"));
            }
            let value = entries.next_value_seed(below)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn good_text_gives_the_value_in_its_order() {
        let mut problems = Problems::default();
        let value = parse(
            r#"{"b": [1, -2, 0.5, null, true], "a": "x"}"#,
            "P",
            &mut problems,
        );
        assert_eq!(
            value,
            Some(json!({"b": [1, -2, 0.5, null, true], "a": "x"}))
        );
        assert_eq!(
            value.unwrap().to_string(),
            r#"{"b":[1,-2,0.5,null,true],"a":"x"}"#
        );
        assert!(problems.is_empty());
    }

    #[test]
    fn bad_text_is_answered_with_the_position() {
        let mut problems = Problems::default();
        assert_eq!(parse("{\n  \"a\": 1,\n  b\n}", "P", &mut problems), None);
        assert_eq!(
            problems.to_string(),
            "P: is not valid JSON: key must be a string at line 3 column 3"
        );
        for (broken, what) in [("{} x", "trailing"), ("", "EOF"), ("[1", "EOF")] {
            let mut problems = Problems::default();
            assert_eq!(parse(broken, "P", &mut problems), None);
            assert!(problems.to_string().contains(what), "{problems}");
        }
    }

    #[test]
    fn every_doubled_key_is_a_problem_at_its_own_path() {
        let mut problems = Problems::default();
        parse(
            r#"{"S": [{"E": 1, "E": 2}, {"F": {"g": 1, "g": 1}}], "S": 1}"#,
            "P",
            &mut problems,
        );
        let paths: Vec<_> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        assert_eq!(paths, ["P.S[0].E", "P.S[1].F.g", "P.S"]);
    }

    #[test]
    fn very_deep_text_is_refused_and_does_not_overflow() {
        let mut problems = Problems::default();
        assert_eq!(parse(&"[".repeat(10_000), "P", &mut problems), None);
        assert!(
            problems.to_string().contains("recursion limit"),
            "{problems}"
        );
    }
}
