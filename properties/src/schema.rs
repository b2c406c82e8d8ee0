//! The JSON schema of both property types, with descriptions, defaults and limits: what the
//! generator makes types, rules and documents from.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::{GlueResourcePolicyProperties, IntegrationTableProperties};

/// Type name of the catalog policy resource.
pub const GLUE_RESOURCE_POLICY: &str = "Custom::GlueResourcePolicy";
/// Type name of the table properties resource.
pub const INTEGRATION_TABLE_PROPERTIES: &str = "Custom::IntegrationTableProperties";

/// One custom resource as a template author sees it.
#[derive(Debug, Clone)]
pub struct ResourceSchema {
    /// `Custom::…`.
    pub type_name: &'static str,
    /// JSON schema of the properties, without `ServiceToken` and `ServiceTimeout`.
    pub properties: Schema,
    /// What `GetAtt` returns: name and meaning.
    pub attributes: &'static [(&'static str, &'static str)],
}

/// Both custom resources.
pub fn schemas() -> Vec<ResourceSchema> {
    vec![
        ResourceSchema {
            type_name: GLUE_RESOURCE_POLICY,
            properties: schema::<GlueResourcePolicyProperties>(),
            attributes: &[
                ("PolicyHash", "The live hash after the write."),
                (
                    "Owner",
                    "The marker that opens the Sid of every statement the resource owns.",
                ),
            ],
        },
        ResourceSchema {
            type_name: INTEGRATION_TABLE_PROPERTIES,
            properties: schema::<IntegrationTableProperties>(),
            attributes: &[
                ("ResourceArn", "The target of the table."),
                ("TableName", "The source table's name."),
                ("TargetTableName", "The Iceberg table's name, where set."),
                ("UnnestSpec", "The effective value; `FULL` where unset."),
            ],
        },
    ]
}

fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn properties(type_name: &str) -> Value {
        schemas()
            .into_iter()
            .find(|schema| schema.type_name == type_name)
            .unwrap()
            .properties
            .to_value()
    }

    fn described(place: &str, schema: &Value) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(
                property["description"].is_string(),
                "{place}.{name} is not described"
            );
        }
    }

    #[test]
    fn every_property_is_described_and_the_defaults_are_there() {
        let policy = properties(GLUE_RESOURCE_POLICY);
        described("policy", &policy);
        assert_eq!(policy["required"], json!(["PolicyDocument"]));
        assert_eq!(policy["properties"]["Mode"]["default"], "Merge");
        assert_eq!(policy["properties"]["EnableHybrid"]["default"], "TRUE");
        assert_eq!(policy["additionalProperties"], false);
    }

    #[test]
    fn limits_stand_in_the_schema() {
        let table = properties(INTEGRATION_TABLE_PROPERTIES);
        described("table", &table);
        assert_eq!(table["required"], json!(["ResourceArn", "TableName"]));
        assert_eq!(table["properties"]["AllowResync"]["default"], false);
        let definitions = &table["$defs"];
        for (name, definition) in definitions.as_object().unwrap() {
            described(name, definition);
        }
        let spec = &definitions["TargetTableConfig"]["properties"]["PartitionSpec"];
        assert_eq!(
            (&spec["minItems"], &spec["maxItems"]),
            (&json!(1), &json!(10))
        );
        assert_eq!(definitions["TargetTableName"]["maxLength"], 128);
        assert_eq!(definitions["TableName"]["maxLength"], 128);
    }

    #[test]
    fn the_schema_names_what_the_parser_takes() {
        let names = |schema: &Value| -> Vec<String> {
            let mut names: Vec<_> = schema["properties"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            names.sort();
            names
        };
        let known = |names: &[&str]| -> Vec<String> {
            let mut known: Vec<_> = names
                .iter()
                .filter(|name| !name.starts_with("Service"))
                .map(|name| (*name).to_owned())
                .collect();
            known.sort();
            known
        };
        let policy = properties(GLUE_RESOURCE_POLICY);
        assert_eq!(names(&policy), known(GlueResourcePolicyProperties::NAMES));
        let table = properties(INTEGRATION_TABLE_PROPERTIES);
        assert_eq!(names(&table), known(IntegrationTableProperties::NAMES));
        assert_eq!(
            names(&table["$defs"]["TargetTableConfig"]),
            known(crate::TargetTableConfig::NAMES)
        );
    }
}
