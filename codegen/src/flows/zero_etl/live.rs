//! What is live, compared with what is deployed: which drift there is, and in words what is not as
//! wanted. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::drift::Drift;
use super::statements::{Deployed, missing};
use crate::deploy::{
    Drifted, INTEGRATION, IntegrationReport, PropertiesReport, TABLE_PROPERTIES, Template, same,
};
use crate::plan::StackKind;

/// What is live.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The resources that CloudFormation found changed or deleted, by stack.
    pub(crate) drifted: Vec<(StackKind, Drifted)>,
    /// The integrations of the plan's tables.
    pub(crate) integrations: Vec<IntegrationReport>,
    /// All statements of the catalog policy.
    pub(crate) statements: Vec<Value>,
    /// The table properties of the plan's tables.
    pub(crate) properties: Vec<PropertiesReport>,
}

/// The drift, and each difference in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Sorted by what mends it.
    pub(crate) drift: Drift,
    /// Each with what mends it.
    pub(crate) differences: Vec<Difference>,
}

/// Something that is not as it was deployed, or not as the config wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The stack: `source`, `target` or `integration`.
    pub stack: &'static str,
    /// The resource's logical id; absent where the stack as a whole is meant.
    pub resource: Option<String>,
    /// What differs.
    pub what: String,
    /// What mends it; absent where what differs says so itself.
    pub mend: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What mends most of it, and loads nothing again.
pub(crate) const DEPLOY: &str = "run `zeroetl deploy`";
/// What mends the rest.
pub(crate) const RELOAD: &str =
    "run `zeroetl deploy --allow-reload`; Glue then loads the table from the start";

/// What mends an integration whose name somebody else's has taken.
const REPLACED: &str = "delete the other integration in Glue, then run `zeroetl deploy --allow-reload`; Glue \
     then loads the table from the start";

/// Compares what is live with the deployed target and integration stacks.
pub(crate) fn compare(
    target: Option<Deployed<'_>>,
    integration: Option<&Template>,
    live: &Live,
) -> Compared {
    let mut compared = Compared::default();
    for (kind, drifted) in &live.drifted {
        compared.native(*kind, drifted);
    }
    if let Some(integration) = integration {
        for one in &live.integrations {
            compared.integration(integration, one, &live.drifted);
        }
    }
    if let Some(target) = target {
        let statements: Vec<_> = live.statements.iter().collect();
        for (id, count) in missing(target, &statements) {
            compared.drift.custom = true;
            let what = format!(
                "`{id}`: {count} of its statements in the catalog policy are not as deployed"
            );
            compared.differ(StackKind::Target, &id, what, DEPLOY);
        }
        for (id, properties) in target.template.of_type(TABLE_PROPERTIES) {
            compared.properties(id, &properties.properties, target, &live.properties);
        }
    }
    compared
}

impl Compared {
    fn differ(&mut self, stack: StackKind, resource: &str, what: String, mend: &str) {
        self.differences.push(Difference {
            stack: stack.as_str(),
            resource: Some(resource.to_owned()),
            what,
            mend: Some(mend.to_owned()),
        });
    }

    fn native(&mut self, kind: StackKind, drifted: &Drifted) {
        let (id, of) = (&drifted.logical_id, &drifted.resource_type);
        if of == INTEGRATION {
            // Glue is asked itself, and knows more.
            return;
        }
        self.drift.native.insert(kind);
        if drifted.deleted {
            if of == "AWS::Lambda::Function" {
                self.drift.provider_gone = true;
                self.drift.custom = true;
            }
            let what = format!("`{id}` ({of}) was deleted outside its stack");
            self.differ(kind, id, what, DEPLOY);
        } else {
            let what = drifted.properties.join(", ");
            let what = format!("`{id}` ({of}) was changed outside its stack: {what}");
            self.differ(kind, id, what, DEPLOY);
        }
    }

