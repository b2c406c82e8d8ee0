//! Whether two statements mean the same. One string or a list of one, the order of a list, an
//! account id or its root's ARN: none of these makes a difference, to IAM or to us.

use serde_json::{Map, Value};
use zeroetl_properties::{AccountId, Arn, is_absent, text};

/// Whether both lists hold the same statements, in any order.
pub(super) fn same_statements(one: &[Value], other: &[Value]) -> bool {
    normal_list(one) == normal_list(other)
}

fn normal_list(statements: &[Value]) -> Vec<String> {
    let mut normal: Vec<_> = statements
        .iter()
        .map(|one| normal_statement(one).to_string())
        .collect();
    normal.sort();
    normal
}

/// The statement in its one normal form.
fn normal_statement(statement: &Value) -> Value {
    let Value::Object(entries) = statement else {
        return sorted(statement);
    };
    let normal = entries.iter().map(|(key, value)| {
        let value = match key.as_str() {
            // Actions are the one thing in a policy that has no case.
            "Action" | "NotAction" => set(value, &str::to_lowercase),
            "Resource" | "NotResource" => set(value, &str::to_owned),
            "Principal" | "NotPrincipal" => principals(value),
            "Condition" => conditions(value),
            _ => sorted(value),
        };
        (key.clone(), value)
    });
    filled(normal)
}

/// One or many texts as a sorted list without repetitions.
fn set(value: &Value, normal: &dyn Fn(&str) -> String) -> Value {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut items: Vec<Value> = items
        .iter()
        .filter(|item| !is_absent(item))
        .map(|item| text(item).map_or_else(|| sorted(item), |item| normal(&item).into()))
        .collect();
    items.sort_by_cached_key(ToString::to_string);
    items.dedup();
    Value::Array(items)
}

fn principals(value: &Value) -> Value {
    match value {
        Value::Object(kinds) => {
            let kinds = kinds.iter();
            filled(kinds.map(|(kind, names)| (kind.clone(), set(names, &principal))))
        }
        // `*` alone is everybody, and so is `{"AWS": "*"}`.
        everybody => filled(std::iter::once((
            "AWS".to_owned(),
            set(everybody, &principal),
        ))),
    }
}

/// An account's root as the account.
fn principal(name: &str) -> String {
    match name.parse::<Arn>() {
        Ok(arn)
            if arn.service() == "iam"
                && arn.region().is_empty()
                && arn.resource() == "root"
                && arn.account().parse::<AccountId>().is_ok() =>
        {
            arn.account().to_owned()
        }
        _ => name.to_owned(),
    }
}

fn conditions(value: &Value) -> Value {
    let Value::Object(operators) = value else {
        return sorted(value);
    };
    let normal = operators.iter().map(|(operator, keys)| {
        let Value::Object(keys) = keys else {
            return (operator.clone(), sorted(keys));
        };
        let keys = keys
            .iter()
            .map(|(key, values)| (key.clone(), set(values, &str::to_owned)));
        (operator.clone(), filled(keys))
    });
    filled(normal)
}

/// The value with every object's keys in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(entries) => ordered(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        scalar => scalar.clone(),
    }
}

/// The entries in the order of their keys, without the empty ones.
fn filled(entries: impl Iterator<Item = (String, Value)>) -> Value {
    ordered(entries.filter(|(_, value)| !is_absent(value)).collect())
}

fn ordered(mut entries: Map<String, Value>) -> Value {
    entries.sort_keys();
    Value::Object(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn same(one: &Value, other: &Value) -> bool {
        same_statements(std::slice::from_ref(one), std::slice::from_ref(other))
    }

    #[test]
    fn what_makes_no_difference_makes_none_here() {
        let statement = json!({
            "Sid": "A", "Effect": "Allow",
            "Principal": {"AWS": ["111111111111", "arn:aws:iam::222222222222:role/r"]},
            "Action": ["glue:GetTable", "glue:GetDatabase"], "Resource": "r",
            "Condition": {"Bool": {"aws:SecureTransport": true}, "StringEquals": {"k": ["a", "b"]}},
        });
        let alike = json!({
            "Resource": ["r"], "Action": ["glue:getdatabase", "glue:GetTable", "glue:GetTable"],
            "Condition": {"StringEquals": {"k": ["b", "a"]}, "Bool": {"aws:SecureTransport": "true"}},
            "Principal": {
                "AWS": ["arn:aws:iam::222222222222:role/r", "arn:aws:iam::111111111111:root"],
            },
            "Effect": "Allow", "Sid": "A", "NotAction": [],
        });
        assert!(same(&statement, &alike));
    }

    #[test]
    fn what_makes_a_difference_makes_one_here() {
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": "1"}, "Resource": "R"});
        for other in [
            json!({"Effect": "Deny", "Principal": {"AWS": "1"}, "Resource": "R"}),
            json!({"Effect": "Allow", "Principal": {"Service": "1"}, "Resource": "R"}),
            json!({"Effect": "Allow", "Principal": {"AWS": "1"}, "Resource": "r"}),
            json!({"Effect": "Allow", "Principal": {"AWS": "1"}, "NotResource": "R"}),
            json!({"Effect": "Allow", "Principal": {"AWS": ["1", "2"]}, "Resource": "R"}),
            json!({"Effect": "Allow", "Principal": {"AWS": "1"}, "Resource": "R", "Extra": 1}),
        ] {
            assert!(!same(&statement, &other), "{other}");
        }
    }

    #[test]
    fn everybody_can_be_written_in_two_ways() {
        assert!(same(
            &json!({"Principal": "*"}),
            &json!({"Principal": {"AWS": ["*"]}})
        ));
        assert!(!same(
            &json!({"Principal": "*"}),
            &json!({"Principal": {"Service": "*"}})
        ));
    }

    #[test]
    fn order_of_statements_means_nothing_and_their_number_does() {
        let (a, b) = (json!({"Sid": "A"}), json!({"Sid": "B"}));
        assert!(same_statements(
            &[a.clone(), b.clone()],
            &[b.clone(), a.clone()]
        ));
        assert!(!same_statements(
            std::slice::from_ref(&a),
            &[a.clone(), a.clone()]
        ));
        assert!(!same_statements(&[a], &[b]));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..3).prop_map(Value::from),
            prop_oneof![
                "",
                "a",
                "\\*",
                "111111111111",
                "arn:aws:iam::111111111111:root",
                "glue:X"
            ]
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            let keys = prop_oneof![
                "Sid",
                "Action",
                "Resource",
                "Principal",
                "Condition",
                "AWS",
                "StringEquals",
                "k"
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map(keys, inner, 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn comparison_is_an_equivalence(a in value(), b in value(), c in value()) {
            prop_assert!(same(&a, &a));
            prop_assert_eq!(same(&a, &b), same(&b, &a));
            prop_assert!(!(same(&a, &b) && same(&b, &c)) || same(&a, &c));
        }

        #[test]
        fn a_normal_form_is_its_own_normal_form(a in value()) {
            let normal = normal_statement(&a);
            prop_assert_eq!(normal_statement(&normal).to_string(), normal.to_string());
        }
    }
}
