//! What the stacks promise beyond working: data stays, buckets are closed, keys are used where
//! given, the function may do little, and things come and go in order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::{
    product,
    resolve::Deployment,
    subject::{
        CATALOG, REQUIRED, SOURCE, TARGET, many, role_of, statements, target, target_deployment,
    },
};

const KEY: &str = "arn:aws:kms:us-east-1:222222222222:key/1234";

#[test]
fn only_what_holds_data_and_what_guards_it_outlives_its_stack() {
    let mut retained = BTreeSet::new();
    for template in product() {
        for (id, resource) in template["Resources"].as_object().unwrap() {
            let (deleted, replaced) = (
                resource["DeletionPolicy"].as_str(),
                resource["UpdateReplacePolicy"].as_str(),
            );
            match (deleted, replaced) {
                // A first deployment that fails leaves nothing behind.
                (Some("RetainExceptOnCreate"), Some("Retain")) => {
                    retained.insert(id.clone());
                }
                other => assert!(
                    matches!(other, (None, None) | (Some("Delete"), Some("Delete"))),
                    "{id}: {other:?}"
                ),
            }
        }
    }
    assert_eq!(
        retained,
        BTreeSet::from(["Bucket", "BucketPolicy", "Database", "Table"].map(str::to_owned))
    );
}

#[test]
fn the_bucket_is_closed_and_encrypted() {
    let bucket = target("AWS::S3::Bucket", &[]);
    assert_eq!(
        bucket,
        json!({
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
            ]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true,
                "BlockPublicPolicy": true,
                "IgnorePublicAcls": true,
                "RestrictPublicBuckets": true,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        })
    );
    assert_eq!(
        target("AWS::S3::Bucket", &[("BucketName", "mine")])["BucketName"],
        "mine"
    );
}