    fn integration(
        &mut self,
        template: &Template,
        live: &IntegrationReport,
        drifted: &[(StackKind, Drifted)],
    ) {
        let named = |properties: &Map<String, Value>| {
            properties.get("IntegrationName").and_then(Value::as_str) == Some(live.name.as_str())
        };
        let mut deployed = template.of_type(INTEGRATION);
        let Some((id, _)) = deployed.find(|(_, one)| named(&one.properties)) else {
            return;
        };
        let gone = drifted.iter().any(|(kind, one)| {
            *kind == StackKind::Integration && one.deleted && one.logical_id == id
        });
        if gone && live.status.is_some() {
            let what = format!(
                "integration `{}` is not the one that the stack made: that was deleted, and another one has \
                 its name",
                live.name
            );
            self.differ(StackKind::Integration, id, what, REPLACED);
            return;
        }
        let errors: Vec<_> = live
            .errors
            .iter()
            .map(|error| format!("{} ({})", error.message, error.code))
            .collect();
        let errors = if errors.is_empty() {
            String::new()
        } else {
            format!(": {}", errors.join("; "))
        };
        let lost = match live.status.as_deref() {
            Some("ACTIVE" | "SYNCING" | "MODIFYING" | "CREATING") => return,
            None => Some("it was deleted outside its stack".to_owned()),
            Some("FAILED") => Some(format!("it is `FAILED`{errors}")),
            Some(_) => None,
        };
        let (what, mend) = match (&lost, &live.status) {
            (None, Some(status)) => (
                format!("integration `{}` is `{status}`{errors}", live.name),
                attention(&errors),
            ),
            (lost, _) => (
                format!(
                    "integration `{}`: {}",
                    live.name,
                    lost.as_deref().unwrap_or_default()
                ),
                RELOAD,
            ),
        };
        self.differ(StackKind::Integration, id, what, mend);
        if let Some(lost) = lost {
            self.drift.integrations.insert(id.to_owned(), lost);
        }
    }

    fn properties(
        &mut self,
        id: &str,
        wanted: &Map<String, Value>,
        deployed: Deployed<'_>,
        live: &[PropertiesReport],
    ) {
        let table = wanted
            .get("TableName")
            .and_then(|name| deployed.template.text(name, deployed.parameters));
        let Some(live) = live.iter().find(|one| Some(&one.table) == table.as_ref()) else {
            return;
        };
        if !live.found {
            self.drift.custom = true;
            let what = format!("`{id}`: table `{}` has no table properties", live.table);
            self.differ(StackKind::Target, id, what, DEPLOY);
            return;
        }
        let config = wanted.get("TargetTableConfig");
        let said = |name: &str| config.and_then(|config| config.get(name));
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        // What the template does not say is up to Glue; what is no text comes from a parameter.
        let mut layout = Vec::new();
        if let Some(unnest) = text(said("UnnestSpec"))
            && live.unnest_spec.as_ref() != Some(&unnest)
        {
            layout.push("UnnestSpec");
        }
        if let Some(Value::Array(partitions)) = said("PartitionSpec")
            && !same_partitions(partitions, live)
        {
            layout.push("PartitionSpec");
        }
        if !layout.is_empty() {
            self.drift.custom = true;
            self.drift.layouts.insert(id.to_owned(), layout.join(", "));
        }
        let mend = if layout.is_empty() { DEPLOY } else { RELOAD };
        if let Some(name) = text(said("TargetTableName"))
            && live.target_table_name.as_ref() != Some(&name)
        {
            self.drift.custom = true;
            layout.push("TargetTableName");
        }
        if !layout.is_empty() {
            let what = format!(
                "`{id}`: the table properties of `{}` were changed outside the stack: {}",
                live.table,
                layout.join(", ")
            );
            self.differ(StackKind::Target, id, what, mend);
        }
    }
}

/// What to do about an integration that needs attention: Glue names the cause, and goes on by itself once
/// it is removed.
fn attention(errors: &str) -> &'static str {
    if errors.to_lowercase().contains("lake formation") {
        "Lake Formation governs the database: set `lake_formation_managed = true` under `[target]` and run \
         `zeroetl deploy`"
    } else {
        "remove the cause that Glue names; the integration then goes on by itself, for up to seven days"
    }
}

