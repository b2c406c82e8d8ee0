//! What to type instead: where a key belongs, how a value of its kind is written. All keys and their
//! kinds come from the JSON schema, so a new key is known here as soon as it is known at all.

use serde_json::{Map, Value};

use super::schema::schema;
use super::suggest::nearest;

/// How the value of a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In quotes.
    Text,
    /// Digits.
    Number,
    /// `true` or `false`.
    Flag,
    /// A table, or a list of tables.
    Section,
}

/// Words that other tools have for our keys.
const SYNONYMS: &[(&str, &str)] = &[
    ("hash_key", "partition_key"),
    ("pk", "partition_key"),
    ("range_key", "sort_key"),
    ("sk", "sort_key"),
    ("attribute_type", "type"),
    ("env", "environment"),
    ("stage", "environment"),
    ("pitr_days", "recovery_period_in_days"),
    ("schedule", "refresh_interval_minutes"),
    ("architecture", "provider_architecture"),
];

/// The known key that the user most likely meant.
pub(super) fn meant<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = snake_case(key);
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == plain);
    synonym
        .and_then(|(_, ours)| known.iter().find(|known| *known == ours).copied())
        .or_else(|| of_the_same_words(&plain, known))
        .or_else(|| nearest(key, known))
}

/// `TargetTableName` is `target_table_name`.
fn snake_case(key: &str) -> String {
    let mut plain = String::new();
    for (index, letter) in key.chars().enumerate() {
        if letter.is_uppercase() && index > 0 && !plain.ends_with('_') {
            plain.push('_');
        }
        plain.extend(letter.to_lowercase());
    }
    plain.replace('-', "_")
}

/// The key whose words the other has, the most of them; else the first that has the other's words.
fn of_the_same_words<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let words = |text: &str| -> Vec<String> { text.split('_').map(str::to_owned).collect() };
    let asked = words(key);
    let within = |some: &[String], all: &[String]| some.iter().all(|word| all.contains(word));
    known
        .iter()
        .filter(|known| within(&words(known), &asked))
        .max_by_key(|known| words(known).len())
        .or_else(|| known.iter().find(|known| within(&asked, &words(known))))
        .copied()
}

/// The places where a key is known, as headings: `[integration]`, `[[table]]`.
pub(super) fn homes(key: &str) -> Vec<String> {
    let schema = schema();
    let mut homes = Vec::new();
    for (name, property) in properties(&schema, &schema) {
        if name == key && kind_of(&schema, property) != Kind::Section {
            homes.push("the top of the file, above the first heading".to_owned());
        }
        if properties(&schema, section(property)).any(|(inner, _)| inner == key) {
            homes.push(if property.get("items").is_some() {
                format!("`[[{name}]]`")
            } else {
                format!("`[{name}]`")
            });
        }
    }
    homes
}

/// How the value of a key is written, whichever section the key is of.
pub(super) fn kind(key: &str) -> Option<Kind> {
    let schema = schema();
    let here = properties(&schema, &schema);
    let below = properties(&schema, &schema)
        .flat_map(|(_, property)| properties(&schema, section(property)));
    here.chain(below)
        .find(|(name, _)| *name == key)
        .map(|(_, property)| kind_of(&schema, property))
}

/// How a section is written, with the text that the user gave for it.
pub(super) fn example(key: &str, given: Option<&str>) -> Option<String> {
    let given = |default: &'static str| {
        given
            .filter(|text| !text.is_empty())
            .unwrap_or(default)
            .to_owned()
    };
    Some(match key {
        "partition_key" => format!("partition_key = {{ name = \"{}\" }}", given("PK")),
        "sort_key" => format!("sort_key = {{ name = \"{}\" }}", given("SK")),
        "partition_by" => format!(
            "partition_by = [{{ field = \"{}\", function = \"identity\" }}]",
            given("created_at")
        ),
        "table" => "[[table]]".to_owned(),
        "source" | "target" | "integration" => format!("[{key}]"),
        _ => return None,
    })
}

fn kind_of(schema: &Value, property: &Value) -> Kind {
    let is = |name: &str| match property.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    if is("integer") {
        Kind::Number
    } else if is("boolean") {
        Kind::Flag
    } else if is("array") || properties(schema, section(property)).next().is_some() {
        Kind::Section
    } else {
        Kind::Text
    }
}

/// The schema of one section of a list, or of the section itself.
fn section(property: &Value) -> &Value {
    property.get("items").unwrap_or(property)
}

/// The properties of a schema, behind its reference.
fn properties<'a>(
    schema: &'a Value,
    of: &'a Value,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let reference = |value: &'a Value| {
        let path = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        schema.pointer(path)
    };
    let either = of.get("anyOf").and_then(Value::as_array);
    let of = reference(of)
        .or_else(|| either.into_iter().flatten().find_map(reference))
        .unwrap_or(of);
    of.get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, property)| (name.as_str(), property))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_knows_its_place() {
        assert_eq!(homes("refresh_interval_minutes"), ["`[integration]`"]);
        assert_eq!(homes("account"), ["`[source]`", "`[target]`"]);
        assert_eq!(homes("unnest"), ["`[[table]]`"]);
        assert_eq!(
            homes("region"),
            ["the top of the file, above the first heading"]
        );
        assert!(homes("nonsense").is_empty());
    }

    #[test]
    fn every_key_knows_how_its_value_is_written() {
        for (key, expected) in [
            ("account", Kind::Text),
            ("region", Kind::Text),
            ("kms_key_id", Kind::Text),
            ("unnest", Kind::Text),
            ("refresh_interval_minutes", Kind::Number),
            ("log_retention_in_days", Kind::Number),
            ("enable_hybrid", Kind::Flag),
            ("partition_key", Kind::Section),
            ("sort_key", Kind::Section),
            ("table", Kind::Section),
            ("integration", Kind::Section),
        ] {
            assert_eq!(kind(key), Some(expected), "{key}");
        }
    }

    #[test]
    fn the_names_of_the_api_and_of_the_parameters_find_ours() {
        let table = [
            "name",
            "partition_key",
            "sort_key",
            "unnest",
            "target_name",
            "partition_by",
        ];
        for (other, ours) in [
            ("unnest_spec", "unnest"),
            ("UnnestSpec", "unnest"),
            ("target_table_name", "target_name"),
            ("TableName", "name"),
            ("PartitionKeyName", "partition_key"),
            ("hash_key", "partition_key"),
            ("range_key", "sort_key"),
        ] {
            assert_eq!(meant(other, &table), Some(ours), "{other}");
        }
        let target = [
            "account",
            "profile",
            "database",
            "bucket",
            "lake_formation_managed",
        ];
        for (other, ours) in [
            ("DatabaseName", "database"),
            ("bucket_name", "bucket"),
            ("AccountId", "account"),
            ("lake_formation", "lake_formation_managed"),
        ] {
            assert_eq!(meant(other, &target), Some(ours), "{other}");
        }
        assert_eq!(meant("colour", &target), None);
    }
}
