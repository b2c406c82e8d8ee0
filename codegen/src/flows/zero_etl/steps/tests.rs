use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;
use crate::deploy::CATALOG_POLICY;

fn read(document: &Value) -> Template {
    Template::parse(&document.to_string()).unwrap()
}

fn source() -> Template {
    read(&json!({ "Resources": { "Table": { "Type": "AWS::DynamoDB::GlobalTable" } } }))
}

fn target(unnest: &str) -> Template {
    read(&json!({ "Resources": {
        "Bucket": { "Type": "AWS::S3::Bucket" },
        "Policy": { "Type": CATALOG_POLICY, "Properties": {} },
        "OrdersProperties": { "Type": TABLE_PROPERTIES, "Properties": {
            "TableName": "Orders", "TargetTableConfig": { "UnnestSpec": unnest },
        } },
    } }))
}

fn integration(tables: &[(&str, &str)]) -> Template {
    let resources = tables.iter().map(|(table, minutes)| {
        let arn = format!("arn:aws:dynamodb:us-east-1:111111111111:table/{table}");
        let integration = json!({ "Type": "AWS::Glue::Integration", "Properties": {
            "SourceArn": arn, "IntegrationConfig": { "RefreshInterval": minutes },
        } });
        (format!("{table}Integration"), integration)
    });
    let resources: serde_json::Map<_, _> = resources.collect();
    read(&json!({ "Resources": resources }))
}

/// Templates by stack: deployed and wanted.
struct Given {
    deployed: Option<[Template; 3]>,
    wanted: [Template; 3],
    drift: Drift,
    import_existing: bool,
    empty: bool,
}

impl Given {
    fn nothing() -> Self {
        Self {
            deployed: None,
            wanted: [source(), target("FULL"), integration(&[("Orders", "15")])],
            drift: Drift::default(),
            import_existing: false,
            empty: false,
        }
    }

    fn deployed() -> Self {
        let given = Self::nothing();
        Self {
            deployed: Some(given.wanted.clone()),
            ..given
        }
    }

    fn steps(&self) -> Steps {
        let known = |index: usize| Known {
            empty: self.empty && index == 1,
            deployed: self.deployed.as_ref().map(|all| &all[index]),
            wanted: &self.wanted[index],
        };
        steps(&Before {
            source: known(0),
            target: known(1),
            integration: known(2),
            drift: &self.drift,
            import_existing: self.import_existing,
            force: "now",
        })
    }
}

/// The steps in short words.
fn short(steps: &Steps) -> Vec<String> {
    steps
        .steps
        .iter()
        .map(|step| match step {
            Step::DeleteEmpty(kind) => format!("delete empty {}", kind.as_str()),
            Step::EndAll { ends } => format!("end all {}", ends.join(" ")),
            Step::End { ends, .. } => format!("end {}", ends.join(" ")),
            Step::Apply(apply) => {
                let revert = if apply.revert_drift { " reverting" } else { "" };
                let purpose = match apply.purpose {
                    Purpose::Wanted => "",
                    Purpose::WithoutCustomResources => " without custom resources",
                    Purpose::WithdrawConsent => " withdrawing consent",
                };
                format!("apply {}{revert}{purpose}", apply.kind.as_str())
            }
            Step::Spread => "spread".to_owned(),
        })
        .collect()
}

const PLAIN: [&str; 4] = [
    "apply source",
    "apply target",
    "spread",
    "apply integration",
];

#[test]
fn a_first_deployment_applies_the_three_stacks_and_needs_no_consent() {
    let steps = Given::nothing().steps();
    assert_eq!(short(&steps), PLAIN);
    assert_eq!(steps.consents, []);
    // And so does one that changes nothing.
    let steps = Given::deployed().steps();
    assert_eq!(short(&steps), PLAIN);
    assert_eq!(steps.consents, []);
}

#[test]
fn an_empty_stack_whose_creation_failed_is_deleted_first() {
    let given = Given {
        empty: true,
        ..Given::nothing()
    };
    assert_eq!(short(&given.steps())[0], "delete empty target");
}

#[test]
fn a_removed_table_ends_its_replication_only_with_consent_that_names_it() {
    let mut given = Given::deployed();
    let both = [("Orders", "15"), ("Sales", "15")];
    given.deployed.as_mut().unwrap()[2] = integration(&both);
    let steps = given.steps();
    assert_eq!(steps.consents, [Consent::Removal(vec!["Sales".to_owned()])]);
    assert_eq!(short(&steps)[0], "end Sales");
}

