//! The laws of merging, over documents that nobody should write.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::resource::{LogicalId, StackId};

fn marker(logical: &str) -> Marker {
    Marker::of(&StackId::new("stack"), &LogicalId::new(logical))
}

fn own(marker: &Marker, names: &[String]) -> Vec<Value> {
    names
        .iter()
        .map(|name| json!({"Sid": marker.sid(Some(name), 0), "Effect": "Allow"}))
        .collect()
}

fn texts<'a>(statements: impl Iterator<Item = &'a Statement>) -> Vec<String> {
    statements
        .map(|statement| statement.text().to_owned())
        .collect()
}

/// Any JSON as text, with odd white space, doubled keys and numbers that no float holds.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "null|true|-0|1\\.0|1e3|123456789012345678901234567890".prop_map(String::from),
        r#""(\\u0007|\\\\|\\"| |é|\{|\[|:)*""#.prop_map(String::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = prop_oneof!["\"Sid\"", "\"a\"", r#""\\"""#, "\"Statement\""];
        let entry = (key, inner.clone()).prop_map(|(key, value)| format!("{key} :\n{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..3)
                .prop_map(|items| format!("[ {} ]", items.join(" , "))),
            prop::collection::vec(entry, 0..3)
                .prop_map(|items| format!("{{{}}}", items.join(",\t"))),
        ]
    })
}

/// A live policy with these statements, some of them ours.
fn policy() -> impl Strategy<Value = String> {
    let ours = "[A-Za-z0-9]{1,3}"
        .prop_map(|name| format!(r#"{{"Sid":"{}"}}"#, marker("us").sid(Some(&name), 0)));
    let statements = prop::collection::vec(prop_oneof![json_text(), ours], 0..5);
    (json_text(), statements, any::<bool>()).prop_map(|(extra, statements, first)| {
        let statements = format!("\"Statement\": [{}]", statements.join(", "));
        let parts = if first {
            [statements, format!("\"X\":{extra}")]
        } else {
            [format!("\"X\":{extra}"), statements]
        };
        format!("{{ {} }}", parts.join(" , "))
    })
}

proptest! {
    #[test]
    fn foreign_statements_never_change(
        live in policy(), names in prop::collection::vec("[A-Za-z0-9]{1,3}", 0..3)
    ) {
        let us = marker("us");
        let before = Document::parse(&live).unwrap();
        let after = before.with(&us, &own(&us, &names));
        let read_back = Document::parse(&after.text()).unwrap();
        prop_assert_eq!(texts(before.foreign(&us)), texts(read_back.foreign(&us)));
        prop_assert_eq!(&before.frame, &read_back.frame);
        // Nothing but white space between the parts is gone.
        for statement in before.foreign(&us) {
            let spaced: String = live.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            let text: String = statement.text().chars().filter(|c| !c.is_ascii_whitespace()).collect();
            prop_assert!(spaced.contains(&text));
        }
    }

    #[test]
    fn merging_twice_is_merging_once(
        live in policy(), names in prop::collection::vec("[A-Za-z0-9]{1,3}", 0..3)
    ) {
        let us = marker("us");
        let once = Document::parse(&live).unwrap().with(&us, &own(&us, &names)).text();
        let twice = Document::parse(&once).unwrap().with(&us, &own(&us, &names)).text();
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn removing_undoes_merging(
        live in policy(), names in prop::collection::vec("[A-Za-z0-9]{1,3}", 1..3)
    ) {
        let them = marker("them");
        let before = Document::parse(&live).unwrap();
        let merged = before.with(&them, &own(&them, &names)).text();
        let removed = Document::parse(&merged).unwrap().with(&them, &[]);
        prop_assert_eq!(removed.text(), before.text());
        prop_assert_eq!(removed.own(&them).count(), 0);
    }

    #[test]
    fn two_owners_can_come_and_go_in_any_order(live in policy()) {
        let (us, them) = (marker("we"), marker("they"));
        let name = ["A".to_owned()];
        let both = |first: &Marker, second: &Marker| {
            let document = Document::parse(&live).unwrap();
            let merged = document.with(first, &own(first, &name)).with(second, &own(second, &name));
            let mut all = texts(merged.statements.iter());
            all.sort();
            all
        };
        prop_assert_eq!(both(&us, &them), both(&them, &us));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}|[\\[\\]{}:,\"\\\\ a1-]{0,40}") {
        if let Ok(document) = Document::parse(&text) {
            prop_assert!(Document::parse(&document.text()).is_ok());
        }
    }
}

#[test]
fn very_deep_foreign_statements_are_kept() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let live = format!(r#"{{"Statement":[{{"Condition":{deep}}}]}}"#);
    let us = marker("us");
    let merged = Document::parse(&live)
        .unwrap()
        .with(&us, &own(&us, &["A".to_owned()]));
    assert!(merged.text().contains(&deep));
    assert_eq!(
        Document::parse(&merged.text())
            .unwrap()
            .with(&us, &[])
            .text(),
        live
    );
}

#[test]
fn a_statement_without_a_list_is_one_of_a_list() {
    let document = Document::parse(r#"{"Version":"v","Statement":{"Sid":"One"},"Id":1}"#).unwrap();
    assert_eq!(document.statements.len(), 1);
    assert_eq!(
        document.text(),
        r#"{"Version":"v","Statement":[{"Sid":"One"}],"Id":1}"#
    );
}

#[test]
fn what_is_no_policy_is_told() {
    for text in [
        "",
        "x",
        "[]",
        "7",
        "null",
        "{",
        r#"{"Statement":"x"}"#,
        r#"{"Statement":[}"#,
    ] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
    assert!(Document::parse("{}").unwrap().statements.is_empty());
}
