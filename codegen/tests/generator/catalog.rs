//! The portfolio of Service Catalog: versions that stay, rules with words, launch roles that may do
//! what a deployer may.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use zeroetl_codegen::blueprints::zero_etl::{
    self,
    service_catalog::{Version, catalog},
};

use super::{document, documents, keys, product, resolve::Deployment};

const KEYS: &str = "zeroetl/1/provider/a.zip,zeroetl/2/provider/b.zip";
const REQUIRED: [(&str, &str); 2] = [("ReleaseBucket", "releases"), ("ProviderCodeKeys", KEYS)];

fn template(name: &str, versions: &[&str]) -> Json {
    let versions: Vec<Version> = versions
        .iter()
        .map(|it| Version((*it).to_owned()))
        .collect();
    let templates = catalog(&versions).unwrap();
    let (_, template) = templates.iter().find(|(known, _)| *known == name).unwrap();
    document(template)
}

fn deployed(document: &Json, more: &[(&str, &str)]) -> serde_json::Map<String, Json> {
    let parameters: Vec<(&str, &str)> = REQUIRED.iter().chain(more).copied().collect();
    Deployment::new(document, "999999999999", &parameters).resources()
}

#[test]
fn all_versions_up_to_the_newest_are_offered() {
    let portfolio = template("portfolio", &["1.0.0", "1.1.0", "2.0.0-rc.1"]);
    let offered = |newest: &str| -> Vec<String> {
        let resources = deployed(&portfolio, &[("Version", newest)]);
        let artifacts = &resources["TargetProduct"]["Properties"]["ProvisioningArtifactParameters"];
        artifacts
            .as_array()
            .unwrap()
            .iter()
            .map(|artifact| artifact["Name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(offered("1.0.0"), ["1.0.0"]);
    assert_eq!(offered("1.1.0"), ["1.0.0", "1.1.0"]);
    assert_eq!(offered("2.0.0-rc.1"), ["1.0.0", "1.1.0", "2.0.0-rc.1"]);
    assert_eq!(portfolio["Parameters"]["Version"]["Default"], "2.0.0-rc.1");
}

#[test]
fn an_artifact_is_the_template_of_its_version() {
    let portfolio = template("portfolio", &["1.0.0", "1.1.0"]);
    let resources = deployed(&portfolio, &[("ReleasePrefix", "team/etl")]);
    let product = &resources["SourceProduct"]["Properties"];
    assert_eq!(
        product["ProvisioningArtifactParameters"][0]["Info"]["LoadTemplateFromURL"],
        "https://releases.s3.us-east-1.amazonaws.com/team/etl/1.0.0/templates/zero-etl/source.yaml"
    );
    assert_eq!(product["ReplaceProvisioningArtifacts"], false);
}

/// The messages of the rules that a launch breaks, those of the template included.
fn refused(portfolio: &[(&str, &str)], kind: usize, launch: &[(&str, &str)]) -> Vec<String> {
    let resources = deployed(&template("portfolio", &["1.0.0"]), portfolio);
    let product_id = ["SourceProduct", "TargetProduct", "IntegrationProduct"][kind];
    let mut launched = product()[kind].clone();
    for (_, resource) in resources {
        let own = resource["Properties"]["ProductId"] == format!("<{product_id}>");
        if resource["Type"] == "AWS::ServiceCatalog::LaunchTemplateConstraint" && own {
            let text = resource["Properties"]["Rules"].as_str().unwrap();
            let rules: Json = serde_json::from_str(text).unwrap();
            for (name, rule) in rules.as_object().unwrap() {
                launched["Rules"][name] = rule.clone();
            }
        }
    }
    Deployment::new(&launched, "222222222222", launch).broken_rules()
}

const LAUNCHED: [(&str, &str); 4] = [
    ("SourceAccountId", "111111111111"),
    ("DatabaseName", "lake"),
    ("ProviderCodeBucket", "releases"),
    ("ProviderCodeKey", "zeroetl/2/provider/b.zip"),
];

fn target_with(name: &str, value: &str) -> Vec<String> {
    let mut launch: Vec<(&str, &str)> = LAUNCHED.to_vec();
    launch.retain(|(known, _)| *known != name);
    launch.push((name, value));
    let shared = [("SourceAccountId", "111111111111")];
    refused(&shared, 1, &launch)
}

#[test]
fn a_launch_of_the_lakehouse_takes_what_was_released_from_the_account_that_shares() {
    assert_eq!(target_with("DatabaseName", "lake"), [""; 0]);
    for (name, value, says) in [
        (
            "ProviderCodeBucket",
            "mine",
            "is not the bucket of the releases",
        ),
        (
            "ProviderCodeKey",
            "mine.zip",
            "is not the code of a version",
        ),
        (
            "SourceAccountId",
            "333333333333",
            "is not the source account",
        ),
        ("BucketName", "mine", "leave it empty"),
    ] {
        let messages = target_with(name, value);
        assert_eq!(messages.len(), 1, "{name}: {messages:?}");
        assert!(messages[0].starts_with(name), "{messages:?}");
        assert!(messages[0].contains(says), "{messages:?}");
    }
}

#[test]
fn without_accounts_any_account_will_do() {
    let mut launch = LAUNCHED;
    launch[0].1 = "333333333333";
    assert_eq!(refused(&[], 1, &launch), [""; 0]);
}

#[test]
fn customer_keys_can_be_required() {
    let required = [("RequireCustomerKeys", "Yes")];
    let integration = [
        ("TargetAccountId", "222222222222"),
        ("DatabaseName", "lake"),
        ("IntegrationName", "orders"),
    ];
    for (kind, launch, name) in [
        (0, &[][..], "SourceKmsKeyArn"),
        (1, &LAUNCHED[..], "TargetKmsKeyArn"),
        (2, &integration[..], "IntegrationKmsKeyId"),
    ] {
        assert_eq!(refused(&[], kind, launch), [""; 0]);
        let messages = refused(&required, kind, launch);
        assert!(
            messages[0].starts_with(&format!("{name} is empty")),
            "{messages:?}"
        );
        let mut with_key = launch.to_vec();
        with_key.push((name, "arn:aws:kms:us-east-1:111111111111:key/k"));
        assert_eq!(refused(&required, kind, &with_key), [""; 0]);
    }
}

#[test]
fn integrations_write_into_the_shared_account_only() {
    let launch = |account| {
        [
            ("TargetAccountId", account),
            ("DatabaseName", "lake"),
            ("IntegrationName", "orders"),
        ]
    };
    let shared = [("TargetAccountId", "222222222222")];
    assert_eq!(refused(&shared, 2, &launch("222222222222")), [""; 0]);
    let messages = refused(&shared, 2, &launch("333333333333"));
    assert!(
        messages[0].starts_with("TargetAccountId is not"),
        "{messages:?}"
    );
}

/// `(action, condition)` of each statement but those that drive stacks.
fn actions(statements: &Json, drive: &[&str]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for statement in statements.as_array().unwrap() {
        let forms = statement.get("Fn::If").and_then(Json::as_array);
        let statement = forms.map_or(statement, |forms| {
            forms.iter().find(|it| it.get("Sid").is_some()).unwrap()
        });
        if drive.contains(&statement["Sid"].as_str().unwrap()) {
            continue;
        }
        let condition = statement["Condition"].to_string();
        match &statement["Action"] {
            Json::Array(all) => found.extend(
                all.iter()
                    .map(|it| (it.as_str().unwrap().to_owned(), condition.clone())),
            ),
            one => {
                found.insert((one.as_str().unwrap().to_owned(), condition));
            }
        }
    }
    found
}

#[test]
fn a_launch_role_may_do_what_a_deployer_may_and_nothing_else() {
    let deployers = documents(&zero_etl::deployers().unwrap());
    for (kind, deployer) in ["source", "target", "integration"].iter().zip(deployers) {
        let role = template(&format!("launch-role-{kind}"), &["1.0.0"]);
        let launch = &role["Resources"]["LaunchRole"]["Properties"]["Policies"][0];
        let drive = ["Stacks", "LookAtTemplates", "ReadTemplates"];
        // What the command looks at, and what no launch changes.
        let command = [
            "Stack",
            "DriftDetection",
            "LookAtCatalog",
            "LocateBuckets",
            "LookIntoCodeBucket",
            "ReadProviderLog",
            "FormerDatabase",
        ];
        let deploy: BTreeSet<_> = deployer["Resources"]
            .as_object()
            .unwrap()
            .values()
            .map(|policy| &policy["Properties"]["PolicyDocument"]["Statement"])
            .flat_map(|statements| actions(statements, &command))
            .collect();
        assert_eq!(
            actions(&launch["PolicyDocument"]["Statement"], &drive),
            deploy,
            "{kind}"
        );
    }
}

#[test]
fn the_portfolio_finds_launch_roles_by_the_names_that_they_have() {
    let resources = deployed(&template("portfolio", &["1.0.0"]), &[]);
    for (kind, id) in [
        ("source", "SourceLaunchRole"),
        ("target", "TargetLaunchRole"),
        ("integration", "IntegrationLaunchRole"),
    ] {
        let constraint = &resources[id]["Properties"];
        assert_eq!(constraint.get("RoleArn"), None);
        let role = template(&format!("launch-role-{kind}"), &["1.0.0"]);
        let parameters: &[(&str, &str)] = match kind {
            "source" => &[],
            "target" => &[("ReleaseBucket", "releases")],
            _ => &[("TargetAccountId", "222222222222")],
        };
        let role = Deployment::new(&role, "111111111111", parameters).resources();
        let role = &role["LaunchRole"]["Properties"];
        assert_eq!(constraint["LocalRoleName"], role["RoleName"]);
        assert_eq!(role["RoleName"], format!("zeroetl-launch-{kind}"));
    }
}

#[test]
fn the_portfolio_is_shared_with_the_accounts_that_are_named() {
    let portfolio = template("portfolio", &["1.0.0"]);
    let shares = |more: &[(&str, &str)]| -> Vec<Json> {
        deployed(&portfolio, more)
            .into_iter()
            .filter(|(_, it)| it["Type"] == "AWS::ServiceCatalog::PortfolioShare")
            .map(|(_, it)| it["Properties"]["AccountId"].clone())
            .collect()
    };
    assert!(shares(&[]).is_empty());
    let both = [
        ("SourceAccountId", "111111111111"),
        ("TargetAccountId", "222222222222"),
    ];
    assert_eq!(shares(&both), ["111111111111", "222222222222"]);
}

#[test]
fn public_names_are_frozen() {
    let parameters = |name| {
        let template = template(name, &["1.0.0"]);
        keys(&template["Parameters"]).join(" ")
    };
    let outputs = |name| {
        let template = template(name, &["1.0.0"]);
        keys(&template["Outputs"]).join(" ")
    };
    insta::assert_snapshot!(parameters("portfolio"), @"ReleaseBucket ReleasePrefix Version ProviderCodeKeys ProductOwner SupportEmail RequireCustomerKeys TagOptionKey NotificationTopicArn SourceAccountId TargetAccountId LaunchRolePrefix EndUserRole");
    insta::assert_snapshot!(outputs("portfolio"), @"PortfolioId SourceProductId SourceArtifactIds TargetProductId TargetArtifactIds IntegrationProductId IntegrationArtifactIds Version");
    insta::assert_snapshot!(parameters("release-bucket"), @"SourceAccountId TargetAccountId");
    insta::assert_snapshot!(outputs("release-bucket"), @"ReleaseBucket");
    insta::assert_snapshot!(parameters("access"), @"PortfolioId EndUserRoleArn");
    insta::assert_snapshot!(outputs("access"), @"PortfolioId");
    insta::assert_snapshot!(parameters("launch-role-source"), @"LaunchRolePrefix TableNames");
    insta::assert_snapshot!(parameters("launch-role-target"), @"LaunchRolePrefix DatabaseNames ReleaseBucket PermissionsBoundaryArn");
    insta::assert_snapshot!(parameters("launch-role-integration"), @"LaunchRolePrefix DatabaseNames TargetAccountId");
    insta::assert_snapshot!(outputs("launch-role-source"), @"LaunchRoleArn");
    let portfolio = template("portfolio", &["1.0.0"]);
    insta::assert_snapshot!(keys(&portfolio["Resources"]).join("\n"), @r"
    Portfolio
    SourceProduct
    SourceAssociation
    SourceLaunchRole
    SourceTagUpdates
    SourceNotifications
    TargetProduct
    TargetAssociation
    TargetLaunchRole
    TargetTagUpdates
    TargetNotifications
    IntegrationProduct
    IntegrationAssociation
    IntegrationLaunchRole
    IntegrationTagUpdates
    IntegrationNotifications
    SourceNeedsKey
    TargetNeedsKey
    TargetCodeBucket
    TargetCodeKey
    TargetBucketName
    TargetFromSource
    IntegrationNeedsKey
    IntegrationIntoTarget
    DevTag
    DevTagAssociation
    TestTag
    TestTagAssociation
    ProdTag
    ProdTagAssociation
    Users
    SourceShare
    TargetShare
    ");
}