#[test]
fn a_changed_interval_makes_an_integration_again_only_with_consent() {
    let mut given = Given::deployed();
    given.wanted[2] = integration(&[("Orders", "30")]);
    let steps = given.steps();
    assert_eq!(steps.consents[0].flag(), "--allow-reload");
    assert_eq!(short(&steps)[0], "end all Orders");
}

#[test]
fn a_lost_integration_is_made_again_alone_and_with_consent() {
    let mut given = Given::deployed();
    let both = integration(&[("Orders", "15"), ("Sales", "15")]);
    given.deployed.as_mut().unwrap()[2] = both.clone();
    given.wanted[2] = both;
    let lost = ("SalesIntegration".to_owned(), "it is FAILED".to_owned());
    given.drift.integrations = BTreeMap::from([lost]);
    let steps = given.steps();
    assert_eq!(steps.consents.len(), 1);
    assert!(
        steps.consents[0]
            .to_string()
            .contains("`SalesIntegration` (it is FAILED)"),
        "{}",
        steps.consents[0]
    );
    let Step::End { template, ends } = &steps.steps[0] else {
        panic!("{:?}", short(&steps));
    };
    assert_eq!(ends, &["Sales"]);
    assert!(template.contains("OrdersIntegration"), "{template}");
    assert!(!template.contains("SalesIntegration"), "{template}");
    assert_eq!(short(&steps)[1..], PLAIN);
}

#[test]
fn consent_reaches_the_template_for_one_run_and_is_taken_out_at_its_end() {
    let mut given = Given::deployed();
    given.wanted[1] = target("TOPLEVEL");
    let steps = given.steps();
    assert_eq!(steps.consents[0].flag(), "--allow-reload");
    assert_eq!(
        short(&steps),
        [&PLAIN[..], &["apply target withdrawing consent"]].concat()
    );
    let texts: Vec<_> = steps
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Apply(apply) if apply.kind == StackKind::Target => Some(&apply.template),
            _ => None,
        })
        .collect();
    assert!(texts[0].contains("AllowResync"), "{}", texts[0]);
    assert_eq!(texts[1], &given.wanted[1].to_string());
}

#[test]
fn an_import_permits_only_what_the_stack_does_not_have_yet() {
    let mut given = Given::nothing();
    given.import_existing = true;
    assert_eq!(short(&given.steps()).len(), 5);
    let mut given = Given::deployed();
    given.import_existing = true;
    assert_eq!(short(&given.steps()), PLAIN);
}

#[test]
fn drift_of_custom_resources_forces_an_update_that_loads_nothing_again() {
    let mut given = Given::deployed();
    given.drift.custom = true;
    let steps = given.steps();
    assert_eq!(steps.consents, []);
    assert_eq!(short(&steps), PLAIN);
    let Step::Apply(apply) = &steps.steps[1] else {
        panic!("{:?}", short(&steps));
    };
    assert_eq!(apply.force.as_deref(), Some("now"));
    assert!(
        apply.template.contains("\"ForceUpdate\":\"now\""),
        "{}",
        apply.template
    );
}

#[test]
fn a_layout_changed_by_hand_is_mended_only_with_consent() {
    let mut given = Given::deployed();
    given.drift.custom = true;
    let drifted = ("OrdersProperties".to_owned(), "UnnestSpec".to_owned());
    given.drift.layouts = BTreeMap::from([drifted]);
    let steps = given.steps();
    assert_eq!(steps.consents[0].flag(), "--allow-reload");
    let last = short(&steps).pop().unwrap();
    assert_eq!(last, "apply target withdrawing consent");
}

#[test]
fn native_drift_is_reverted_in_the_stacks_that_have_it() {
    let mut given = Given::deployed();
    given.drift.native = BTreeSet::from([StackKind::Target]);
    assert_eq!(short(&given.steps())[1], "apply target reverting");
    assert_eq!(short(&given.steps())[0], "apply source");
}

#[test]
fn a_lost_provider_is_made_again_while_its_custom_resources_are_left_out() {
    let mut given = Given::deployed();
    given.drift.provider_gone = true;
    given.drift.native = BTreeSet::from([StackKind::Target]);
    let steps = given.steps();
    assert_eq!(
        short(&steps)[1..3],
        [
            "apply target reverting without custom resources",
            "apply target reverting"
        ]
    );
    let Step::Apply(apply) = &steps.steps[1] else {
        panic!("{:?}", short(&steps));
    };
    assert!(!apply.template.contains("Custom::"), "{}", apply.template);
    assert!(apply.template.contains("Bucket"), "{}", apply.template);
}