#[test]
fn the_bucket_takes_no_request_without_tls() {
    let policy = target("AWS::S3::BucketPolicy", &[]);
    assert_eq!(
        policy["PolicyDocument"]["Statement"],
        json!([{
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["<Bucket.Arn>", "<Bucket.Arn>/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }])
    );
}

#[test]
fn a_key_of_the_bucket_is_used_and_the_role_may_use_it() {
    let bucket = target("AWS::S3::Bucket", &[("TargetKmsKeyArn", KEY)]);
    assert_eq!(
        bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"],
        json!([{
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
            "BucketKeyEnabled": true,
        }])
    );
    let of_kms = |parameters: &[(&str, &str)]| -> Vec<Json> {
        let statements = statements(&role_of("glue.amazonaws.com", parameters)).into_iter();
        statements
            .filter(|it| many(&it["Action"])[0].starts_with("kms:"))
            .collect()
    };
    assert_eq!(of_kms(&[]), [Json::Null; 0]);
    let [used] = &of_kms(&[("TargetKmsKeyArn", KEY)])[..] else {
        panic!("one statement")
    };
    assert_eq!(used["Resource"], KEY);
    assert_eq!(
        many(&used["Action"]),
        ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"]
    );
}

#[test]
fn a_key_of_the_integration_is_used() {
    let [_, _, integration] = product();
    let parameters = [
        ("TargetAccountId", TARGET),
        ("DatabaseName", "lake"),
        ("IntegrationName", "orders"),
        ("IntegrationKmsKeyId", "alias/mine"),
    ];
    let deployment = Deployment::new(&integration, SOURCE, &parameters);
    let properties = deployment.the("AWS::Glue::Integration")["Properties"].clone();
    assert_eq!(properties["KmsKeyId"], "alias/mine");
}

/// Everything the function may do. A new line here needs a reason.
#[test]
fn the_provider_may_do_just_this() {
    let allowed: BTreeMap<String, Vec<String>> = statements(&role_of("lambda.amazonaws.com", &[]))
        .iter()
        .inspect(|it| assert_eq!(it["Effect"], "Allow"))
        .flat_map(|it| {
            let resources: Vec<String> = many(&it["Resource"])
                .into_iter()
                .map(str::to_owned)
                .collect();
            many(&it["Action"])
                .into_iter()
                .map(|action| (action.to_owned(), resources.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    let catalog = vec![CATALOG];
    let pair = vec![CATALOG, "arn:aws:glue:us-east-1:222222222222:database/lake"];
    // Clean-up after another database name.
    let former = vec![CATALOG, "arn:aws:glue:us-east-1:222222222222:database/*"];
    let expected = BTreeMap::from([
        ("glue:GetResourcePolicy", catalog.clone()),
        ("glue:PutResourcePolicy", catalog.clone()),
        ("glue:DeleteResourcePolicy", catalog),
        ("glue:CreateIntegrationTableProperties", pair.clone()),
        ("glue:GetIntegrationTableProperties", former.clone()),
        ("glue:UpdateIntegrationTableProperties", pair),
        ("glue:DeleteIntegrationTableProperties", former),
        ("glue:DescribeInboundIntegrations", vec!["*"]),
        ("cloudformation:ListStackResources", vec!["the-stack-id"]),
        ("logs:CreateLogStream", vec!["<ProviderLogGroup.Arn>"]),
        ("logs:PutLogEvents", vec!["<ProviderLogGroup.Arn>"]),
    ]);
    let allowed: BTreeMap<&str, Vec<&str>> = allowed
        .iter()
        .map(|(action, on)| (action.as_str(), on.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(allowed, expected);
}

#[test]
fn the_function_runs_the_packaged_binary_and_logs_into_its_stack() {
    let function = target(
        "AWS::Lambda::Function",
        &[("ProviderArchitecture", "arm64")],
    );
    assert_eq!(function["Runtime"], "provided.al2023");
    assert_eq!(function["Handler"], "bootstrap");
    assert_eq!(function["Architectures"], json!(["arm64"]));
    assert_eq!(
        function["Code"],
        json!({"S3Bucket": "code", "S3Key": "p.zip"})
    );
    assert_eq!(function["Timeout"], 120);
    assert_eq!(
        function["LoggingConfig"],
        json!({"LogGroup": "<ProviderLogGroup>"})
    );
    let log_group = target("AWS::Logs::LogGroup", &[("LogRetentionInDays", "7")]);
    assert_eq!(
        log_group["LogGroupName"],
        "/aws/lambda/the-stack-zeroetl-provider"
    );
    assert_eq!(log_group["RetentionInDays"], 7);
}

/// Lambda's own retries of a lost reply come one and two minutes later, and each run may take two.
#[test]
fn a_lost_reply_can_still_arrive() {
    for kind in [
        "Custom::GlueResourcePolicy",
        "Custom::IntegrationTableProperties",
    ] {
        let resource = target(kind, &[]);
        assert_eq!(resource["ServiceTimeout"], 600, "{kind}");
        assert_eq!(resource["ServiceToken"], "<ProviderFunction.Arn>", "{kind}");
    }
}

/// What a resource waits for, directly: references, `DependsOn`, and references in our metadata.
fn waits(resource: &Json, resources: &Map<String, Json>) -> BTreeSet<String> {
    let text = resource.to_string();
    let named = |id: &&String| {
        text.contains(&format!("<{id}>"))
            || text.contains(&format!("<{id}."))
            || many(&resource["DependsOn"]).contains(&id.as_str())
    };
    resources.keys().filter(named).cloned().collect()
}

#[test]
fn table_properties_come_last_and_go_first() {
    for managed in ["No", "Yes"] {
        target_deployment(&[("LakeFormationManaged", managed)], |deployment| {
            let resources = deployment.resources();
            let mut before = BTreeSet::from(["TableProperties".to_owned()]);
            loop {
                let more: BTreeSet<String> = before
                    .iter()
                    .flat_map(|id| waits(&resources[id], &resources))
                    .collect();
                let size = before.len();
                before.extend(more);
                if before.len() == size {
                    break;
                }
            }
            let all: BTreeSet<String> = resources.keys().cloned().collect();
            assert_eq!(before, all, "LakeFormationManaged = {managed}");
        });
    }
}

#[test]
fn the_grant_on_the_location_waits_for_its_registration() {
    target_deployment(&[("LakeFormationManaged", "Yes")], |deployment| {
        let resources = deployment.resources();
        assert!(waits(&resources["LocationGrant"], &resources).contains("LakeLocation"));
    });
}

#[test]
fn two_target_stacks_fit_into_one_account() {
    let [_, target, _] = product();
    let named: Vec<String> = Deployment::new(&target, TARGET, &REQUIRED)
        .resources()
        .iter()
        .flat_map(|(id, it)| {
            let properties = it["Properties"].as_object().unwrap().clone();
            properties
                .into_iter()
                .map(move |(key, value)| (format!("{id}.{key}"), value))
        })
        .filter(|(key, _)| {
            // The database's and the table's names are the user's.
            key.ends_with("Name") && !key.contains("TableName") && !key.contains("DatabaseName")
        })
        // A reference is no name of its own.
        .filter(|(_, value)| !value.as_str().is_some_and(|text| text.starts_with('<')))
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    // The one other physical name carries the stack's.
    let log_group = "ProviderLogGroup.LogGroupName = \"/aws/lambda/the-stack-zeroetl-provider\"";
    assert_eq!(named, [log_group]);
}