fn same_partitions(wanted: &[Value], live: &PropertiesReport) -> bool {
    let live: Vec<Value> = live
        .partition_spec
        .iter()
        .map(|one| {
            let parts: BTreeMap<_, _> = [
                ("FieldName", Some(&one.field)),
                ("FunctionSpec", one.function.as_ref()),
                ("ConversionSpec", one.conversion.as_ref()),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
            serde_json::json!(parts)
        })
        .collect();
    wanted.len() == live.len()
        && wanted
            .iter()
            .zip(&live)
            .all(|(one, other)| same(one, other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STACK: &str = "arn:aws:cloudformation:us-east-1:222222222222:stack/demo-target/1";

    fn native(kind: &str, deleted: bool) -> (StackKind, Drifted) {
        let drifted = Drifted {
            logical_id: "It".to_owned(),
            resource_type: kind.to_owned(),
            deleted,
            properties: vec!["/Timeout".to_owned()],
        };
        (StackKind::Target, drifted)
    }

    fn of(live: &Live) -> Compared {
        let integration = json!({ "Resources": { "IntegrationOrders": { "Type": INTEGRATION,
            "Properties": { "IntegrationName": "demo-Orders" } } } });
        let target = json!({ "Resources": { "PropertiesOrders": { "Type": TABLE_PROPERTIES,
            "Properties": { "TableName": "Orders", "TargetTableConfig": {
                "UnnestSpec": "TOPLEVEL", "TargetTableName": "orders",
                "PartitionSpec": [{ "FieldName": "at", "FunctionSpec": "day" }],
            } } } } });
        let read = |document: &Value| Template::parse(&document.to_string()).unwrap();
        let (integration, target) = (read(&integration), read(&target));
        let nothing = BTreeMap::new();
        let deployed = Deployed {
            template: &target,
            stack_id: STACK,
            parameters: &nothing,
            physical_ids: &nothing,
        };
        compare(Some(deployed), Some(&integration), live)
    }

    fn integration(status: Option<&str>) -> Live {
        Live {
            integrations: vec![IntegrationReport {
                table: "Orders".to_owned(),
                name: "demo-Orders".to_owned(),
                status: status.map(str::to_owned),
                arn: None,
                errors: Vec::new(),
            }],
            ..Live::default()
        }
    }

    fn properties(unnest: &str, name: &str, function: &str) -> Live {
        Live {
            properties: vec![PropertiesReport {
                table: "Orders".to_owned(),
                found: true,
                unnest_spec: Some(unnest.to_owned()),
                partition_spec: vec![crate::deploy::PartitionReport {
                    field: "at".to_owned(),
                    function: Some(function.to_owned()),
                    conversion: None,
                }],
                target_table_name: Some(name.to_owned()),
                integration_arn: None,
            }],
            ..Live::default()
        }
    }

    #[test]
    fn what_is_as_deployed_is_no_drift() {
        assert_eq!(of(&Live::default()), Compared::default());
        assert_eq!(of(&integration(Some("ACTIVE"))), Compared::default());
        let live = properties("TOPLEVEL", "orders", "day");
        assert_eq!(of(&live), Compared::default());
    }

    #[test]
    fn an_integration_that_is_gone_or_failed_is_lost_and_one_in_need_is_only_told() {
        for (status, lost) in [
            (None, true),
            (Some("FAILED"), true),
            (Some("NEEDS_ATTENTION"), false),
        ] {
            let found = of(&integration(status));
            assert_eq!(
                found.drift.integrations.len(),
                usize::from(lost),
                "{status:?}"
            );
            assert_eq!(found.differences.len(), 1, "{status:?}");
        }
    }

    #[test]
    fn another_integration_of_the_same_name_is_not_taken_for_the_stacks() {
        let mut live = integration(Some("ACTIVE"));
        let (_, mut drifted) = native(INTEGRATION, true);
        drifted.logical_id = "IntegrationOrders".to_owned();
        live.drifted.push((StackKind::Integration, drifted));
        let found = of(&live);
        assert!(
            found.differences[0]
                .what
                .contains("another one has its name"),
            "{found:?}"
        );
        assert_eq!(found.differences[0].mend.as_deref(), Some(REPLACED));
    }

    #[test]
    fn a_changed_layout_is_told_from_what_changes_without_loading_again() {
        for live in [
            properties("FULL", "orders", "day"),
            properties("TOPLEVEL", "orders", "hour"),
        ] {
            let found = of(&live);
            assert!(found.drift.custom);
            assert!(found.drift.layouts.contains_key("PropertiesOrders"));
        }
        let found = of(&properties("TOPLEVEL", "sales", "day"));
        assert!(found.drift.custom);
        assert!(found.drift.layouts.is_empty());
        assert_eq!(found.differences.len(), 1);
    }

    #[test]
    fn native_drift_is_sorted_by_stack_and_a_lost_function_is_known() {
        let live = |kind: &str, deleted| Live {
            drifted: vec![native(kind, deleted)],
            ..Live::default()
        };
        let found = of(&live("AWS::IAM::Role", false));
        assert!(found.drift.native.contains(&StackKind::Target));
        assert!(!found.drift.provider_gone);
        assert!(found.differences[0].what.contains("/Timeout"), "{found:?}");
        assert!(of(&live("AWS::Lambda::Function", true)).drift.provider_gone);
        assert!(
            !of(&live("AWS::Lambda::Function", false))
                .drift
                .provider_gone
        );
        assert_eq!(of(&live(INTEGRATION, true)), Compared::default());
    }
}
