//! Integrations that have to be gone before anything else changes. While one lives, its table
//! properties cannot be deleted, and Glue takes no second one for the same table; so an update that
//! removes or replaces one begins with the integration stack. Pure.

use std::fmt;

use serde_json::{Map, Value};

use super::deployed::{Template, differing, undepend};
use super::resource_types::{INTEGRATION, may_replace};

/// What has to leave the integration stack first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Retirement {
    /// Integrations that are no longer wanted.
    pub(crate) removed: Vec<String>,
    /// Integrations that have to be made anew.
    pub(crate) reloaded: Vec<Reload>,
    /// The wanted template without either; `None` when no integration would be left.
    pub(crate) interim: Option<String>,
}

/// An integration that a change makes anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reload {
    /// Its logical id.
    pub logical_id: String,
    /// The properties that cannot be changed in place.
    pub properties: Vec<String>,
}

impl fmt::Display for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.logical_id, self.properties.join(", "))
    }
}

/// Compares the deployed integration stack with the wanted one; `None` when nothing has to go. `lost`
/// are the integrations that have to be made again whatever the templates say.
pub(crate) fn retirement(
    deployed: &Template,
    wanted: &Template,
    lost: &[Reload],
) -> Option<Retirement> {
    let mut kept = Vec::new();
    let mut retirement = Retirement {
        removed: Vec::new(),
        reloaded: Vec::new(),
        interim: None,
    };
    for (logical_id, properties) in integrations(deployed) {
        let Some((_, now)) = integrations(wanted).find(|(id, _)| id == &logical_id) else {
            retirement.removed.push(logical_id.to_owned());
            continue;
        };
        let lost = lost.iter().find(|lost| lost.logical_id == logical_id);
        let lost = lost.map(|lost| lost.properties.clone()).unwrap_or_default();
        let changed = [lost, fixed_differences(properties, now)].concat();
        if changed.is_empty() {
            kept.push(logical_id.to_owned());
        } else {
            let reload = Reload {
                logical_id: logical_id.to_owned(),
                properties: changed,
            };
            retirement.reloaded.push(reload);
        }
    }
    if retirement.removed.is_empty() && retirement.reloaded.is_empty() {
        return None;
    }
    if !kept.is_empty() {
        retirement.interim = Some(only(wanted.document.clone(), &kept).to_string());
    }
    Some(retirement)
}

/// Every integration of the deployed stack, when the target stack gets another bucket: the data stays
/// in the old one, which the target role can then no longer reach.
pub(crate) fn retirement_of_all(
    deployed: &Template,
    wanted: &Template,
    target: (&Template, &Template),
) -> Option<Retirement> {
    if bucket_names(target.0) == bucket_names(target.1) {
        return None;
    }
    let is_wanted = |id: &str| integrations(wanted).any(|(other, _)| other == id);
    let (kept, removed): (Vec<_>, Vec<_>) = integrations(deployed)
        .map(|(id, _)| id.to_owned())
        .partition(|id| is_wanted(id));
    let reloaded = kept.into_iter().map(|logical_id| Reload {
        logical_id,
        properties: vec!["the bucket of its data".to_owned()],
    });
    Some(Retirement {
        removed,
        reloaded: reloaded.collect(),
        interim: None,
    })
}

/// What the template says of its buckets' names.
fn bucket_names(template: &Template) -> Vec<Option<&Value>> {
    let buckets = template.of_type("AWS::S3::Bucket");
    buckets
        .map(|(_, bucket)| bucket.properties.get("BucketName"))
        .collect()
}

fn integrations(template: &Template) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let integrations = template.of_type(INTEGRATION);
    integrations.map(|(id, integration)| (id, &integration.properties))
}

/// The names of the properties that differ and cannot be changed in place.
fn fixed_differences(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let fixed = |name: &String| may_replace(INTEGRATION, name) == Some(true);
    differing(old, new).into_iter().filter(fixed).collect()
}

