//! One body, two uses: the product with parameters is the same stack as the templates of a config
//! with the same values.

use serde_json::{Map, Value as Json};

use super::{example, of, parsed, product, resolve::Deployment};

const CODE: [(&str, &str); 2] = [("ProviderCodeBucket", "code"), ("ProviderCodeKey", "p.zip")];

/// Resources with the table's suffix taken out of ids and references, without our metadata.
fn comparable(resources: Map<String, Json>, suffix: &str) -> Json {
    let mut resources = Json::Object(resources);
    for resource in resources.as_object_mut().unwrap().values_mut() {
        let dependencies = resource.as_object_mut().unwrap();
        // What waits for a conditional resource says so elsewhere.
        let conditional = dependencies.remove("Metadata").unwrap_or_default();
        for reference in conditional["zeroetl"]["DependsOnWhenPresent"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let id = reference
                .as_str()
                .unwrap()
                .trim_matches(['<', '>'])
                .to_owned();
            dependencies["DependsOn"]
                .as_array_mut()
                .unwrap()
                .push(id.into());
        }
    }
    let text = resources.to_string();
    let text = ["Table", "TableProperties", "Integration"]
        .iter()
        .fold(text, |text, base| {
            text.replace(&format!("{base}{suffix}\""), &format!("{base}\""))
        });
    scalars_as_text(serde_json::from_str(&text).unwrap())
}

/// To CloudFormation, `15` and `"15"` are the same, and a reference to a number is text.
fn scalars_as_text(value: Json) -> Json {
    match value {
        Json::Array(items) => items.into_iter().map(scalars_as_text).collect(),
        Json::Object(map) => map
            .into_iter()
            .map(|(key, item)| (key, scalars_as_text(item)))
            .collect::<Map<_, _>>()
            .into(),
        Json::Number(number) => number.to_string().into(),
        other => other,
    }
}

fn assert_parity(config: &str, parameters: [&[(&str, &str)]; 3]) {
    let config = parsed(config);
    let accounts = [
        &config.source.account,
        &config.target.account,
        &config.source.account,
    ];
    let (product, fixed) = (product(), of(&config));
    for index in 0..3 {
        let account = accounts[index].as_str();
        let open = Deployment::new(&product[index], account, parameters[index]);
        let code: &[(&str, &str)] = if index == 1 { &CODE } else { &[] };
        let fixed = Deployment::new(&fixed[index], account, code);
        assert_eq!(open.broken_rules(), [""; 0]);
        assert_eq!(
            comparable(open.resources(), ""),
            comparable(fixed.resources(), "Orders"),
            "template {index}"
        );
    }
}

#[test]
fn defaults_of_the_product_are_those_of_the_config() {
    let config = super::EXAMPLE
        .replace("unnest = \"TOPLEVEL\"\n", "")
        .replace("target_name = \"orders\"\n", "")
        .replace("[integration]\nrefresh_interval_minutes = 15\n", "")
        .lines()
        .filter(|line| !line.starts_with("partition_by"))
        .fold(String::new(), |text, line| text + line + "\n");
    let target = [
        ("SourceAccountId", "111111111111"),
        ("DatabaseName", "orders_lakehouse_dev"),
        CODE[0],
        CODE[1],
    ];
    let integration = [
        ("TargetAccountId", "222222222222"),
        ("DatabaseName", "orders_lakehouse_dev"),
        ("IntegrationName", "orders-lakehouse-dev-Orders"),
    ];
    assert_parity(&config, [&[], &target, &integration]);
}

#[test]
fn every_parameter_does_what_its_key_does() {
    let key = "arn:aws:kms:us-east-1:111111111111:key/1234";
    let target_key = "arn:aws:kms:us-east-1:222222222222:key/5678";
    let boundary = "arn:aws:iam::222222222222:policy/boundary";
    let config = format!(
        r#"
        project = "p"
        environment = "e"
        region = "us-east-1"
        [source]
        account = "111111111111"
        kms_key_arn = "{key}"
        recovery_period_in_days = 7
        [target]
        account = "222222222222"
        database = "db"
        bucket = "my-bucket"
        kms_key_arn = "{target_key}"
        enable_hybrid = false
        lake_formation_managed = true
        provider_architecture = "arm64"
        log_retention_in_days = 365
        [company]
        permissions_boundary_arn = "{boundary}"
        [integration]
        refresh_interval_minutes = 60
        kms_key_id = "alias/integration"
        [[table]]
        name = "Orders"
        partition_key = {{ name = "id", type = "N" }}
        unnest = "FULL"
        target_name = "orders_v2"
        partition_by = [{{ field = "at", function = "month", conversion = "epoch_milli" }}]
        "#
    );
    let source = [
        ("PartitionKeyName", "id"),
        ("PartitionKeyType", "N"),
        ("SortKeyName", ""),
        ("SourceKmsKeyArn", key),
        ("RecoveryPeriodInDays", "7"),
    ];
    let target = [
        ("SourceAccountId", "111111111111"),
        ("DatabaseName", "db"),
        ("BucketName", "my-bucket"),
        ("TargetKmsKeyArn", target_key),
        ("TargetTableName", "orders_v2"),
        ("UnnestSpec", "FULL"),
        ("PartitionField", "at"),
        ("PartitionFunction", "month"),
        ("PartitionConversion", "epoch_milli"),
        ("EnableHybrid", "FALSE"),
        ("LakeFormationManaged", "Yes"),
        ("ProviderArchitecture", "arm64"),
        ("LogRetentionInDays", "365"),
        ("PermissionsBoundaryArn", boundary),
        CODE[0],
        CODE[1],
    ];
    let integration = [
        ("TargetAccountId", "222222222222"),
        ("DatabaseName", "db"),
        ("IntegrationName", "p-e-Orders"),
        ("RefreshIntervalMinutes", "60"),
        ("IntegrationKmsKeyId", "alias/integration"),
    ];
    assert_parity(&config, [&source, &target, &integration]);
}

#[test]
fn outputs_of_several_tables_are_joined_in_the_order_of_the_config() {
    let [source, _, integration] = of(&super::with_tables(&["Orders", "Customers"]));
    let source = Deployment::new(&source, "111111111111", &[]).outputs();
    assert_eq!(source["SourceTableName"], "<TableOrders>,<TableCustomers>");
    assert_eq!(
        source["SourceTableArn"],
        "<TableOrders.Arn>,<TableCustomers.Arn>"
    );
    let integration = Deployment::new(&integration, "111111111111", &[]).outputs();
    assert_eq!(
        integration["IntegrationArn"],
        "<IntegrationOrders.IntegrationArn>,<IntegrationCustomers.IntegrationArn>"
    );
    let [single, ..] = of(&example());
    let single = Deployment::new(&single, "111111111111", &[]).outputs();
    assert_eq!(single["SourceTableName"], "<TableOrders>");
}
