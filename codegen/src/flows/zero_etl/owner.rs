//! For which deployment stacks were made, read from the stacks themselves: another team's config with
//! the same `project` and `environment` gives the same stack names. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::deploy::{INTEGRATION, Template};

/// What tells one deployment from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The Glue database.
    pub(crate) database: Option<String>,
    /// The DynamoDB tables.
    pub(crate) tables: Vec<String>,
}

impl Identity {
    /// Takes in what one stack's template says, with the values of its parameters.
    pub(crate) fn read(&mut self, template: &Template, parameters: &BTreeMap<String, String>) {
        let said = |value: &Value| template.text(value, parameters);
        for (_, database) in template.of_type("AWS::Glue::Database") {
            let name = database.properties.get("DatabaseInput");
            self.database = name.and_then(|input| said(input.get("Name")?));
        }
        for (_, integration) in template.of_type(INTEGRATION) {
            let end = |name: &str, after: &str| {
                let arn = said(integration.properties.get(name)?)?;
                Some(arn.split_once(after)?.1.to_owned())
            };
            if self.database.is_none() {
                self.database = end("TargetArn", ":database/");
            }
            self.tables.extend(end("SourceArn", ":table/"));
        }
        for kind in ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"] {
            let tables = template.of_type(kind);
            self.tables
                .extend(tables.filter_map(|(_, table)| said(table.properties.get("TableName")?)));
        }
    }

    /// What the deployed stacks were made for, where that is something else than what is wanted.
    pub(crate) fn other_than(&self, wanted: &Self) -> Option<&str> {
        if let (Some(deployed), Some(wanted)) = (&self.database, &wanted.database) {
            return (deployed != wanted).then_some(deployed.as_str());
        }
        let shared = self.tables.iter().any(|name| wanted.tables.contains(name));
        self.tables.first().filter(|_| !shared).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(templates: &[&Value]) -> Identity {
        let mut identity = Identity::default();
        for template in templates {
            let template = Template::parse(&template.to_string()).unwrap();
            let parameters = BTreeMap::from([("Database".to_owned(), "sales".to_owned())]);
            identity.read(&template, &parameters);
        }
        identity
    }

    fn target(name: &Value) -> Value {
        let database = json!({ "Type": "AWS::Glue::Database",
            "Properties": { "DatabaseInput": { "Name": name } } });
        json!({ "Parameters": { "Database": { "Type": "String" } },
            "Resources": { "Database": database } })
    }

    fn source(table: &str) -> Value {
        json!({ "Resources": { "Table": { "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": { "TableName": table } } } })
    }

    #[test]
    fn another_database_is_another_deployment_whatever_its_stacks_are_called() {
        let (ours, theirs) = (
            target(&json!("orders")),
            target(&json!({ "Ref": "Database" })),
        );
        let (ours, theirs) = (identity(&[&ours]), identity(&[&theirs]));
        assert_eq!(theirs.other_than(&ours), Some("sales"));
        assert_eq!(ours.other_than(&ours), None);
    }

    #[test]
    fn an_integration_alone_tells_its_database_and_table() {
        let arn = "arn:${AWS::Partition}:glue:us-east-1:2:database/${Database}";
        let stack = json!({ "Parameters": { "Database": {} }, "Resources": { "I": {
            "Type": "AWS::Glue::Integration", "Properties": {
                "TargetArn": { "Fn::Sub": arn },
                "SourceArn": "arn:aws:dynamodb:us-east-1:1:table/Orders",
            } } } });
        let found = identity(&[&stack]);
        assert_eq!(found.database.as_deref(), Some("sales"));
        assert_eq!(found.tables, ["Orders"]);
    }

    #[test]
    fn a_source_stack_alone_is_told_by_its_tables() {
        let wanted = identity(&[&source("Orders"), &target(&json!("orders"))]);
        let theirs = identity(&[&source("Invoices")]);
        assert_eq!(theirs.other_than(&wanted), Some("Invoices"));
        assert_eq!(identity(&[&source("Orders")]).other_than(&wanted), None);
        assert_eq!(Identity::default().other_than(&wanted), None);
    }
}
