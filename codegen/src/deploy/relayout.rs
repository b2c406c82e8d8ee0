//! Tables whose layout changes while an integration uses them: Glue may load them from the start. The
//! provider refuses that too, but a permission of the last run still stands in the deployed template,
//! and it has to honour that one for the sake of rollbacks. Pure.

use serde_json::{Map, Value};

use super::deployed::{Template, same};
use super::resource_types::{INTEGRATION, TABLE_PROPERTIES};
use super::retire::Reload;

/// What Glue loads a table anew for.
const LAYOUT: [&str; 2] = ["UnnestSpec", "PartitionSpec"];

/// The table properties whose layout differs between the deployed and the wanted target stack, and
/// whose table is read by an integration of the deployed integration stack.
pub(crate) fn relayouts(
    deployed: &Template,
    wanted: &Template,
    integrations: &Template,
) -> Vec<Reload> {
    let sources: Vec<String> = integrations
        .of_type(INTEGRATION)
        .map(|(_, integration)| {
            integration
                .properties
                .get("SourceArn")
                .map(Value::to_string)
                .unwrap_or_default()
        })
        .collect();
    let mut found = Vec::new();
    for (id, before) in deployed.of_type(TABLE_PROPERTIES) {
        let before = &before.properties;
        let after = wanted.resources.get(id);
        let Some(after) = after.filter(|after| after.kind == TABLE_PROPERTIES) else {
            continue;
        };
        let after = &after.properties;
        // A name that is no text comes from a parameter, and may be that of any integration's table.
        let arn_end = before
            .get("TableName")
            .and_then(Value::as_str)
            .map(|table| format!(":table/{table}\""));
        let is_read = sources.iter().any(|source| match &arn_end {
            Some(end) => source.contains(end) || !source.contains(":table/"),
            None => true,
        });
        let properties = layout_changes(before, after);
        if !properties.is_empty() && is_read {
            found.push(Reload {
                logical_id: id.to_owned(),
                properties,
            });
        }
    }
    found
}

/// What of the layout differs between two table properties.
pub(crate) fn layout_changes(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<String> {
    LAYOUT
        .into_iter()
        .filter(|name| match (layout(before, name), layout(after, name)) {
            (Some(before), Some(after)) => !same(before, after),
            (before, after) => before != after,
        })
        .map(str::to_owned)
        .collect()
}

fn layout<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    properties.get("TargetTableConfig")?.get(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(template: &Value) -> Template {
        Template::parse(&template.to_string()).unwrap()
    }

    fn target(unnest: &str, name: &str) -> Template {
        read(
            &json!({ "Resources": { "Properties": { "Type": TABLE_PROPERTIES, "Properties": {
            "TableName": "Orders",
            "AllowResync": true,
            "TargetTableConfig": { "UnnestSpec": unnest, "TargetTableName": name },
        } } } }),
        )
    }

    fn integrations(table: &str) -> Template {
        let arn = format!("arn:aws:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{table}");
        read(
            &json!({ "Resources": { "Integration": { "Type": INTEGRATION, "Properties": {
                "SourceArn": { "Fn::Sub": arn },
            } } } }),
        )
    }

    #[test]
    fn a_layout_change_under_a_live_integration_is_found_whatever_the_last_run_permitted() {
        let found = relayouts(
            &target("TOPLEVEL", "orders"),
            &target("FULL", "orders"),
            &integrations("Orders"),
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to_string(), "`Properties` (UnnestSpec)");
    }

    #[test]
    fn another_name_or_a_table_that_nothing_reads_is_free_to_change() {
        let (full, top) = (target("FULL", "orders"), target("TOPLEVEL", "orders"));
        let renamed = target("FULL", "sales");
        assert_eq!(relayouts(&full, &renamed, &integrations("Orders")), []);
        assert_eq!(relayouts(&full, &top, &integrations("AllOrders")), []);
        assert_eq!(relayouts(&full, &top, &Template::default()), []);
    }

    #[test]
    fn a_table_named_by_a_parameter_may_be_the_one_that_is_read() {
        let deployed = Template::parse(
            "Resources: { Properties: { Type: 'Custom::IntegrationTableProperties', Properties: {
                TableName: !Ref SourceTableName, TargetTableConfig: { UnnestSpec: FULL } } } }",
        );
        let top = target("TOPLEVEL", "orders");
        let found = relayouts(&deployed.unwrap(), &top, &integrations("Orders"));
        assert_eq!(found[0].to_string(), "`Properties` (UnnestSpec)");
    }
}
