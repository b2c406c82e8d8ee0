//! The twenty-one things that break a zero-ETL stack on AWS, each with what the templates do about
//! it: from the account that the integration is made in (1) to integrations made at once (21).

use serde_json::{Value as Json, json};
use zeroetl_codegen::{
    config::{self, SUPPORTED_REGIONS},
    plan::{StackKind, plan},
};

use super::{
    EXAMPLE, example, keys, of, parsed, product,
    resolve::Deployment,
    subject::{
        CATALOG, REQUIRED, SOURCE, TABLE_ARN, TARGET, catalog_statements, integration, many,
        role_of, source, statements, table_statement, target, target_deployment,
    },
    with_tables,
};

#[test]
fn break_01_the_integration_is_made_in_the_account_of_the_table() {
    let properties = integration(&[]);
    assert_eq!(properties["SourceArn"], TABLE_ARN);
    assert_eq!(
        properties["TargetArn"],
        "arn:aws:glue:us-east-1:222222222222:database/lake"
    );
    let plan = plan(&example()).unwrap();
    assert_eq!(plan.stacks[2].kind, StackKind::Integration);
    assert_eq!(plan.stacks[2].account, SOURCE);
    assert_eq!(plan.stacks[2].profile.as_deref(), Some("source-admin"));
}

#[test]
fn break_02_the_table_policy_names_the_account_of_the_table() {
    let statement = table_statement(SOURCE);
    assert_eq!(statement["Effect"], "Allow");
    assert_eq!(statement["Principal"]["Service"], "glue.amazonaws.com");
    assert_eq!(
        statement["Condition"],
        json!({
            "StringEquals": {"aws:SourceAccount": SOURCE},
            "ArnLike": {"aws:SourceArn": "arn:aws:glue:us-east-1:111111111111:integration:*"},
        })
    );
    assert_eq!(
        many(&statement["Action"]),
        [
            "dynamodb:DescribeTable",
            "dynamodb:ExportTableToPointInTime",
            "dynamodb:DescribeExport"
        ]
    );
    // DescribeExport is authorised on the export, so the ARN of the table alone would not do.
    assert_eq!(statement["Resource"], "*");
}

#[test]
fn break_03_the_catalog_policy_names_the_table() {
    for statement in catalog_statements() {
        assert_eq!(
            statement["Condition"],
            json!({"StringEquals": {"aws:SourceArn": TABLE_ARN}})
        );
    }
    let [_, several, _] = of(&with_tables(&["Orders", "Customers"]));
    let several = Deployment::new(&several, TARGET, &REQUIRED[2..]);
    let policy = several.the("Custom::GlueResourcePolicy");
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap()
    {
        assert_eq!(
            many(&statement["Condition"]["StringEquals"]["aws:SourceArn"]),
            [
                TABLE_ARN,
                "arn:aws:dynamodb:us-east-1:111111111111:table/Customers"
            ]
        );
    }
}

#[test]
fn break_04_the_source_account_creates_and_glue_authorizes() {
    let grants: Vec<_> = catalog_statements()
        .iter()
        .map(|it| {
            (
                it["Action"].as_str().unwrap().to_owned(),
                it["Principal"].clone(),
            )
        })
        .collect();
    let root = json!({"AWS": "arn:aws:iam::111111111111:root"});
    let glue = json!({"Service": "glue.amazonaws.com"});
    assert_eq!(
        grants,
        [
            ("glue:CreateInboundIntegration".to_owned(), root),
            ("glue:AuthorizeInboundIntegration".to_owned(), glue)
        ]
    );
}

#[test]
fn break_05_both_statements_list_catalog_and_database() {
    for statement in catalog_statements() {
        let database = "arn:aws:glue:us-east-1:222222222222:database/<Database>";
        assert_eq!(many(&statement["Resource"]), [CATALOG, database]);
    }
}

#[test]
fn break_06_other_peoples_statements_are_merged_with() {
    let policy = target("Custom::GlueResourcePolicy", &[]);
    // The provider's default mode is `Merge`.
    assert_eq!(policy.get("Mode"), None);
    // The provider tells statements apart by their Sids.
    let statements = catalog_statements();
    let sids: Vec<_> = statements
        .iter()
        .map(|it| it["Sid"].as_str().unwrap())
        .collect();
    assert_eq!(sids, ["CreateIntegration", "AuthorizeIntegration"]);
}

#[test]
fn break_07_hybrid_access_is_on_unless_refused() {
    assert_eq!(
        target("Custom::GlueResourcePolicy", &[])["EnableHybrid"],
        "TRUE"
    );
    let off = target("Custom::GlueResourcePolicy", &[("EnableHybrid", "FALSE")]);
    assert_eq!(off["EnableHybrid"], "FALSE");
}