/// The template without the integrations that are not kept, and without whatever speaks of them.
/// The outputs may do so; they come back with the integrations.
fn only(mut template: Value, kept: &[String]) -> Value {
    let is_kept = |id: &str| kept.iter().any(|one| one == id);
    let Some(whole) = template.as_object_mut() else {
        return template;
    };
    let Some(resources) = whole.get_mut("Resources").and_then(Value::as_object_mut) else {
        return template;
    };
    let before = resources.len();
    resources.retain(|id, _| is_kept(id));
    let complete = resources.len() == before;
    undepend(resources, |id| !is_kept(id));
    if !complete {
        whole.shift_remove("Outputs");
    }
    template
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn integration(name: &str, minutes: &str, after: Option<&str>) -> Value {
        let mut resource = json!({ "Type": INTEGRATION, "Properties": {
            "IntegrationName": name,
            "IntegrationConfig": { "RefreshInterval": minutes },
        } });
        if let Some(after) = after {
            resource["DependsOn"] = json!(after);
        }
        resource
    }

    fn read(template: &Value) -> Template {
        Template::parse(&template.to_string()).unwrap()
    }

    fn template(resources: &Value) -> Template {
        read(&json!({ "Resources": resources, "Outputs": { "IntegrationArn": { "Value": "x" } } }))
    }

    #[test]
    fn nothing_has_to_go_when_tables_are_only_added_or_reordered() {
        let deployed = template(&json!({ "A": integration("a", "15", None) }));
        let wanted = template(&json!({
            "B": integration("b", "15", None),
            "A": integration("a", "15", Some("B")),
        }));
        assert_eq!(retirement(&deployed, &wanted, &[]), None);
    }

    #[test]
    fn a_removed_integration_goes_first_and_the_others_stay_without_a_trace_of_it() {
        let deployed = template(&json!({
            "A": integration("a", "15", None),
            "B": integration("b", "15", Some("A")),
        }));
        let wanted = template(&json!({
            "C": integration("c", "15", None),
            "B": integration("b", "15", Some("C")),
        }));
        let found = retirement(&deployed, &wanted, &[]).unwrap();
        assert_eq!(found.removed, ["A"]);
        assert!(found.reloaded.is_empty());
        let interim: Value = serde_json::from_str(&found.interim.unwrap()).unwrap();
        assert_eq!(
            interim,
            json!({ "Resources": { "B": integration("b", "15", None) } })
        );
    }

    #[test]
    fn a_mere_removal_is_the_wanted_template_itself() {
        let both = json!({
            "A": integration("a", "15", None),
            "B": integration("b", "15", Some("A")),
        });
        let wanted = template(&json!({ "B": integration("b", "15", None) }));
        let found = retirement(&template(&both), &wanted, &[]).unwrap();
        let interim: Value = serde_json::from_str(&found.interim.unwrap()).unwrap();
        assert_eq!(interim, wanted.document);
    }

    #[test]
    fn a_changed_interval_makes_the_only_integration_anew_and_leaves_no_stack() {
        let deployed = template(&json!({ "A": integration("a", "15", None) }));
        let wanted = template(&json!({ "A": integration("a", "30", None) }));
        let found = retirement(&deployed, &wanted, &[]).unwrap();
        assert_eq!(found.reloaded[0].to_string(), "`A` (IntegrationConfig)");
        assert_eq!(found.interim, None);
    }

    #[test]
    fn another_bucket_makes_every_integration_anew() {
        let bucket = |properties: Value| {
            let bucket = json!({ "Type": "AWS::S3::Bucket", "Properties": properties });
            read(&json!({ "Resources": { "Bucket": bucket } }))
        };
        let (unnamed, named) = (bucket(json!({})), bucket(json!({ "BucketName": "mine" })));
        let stack = template(&json!({ "A": integration("a", "15", None) }));
        let all = |old: &Template, new: &Template| retirement_of_all(&stack, &stack, (old, new));
        let found = all(&unnamed, &named).unwrap();
        assert_eq!(
            found.reloaded[0].to_string(),
            "`A` (the bucket of its data)"
        );
        assert_eq!(found.interim, None);
        assert_eq!(all(&named, &named), None);
        assert_eq!(all(&unnamed, &bucket(json!({ "Tags": [] }))), None);
    }

    #[test]
    fn an_integration_that_was_deployed_as_yaml_is_guarded_like_any_other() {
        let deployed = Template::parse(
            "Resources: { A: { Type: 'AWS::Glue::Integration', Properties: {
                IntegrationName: a, IntegrationConfig: { RefreshInterval: 15 } } } }",
        );
        let wanted = |minutes| template(&json!({ "A": integration("a", minutes, None) }));
        let deployed = deployed.unwrap();
        assert_eq!(retirement(&deployed, &wanted("15"), &[]), None);
        let found = retirement(&deployed, &wanted("30"), &[]).unwrap();
        assert_eq!(found.reloaded[0].to_string(), "`A` (IntegrationConfig)");
    }

    #[test]
    fn what_cloudformation_changes_in_place_is_no_reason_to_go() {
        let deployed = template(&json!({ "A": integration("a", "15", None) }));
        let mut resource = integration("a", "15", None);
        resource["Properties"]["Description"] = json!("new");
        assert_eq!(
            retirement(&deployed, &template(&json!({ "A": resource })), &[]),
            None
        );
    }
}
