//! Public names. A change here is a change of the API: it needs a line under *Breaking* in the
//! changelog, because stacks that stand lose a resource or a parameter by it.

use super::{keys, of, product, with_tables};

#[test]
fn parameters_of_the_product_are_frozen() {
    let [source, target, integration] = product();
    assert_eq!(
        keys(&source["Parameters"]),
        [
            "SourceTableName",
            "PartitionKeyName",
            "PartitionKeyType",
            "SortKeyName",
            "SortKeyType",
            "SourceKmsKeyArn",
            "RecoveryPeriodInDays",
        ]
    );
    assert_eq!(
        keys(&target["Parameters"]),
        [
            "SourceAccountId",
            "SourceTableName",
            "DatabaseName",
            "BucketName",
            "TargetKmsKeyArn",
            "TargetTableName",
            "UnnestSpec",
            "PartitionField",
            "PartitionFunction",
            "PartitionConversion",
            "EnableHybrid",
            "LakeFormationManaged",
            "ProviderCodeBucket",
            "ProviderCodeKey",
            "ProviderArchitecture",
            "LogRetentionInDays",
            "PermissionsBoundaryArn",
            "ForceUpdate",
        ]
    );
    assert_eq!(
        keys(&integration["Parameters"]),
        [
            "SourceTableName",
            "TargetAccountId",
            "DatabaseName",
            "IntegrationName",
            "RefreshIntervalMinutes",
            "IntegrationKmsKeyId",
        ]
    );
}

#[test]
fn defaults_are_frozen_and_the_rest_is_required() {
    let mut defaults: Vec<String> = product()
        .iter()
        .flat_map(|template| template["Parameters"].as_object().unwrap().clone())
        .map(|(name, parameter)| match parameter.get("Default") {
            Some(default) => format!("{name} = {default}"),
            None => format!("{name} is required"),
        })
        .collect();
    defaults.sort();
    // Equal in all templates, so nothing is left twice with different defaults.
    defaults.dedup();
    insta::assert_snapshot!(defaults.join("\n"), @r#"
    BucketName = ""
    DatabaseName is required
    EnableHybrid = "TRUE"
    ForceUpdate = ""
    IntegrationKmsKeyId = ""
    IntegrationName is required
    LakeFormationManaged = "No"
    LogRetentionInDays = 30
    PartitionConversion = ""
    PartitionField = ""
    PartitionFunction = ""
    PartitionKeyName = "PK"
    PartitionKeyType = "S"
    PermissionsBoundaryArn = ""
    ProviderArchitecture = "x86_64"
    ProviderCodeBucket is required
    ProviderCodeKey is required
    RecoveryPeriodInDays = 35
    RefreshIntervalMinutes = 15
    SortKeyName = "SK"
    SortKeyType = "S"
    SourceAccountId is required
    SourceKmsKeyArn = ""
    SourceTableName = "Orders"
    TargetAccountId is required
    TargetKmsKeyArn = ""
    TargetTableName = ""
    UnnestSpec = "TOPLEVEL"
    "#);
}

#[test]
fn outputs_are_frozen_and_the_same_for_every_config() {
    for [source, target, integration] in [product(), of(&with_tables(&["Orders", "Customers"]))] {
        assert_eq!(
            keys(&source["Outputs"]),
            ["SourceTableName", "SourceTableArn"]
        );
        assert_eq!(
            keys(&target["Outputs"]),
            [
                "DatabaseName",
                "DatabaseArn",
                "BucketName",
                "TargetRoleArn",
                "PolicyHash",
                "ProviderFunctionArn"
            ]
        );
        assert_eq!(keys(&integration["Outputs"]), ["IntegrationArn"]);
    }
}

#[test]
fn logical_ids_of_the_product_are_frozen() {
    let [source, target, integration] = product();
    assert_eq!(keys(&source["Resources"]), ["Table"]);
    assert_eq!(
        keys(&target["Resources"]),
        [
            "Bucket",
            "BucketPolicy",
            "Database",
            "TargetRole",
            "TargetRegistration",
            "LakeLocation",
            "DatabaseGrant",
            "LocationGrant",
            "ProviderLogGroup",
            "ProviderRole",
            "ProviderFunction",
            "ProviderInvokeConfig",
            "CatalogPolicy",
            "TableProperties",
        ]
    );
    assert_eq!(keys(&integration["Resources"]), ["Integration"]);
}

#[test]
fn logical_ids_of_a_config_are_frozen() {
    let [source, target, integration] = of(&with_tables(&["Orders", "order-items"]));
    assert_eq!(
        keys(&source["Resources"]),
        ["TableOrders", "Tableorderitems89455f5c"]
    );
    assert_eq!(
        keys(&target["Resources"]),
        [
            "Bucket",
            "BucketPolicy",
            "Database",
            "TargetRole",
            "TargetRegistration",
            "ProviderLogGroup",
            "ProviderRole",
            "ProviderFunction",
            "ProviderInvokeConfig",
            "CatalogPolicy",
            "TablePropertiesOrders",
            "TablePropertiesorderitems89455f5c",
        ]
    );
    assert_eq!(
        keys(&integration["Resources"]),
        ["IntegrationOrders", "Integrationorderitems89455f5c"]
    );
}

#[test]
fn a_config_leaves_only_the_place_of_the_code_open() {
    let [source, target, integration] = of(&with_tables(&["Orders"]));
    assert_eq!(
        keys(&target["Parameters"]),
        ["ProviderCodeBucket", "ProviderCodeKey"]
    );
    for template in [&source, &target, &integration] {
        assert_eq!(template.get("Conditions"), None);
        assert_eq!(template.get("Rules"), None);
    }
    assert_eq!(source.get("Parameters"), None);
    assert_eq!(integration.get("Parameters"), None);
}

#[test]
fn resource_types_are_those_of_the_contract() {
    let mut types: Vec<String> = product()
        .iter()
        .flat_map(|template| template["Resources"].as_object().unwrap().clone())
        .map(|(_, resource)| resource["Type"].as_str().unwrap().to_owned())
        .collect();
    types.sort();
    types.dedup();
    assert_eq!(
        types,
        [
            "AWS::DynamoDB::GlobalTable",
            "AWS::Glue::Database",
            "AWS::Glue::Integration",
            "AWS::Glue::IntegrationResourceProperty",
            "AWS::IAM::Role",
            "AWS::LakeFormation::PrincipalPermissions",
            "AWS::LakeFormation::Resource",
            "AWS::Lambda::EventInvokeConfig",
            "AWS::Lambda::Function",
            "AWS::Logs::LogGroup",
            "AWS::S3::Bucket",
            "AWS::S3::BucketPolicy",
            "Custom::GlueResourcePolicy",
            "Custom::IntegrationTableProperties",
        ]
    );
}