#[test]
fn break_08_the_table_can_be_restored_to_a_point_in_time() {
    let table = source("AWS::DynamoDB::GlobalTable", &[]);
    assert_eq!(
        table["Replicas"][0]["PointInTimeRecoverySpecification"],
        json!({"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 35})
    );
    assert_eq!(table["Replicas"].as_array().unwrap().len(), 1);
}

#[test]
fn break_09_the_table_never_gets_the_aws_managed_key() {
    let plain = source("AWS::DynamoDB::GlobalTable", &[]);
    assert_eq!(plain.get("SSESpecification"), None);
    assert_eq!(plain["Replicas"][0].get("SSESpecification"), None);
    let arn = "arn:aws:kms:us-east-1:111111111111:key/1234";
    let keyed = source("AWS::DynamoDB::GlobalTable", &[("SourceKmsKeyArn", arn)]);
    assert_eq!(
        keyed["SSESpecification"],
        json!({"SSEEnabled": true, "SSEType": "KMS"})
    );
    assert_eq!(
        keyed["Replicas"][0]["SSESpecification"],
        json!({"KMSMasterKeyId": arn})
    );
}

#[test]
fn break_10_the_database_lies_in_the_bucket_of_its_stack() {
    let database = target("AWS::Glue::Database", &[]);
    assert_eq!(database["DatabaseInput"]["LocationUri"], "s3://<Bucket>/");
    let role = role_of("glue.amazonaws.com", &[]);
    let covers = |statement: &Json| statement["Resource"] == "<Bucket.Arn>/*";
    assert!(
        statements(&role).iter().any(covers),
        "the role reaches the location"
    );
}

#[test]
fn break_11_a_database_name_has_no_hyphen() {
    let mistakes = config::parse("c", &EXAMPLE.replace("orders_lakehouse_dev", "my-db"));
    assert!(mistakes.unwrap_err().to_string().contains("no hyphen"));
    for template in &product()[1..] {
        let pattern = template["Parameters"]["DatabaseName"]["AllowedPattern"]
            .as_str()
            .unwrap();
        let pattern = regex_lite::Regex::new(pattern).unwrap();
        assert!(pattern.is_match("orders_lakehouse") && !pattern.is_match("orders-lakehouse"));
    }
}

#[test]
fn break_12_the_role_is_registered_before_the_integration() {
    let registration = target("AWS::Glue::IntegrationResourceProperty", &[]);
    assert_eq!(
        registration,
        json!({
            "ResourceArn": "arn:aws:glue:us-east-1:222222222222:database/<Database>",
            "TargetProcessingProperties": {"RoleArn": "<TargetRole.Arn>"},
        })
    );
    let kinds: Vec<_> = plan(&example())
        .unwrap()
        .stacks
        .iter()
        .map(|stack| stack.kind)
        .collect();
    assert_eq!(
        kinds,
        [StackKind::Source, StackKind::Target, StackKind::Integration]
    );
}

#[test]
fn break_13_table_properties_stand_in_the_stack_before_the_integration() {
    let properties = target("Custom::IntegrationTableProperties", &[]);
    assert_eq!(
        properties["ResourceArn"],
        "arn:aws:glue:us-east-1:222222222222:database/<Database>"
    );
    assert_eq!(properties["TableName"], "Orders");
    assert_eq!(properties["ServiceTimeout"], 600);
}

#[test]
fn break_14_permissions_come_with_their_role() {
    target_deployment(&[("LakeFormationManaged", "Yes")], |deployment| {
        for (id, resource) in deployment.resources() {
            let kind = resource["Type"].as_str().unwrap();
            assert!(
                !kind.contains("Policy") || !kind.starts_with("AWS::IAM"),
                "{id}: {kind}"
            );
        }
    });
    for service in ["glue.amazonaws.com", "lambda.amazonaws.com"] {
        assert!(!statements(&role_of(service, &[])).is_empty());
    }
}

#[test]
fn break_15_the_target_role_has_every_documented_action() {
    let statements = statements(&role_of("glue.amazonaws.com", &[]));
    let resources_of = |action: &str| -> Vec<String> {
        let of = statements
            .iter()
            .find(|it| many(&it["Action"]).contains(&action));
        let of = of.unwrap_or_else(|| panic!("{action} is missing"));
        many(&of["Resource"])
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let database = "arn:aws:glue:us-east-1:222222222222:database/lake";
    let tables = "arn:aws:glue:us-east-1:222222222222:table/lake/*";
    assert_eq!(resources_of("s3:ListBucket"), ["<Bucket.Arn>"]);
    for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] {
        assert_eq!(resources_of(action), ["<Bucket.Arn>/*"]);
    }
    assert_eq!(resources_of("glue:GetDatabase"), [CATALOG, database]);
    for action in [
        "glue:CreateTable",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdateTable",
        "glue:DeleteTable",
        "glue:GetTableVersion",
        "glue:GetTableVersions",
        "glue:GetResourcePolicy",
    ] {
        assert_eq!(resources_of(action), [CATALOG, database, tables]);
    }
    for action in [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ] {
        assert_eq!(
            resources_of(action),
            ["arn:aws:logs:us-east-1:222222222222:log-group:/aws-glue/zeroETL-integrations/*"]
        );
    }
    let metrics = statements
        .iter()
        .find(|it| it["Action"] == "cloudwatch:PutMetricData")
        .unwrap();
    let namespace = json!({"StringEquals": {"cloudwatch:namespace": "AWS/Glue/ZeroETL"}});
    assert_eq!(metrics["Condition"], namespace);
}

#[test]
fn break_16_lake_formation_grants_to_the_target_role() {
    target_deployment(&[], |deployment| {
        let types: Vec<Json> = deployment
            .resources()
            .values()
            .map(|it| it["Type"].clone())
            .collect();
        assert!(
            !types
                .iter()
                .any(|it| it.as_str().unwrap().contains("LakeFormation"))
        );
    });
    target_deployment(&[("LakeFormationManaged", "Yes")], |deployment| {
        let location = &deployment.the("AWS::LakeFormation::Resource")["Properties"];
        assert_eq!(location["RoleArn"], "<TargetRole.Arn>");
        let granted: Vec<Json> = deployment
            .resources()
            .values()
            .filter(|it| it["Type"] == "AWS::LakeFormation::PrincipalPermissions")
            .map(|it| it["Properties"].clone())
            .inspect(|it| {
                assert_eq!(
                    it["Principal"]["DataLakePrincipalIdentifier"],
                    "<TargetRole.Arn>"
                );
            })
            .map(|it| it["Permissions"].clone())
            .collect();
        let database = json!(["CREATE_TABLE", "DESCRIBE", "ALTER", "DROP"]);
        assert_eq!(granted, [database, json!(["DATA_LOCATION_ACCESS"])]);
    });
    let role = role_of("glue.amazonaws.com", &[("LakeFormationManaged", "Yes")]);
    let trusted = &role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"];
    assert_eq!(
        many(trusted),
        ["glue.amazonaws.com", "lakeformation.amazonaws.com"]
    );
    let yes = statements(&role);
    assert!(
        yes.iter()
            .any(|it| it["Action"] == "lakeformation:GetDataAccess")
    );
    let no = statements(&role_of("glue.amazonaws.com", &[]));
    assert!(
        !no.iter()
            .any(|it| it["Action"] == "lakeformation:GetDataAccess")
    );
}

#[test]
fn break_17_what_replaces_an_integration_says_so() {
    let [_, _, integration] = product();
    for name in [
        "IntegrationName",
        "RefreshIntervalMinutes",
        "IntegrationKmsKeyId",
    ] {
        let description = integration["Parameters"][name]["Description"]
            .as_str()
            .unwrap();
        assert!(
            description.contains("replaces the integration"),
            "{name}: {description}"
        );
    }
    // CloudFormation's type takes text, also from a config.
    let [_, _, fixed] = of(&example());
    let fixed = Deployment::new(&fixed, SOURCE, &[]).the("AWS::Glue::Integration");
    assert_eq!(
        fixed["Properties"]["IntegrationConfig"]["RefreshInterval"],
        "15"
    );
}

#[test]
fn break_18_no_pair_gets_a_second_integration() {
    let twice =
        format!("{EXAMPLE}\n[[table]]\nname = \"Orders\"\npartition_key = {{ name = \"P\" }}");
    let mistakes = config::parse("c", &twice).unwrap_err().to_string();
    assert!(mistakes.contains("two tables `Orders`"), "{mistakes}");
    let alike =
        format!("{EXAMPLE}\n[[table]]\nname = \"ORDERS\"\npartition_key = {{ name = \"P\" }}");
    let mistakes = config::parse("c", &alike).unwrap_err().to_string();
    assert!(
        mistakes.contains("becomes `orders` in the database"),
        "{mistakes}"
    );
}

#[test]
fn break_19_regions_without_the_type_are_refused_with_the_list() {
    for region in [
        "eu-west-3",
        "us-west-1",
        "us-gov-west-1",
        "cn-north-1",
        "me-central-1",
    ] {
        let mistakes = config::parse("c", &EXAMPLE.replace("us-east-1", region)).unwrap_err();
        let text = mistakes.to_string();
        assert!(
            text.contains(&format!("`{region}` has no `AWS::Glue::Integration`")),
            "{text}"
        );
        assert!(
            SUPPORTED_REGIONS.iter().all(|it| text.contains(it)),
            "{text}"
        );
    }
    for region in SUPPORTED_REGIONS {
        parsed(&EXAMPLE.replace("us-east-1", region));
    }
}

#[test]
fn break_20_no_data_filter_is_sent() {
    let properties = integration(&[]);
    assert_eq!(
        keys(&properties),
        [
            "IntegrationName",
            "SourceArn",
            "TargetArn",
            "IntegrationConfig"
        ]
    );
}

#[test]
fn break_21_integrations_wait_for_each_other() {
    let [_, _, chained] = of(&with_tables(&["One1", "Two2", "Three3"]));
    let waits: Vec<_> = chained["Resources"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, it)| (id.as_str(), many(&it["DependsOn"])))
        .collect();
    assert_eq!(
        waits,
        [
            ("IntegrationOne1", vec![]),
            ("IntegrationTwo2", vec!["IntegrationOne1"]),
            ("IntegrationThree3", vec!["IntegrationTwo2"]),
        ]
    );
}
