//! Tables whose layout changes while an integration uses them: Glue may load them from the start. The
//! provider refuses that too, but a permission of the last run still stands in the deployed template,
//! and it has to honour that one for the sake of rollbacks. Pure.

use serde_json::{Map, Value};

use super::retire::Reload;

const INTEGRATION: &str = "AWS::Glue::Integration";
const PROPERTIES: &str = "Custom::IntegrationTableProperties";
/// What Glue loads a table anew for.
const LAYOUT: [&str; 2] = ["UnnestSpec", "PartitionSpec"];

/// The table properties whose layout differs between the deployed and the wanted target stack, and
/// whose table is read by an integration of the deployed integration stack.
pub(crate) fn relayouts(deployed: &str, wanted: &str, integrations: &str) -> Vec<Reload> {
    let (deployed, wanted) = (parsed(deployed), parsed(wanted));
    let integrations = parsed(integrations);
    let sources: Vec<String> = resources(&integrations, INTEGRATION)
        .map(|(_, integration)| {
            integration
                .get("SourceArn")
                .map(Value::to_string)
                .unwrap_or_default()
        })
        .collect();
    let wanted: Vec<_> = resources(&wanted, PROPERTIES).collect();
    let mut found = Vec::new();
    for (id, before) in resources(&deployed, PROPERTIES) {
        let Some((_, after)) = wanted.iter().find(|(other, _)| *other == id) else {
            continue;
        };
        let Some(table) = before.get("TableName").and_then(Value::as_str) else {
            continue;
        };
        let arn_end = format!(":table/{table}\"");
        let properties: Vec<_> = LAYOUT
            .into_iter()
            .filter(|name| layout(before, name) != layout(after, name))
            .map(str::to_owned)
            .collect();
        if !properties.is_empty() && sources.iter().any(|source| source.contains(&arn_end)) {
            found.push(Reload {
                logical_id: id.to_owned(),
                properties,
            });
        }
    }
    found
}

/// A template that is no JSON was deployed by other means; of that one the provider decides.
fn parsed(template: &str) -> Value {
    serde_json::from_str(template).unwrap_or_default()
}

fn layout<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    properties.get("TargetTableConfig")?.get(name)
}

fn resources<'a>(
    template: &'a Value,
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Map<String, Value>)> {
    let all = template.get("Resources").and_then(Value::as_object);
    all.into_iter().flatten().filter_map(move |(id, resource)| {
        let properties = resource.get("Properties")?.as_object()?;
        (resource.get("Type")? == kind).then_some((id.as_str(), properties))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target(unnest: &str, name: &str) -> String {
        json!({ "Resources": { "Properties": { "Type": PROPERTIES, "Properties": {
            "TableName": "Orders",
            "AllowResync": true,
            "TargetTableConfig": { "UnnestSpec": unnest, "TargetTableName": name },
        } } } })
        .to_string()
    }

    fn integrations(table: &str) -> String {
        let arn = format!("arn:aws:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{table}");
        json!({ "Resources": { "Integration": { "Type": INTEGRATION, "Properties": {
            "SourceArn": { "Fn::Sub": arn },
        } } } })
        .to_string()
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
        assert_eq!(relayouts(&full, &top, "Resources: {}"), []);
    }
}
