//! What the config asks for and is not deployed, and what is deployed and no longer asked for. Pure.

use super::live::{DEPLOY, Difference, RELOAD};
use crate::deploy::{
    INTEGRATION, TABLE_PROPERTIES, Template, differing, layout_changes, may_replace,
};
use crate::plan::StackKind;

const REMOVAL: &str =
    "run `zeroetl deploy --allow-removal`; the replication of its table then ends";
/// What a deployment writes for itself, and no config says.
const OF_A_DEPLOYMENT: [&str; 3] = ["ForceUpdate", "AllowResync", "AdoptExisting"];

/// The resources in which the config's template and the deployed one differ.
pub(crate) fn undeployed(
    kind: StackKind,
    deployed: &Template,
    wanted: &Template,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |id: &str, what: String, mend: &str| {
        found.push(Difference {
            stack: kind.as_str(),
            resource: Some(id.to_owned()),
            what,
            mend: Some(mend.to_owned()),
        });
    };
    for (id, resource) in &wanted.resources {
        let of = &resource.kind;
        match deployed.resources.get(id) {
            None => {
                let what = format!("`{id}` ({of}) is in the config and not deployed yet");
                differ(id, what, DEPLOY);
            }
            Some(old) => {
                let (before, after) = (&old.properties, &resource.properties);
                let mut names = differing(before, after);
                names.retain(|name| !OF_A_DEPLOYMENT.contains(&name.as_str()));
                if !names.is_empty() {
                    let what = format!(
                        "`{id}` ({of}) is deployed with other values than the config's: {}",
                        names.join(", ")
                    );
                    let again = match of.as_str() {
                        INTEGRATION => names.iter().any(|name| may_replace(of, name) == Some(true)),
                        TABLE_PROPERTIES => !layout_changes(before, after).is_empty(),
                        _ => false,
                    };
                    differ(id, what, if again { RELOAD } else { DEPLOY });
                }
            }
        }
    }
    for (id, resource) in &deployed.resources {
        if !wanted.resources.contains_key(id) {
            let of = &resource.kind;
            let what = format!("`{id}` ({of}) is deployed and no longer in the config");
            differ(id, what, if of == INTEGRATION { REMOVAL } else { DEPLOY });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn template(resources: &Value) -> Template {
        Template::parse(&json!({ "Resources": resources }).to_string()).unwrap()
    }

    fn properties(more: &Value) -> Value {
        json!({ "Type": "Custom::IntegrationTableProperties", "Properties": more })
    }

    fn found(deployed: &Value, wanted: &Value) -> Vec<String> {
        undeployed(StackKind::Target, &template(deployed), &template(wanted))
            .into_iter()
            .map(|one| one.what)
            .collect()
    }

    #[test]
    fn what_only_the_config_or_only_the_stack_has_is_told_apart() {
        let a = properties(&json!({ "TableName": "A" }));
        let b = properties(&json!({ "TableName": "B" }));
        let both = found(&json!({ "A": a }), &json!({ "B": b }));
        assert!(
            both[0].contains("`B`") && both[0].contains("not deployed yet"),
            "{both:?}"
        );
        assert!(
            both[1].contains("`A`") && both[1].contains("no longer in the config"),
            "{both:?}"
        );
    }

    #[test]
    fn a_changed_value_is_named_and_what_a_deployment_writes_for_itself_is_none() {
        let old = properties(&json!({ "TableName": "A", "AllowResync": true, "ForceUpdate": "1" }));
        let new = properties(&json!({ "TableName": "A" }));
        assert_eq!(found(&json!({ "A": old }), &json!({ "A": new })), [""; 0]);
        let text =
            properties(&json!({ "TableName": "A", "AdoptExisting": "true", "Minutes": "15" }));
        let number = properties(&json!({ "TableName": "A", "Minutes": 15 }));
        assert_eq!(
            found(&json!({ "A": text }), &json!({ "A": number })),
            [""; 0]
        );
        let other = properties(&json!({ "TableName": "B" }));
        let changed = found(&json!({ "A": new }), &json!({ "A": other }));
        assert!(
            changed[0].ends_with("the config's: TableName"),
            "{changed:?}"
        );
    }
    #[test]
    fn a_changed_layout_needs_consent_and_another_output_name_does_not() {
        let table = |unnest: &str, name: &str| {
            let config = json!({ "UnnestSpec": unnest, "TargetTableName": name });
            template(&json!({ "A": properties(&json!({ "TargetTableConfig": config })) }))
        };
        let mend = |wanted: &Template| {
            let found = undeployed(StackKind::Target, &table("TOPLEVEL", "a"), wanted);
            found[0].mend.clone().unwrap()
        };
        assert_eq!(mend(&table("FULL", "a")), RELOAD);
        assert_eq!(mend(&table("TOPLEVEL", "b")), DEPLOY);
    }
}
