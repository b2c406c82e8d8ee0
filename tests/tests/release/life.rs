//! From the folder alone, by the guide's own commands: a bucket, three stacks, a changed value, a
//! second version, teardown.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::folder::Release;
use crate::guide::{Reader, blocks};
use crate::world::{SOURCE, TARGET, World};

const DATABASE: &str = "orders_lakehouse";
/// What `index.md` says before it deploys.
const BEFORE_DEPLOYING: &[&str] = &[
    "Make the bucket",
    "Upload the release",
    "Fill in the parameter files",
];

fn retention(world: &World) -> Value {
    let groups = world
        .aws(TARGET)
        .json("logs describe-log-groups --log-group-name-prefix /aws/lambda/zeroetl-target");
    groups["logGroups"][0]["retentionInDays"].clone()
}

#[test]
fn the_guide_leads_from_a_bucket_to_teardown() {
    let world = World::new("life");
    let (source, target) = (world.aws(SOURCE), world.aws(TARGET));
    let first = Release::copied();
    let reader = Reader::new(&world, &first);

    reader.follow("index.md", &["Make the bucket", "Upload the release"]);
    // A value that was forgotten is refused before anything is made.
    let folder = first.path();
    let refused = target.refused(&format!(
        "cloudformation deploy --stack-name zeroetl-target --template-file \
         {folder}/templates/zero-etl/target.yaml --capabilities CAPABILITY_IAM \
         --parameter-overrides file://{folder}/parameters/target.json",
        folder = folder.display()
    ));
    assert!(refused.contains("SourceAccountId"), "{refused}");

    reader.follow("index.md", &["Fill in the parameter files", "Deploy"]);
    let described = source.json("glue describe-integrations");
    assert_eq!(described["Integrations"][0]["Status"], "ACTIVE");
    let policy = target.json("glue get-resource-policy");

    assert_eq!(retention(&world), 30);
    reader.follow("index.md", &["Change a value"]);
    assert_eq!(retention(&world), 90);

    // The second version: another zip, hence another key, hence other code.
    let old_code = target.function()["CodeSha256"].clone();
    let second = first.next_version(&format!("{}-next", first.version));
    let reader = Reader::new(&world, &second);
    reader.follow(
        "index.md",
        &[
            "Upload the release",
            "Fill in the parameter files",
            "Deploy",
        ],
    );
    assert_ne!(target.function()["CodeSha256"], old_code);
    // Nothing else has changed.
    assert_eq!(target.json("glue get-resource-policy"), policy);
    assert_eq!(source.json("glue describe-integrations"), described);

    reader.follow("index.md", &["Tear down"]);
    let gone = target.refused("glue get-resource-policy");
    assert!(gone.contains("EntityNotFoundException"), "{gone}");
    // Data is kept.
    let database = target.json(&format!("glue get-database --name {DATABASE}"));
    assert_eq!(database["Database"]["Name"], DATABASE);
    let tables = || source.json("dynamodb list-tables")["TableNames"].clone();
    assert_eq!(tables()[0], "Orders");

    reader.follow("index.md", &["Delete the data"]);
    let gone = target.refused(&format!("glue get-database --name {DATABASE}"));
    assert!(gone.contains("EntityNotFoundException"), "{gone}");
    assert_eq!(tables(), Value::Array(Vec::new()));
    let buckets = target.json("s3api list-buckets");
    assert_eq!(buckets["Buckets"], Value::Array(Vec::new()));
}

#[test]
fn the_life_above_runs_every_command_of_the_guide() {
    let release = Release::copied();
    let text = std::fs::read_to_string(release.path().join("guide/index.md")).unwrap();
    let found: BTreeSet<String> = blocks(&text).into_iter().map(|it| it.heading).collect();
    let run = [
        "Names",
        "Make the bucket",
        "Upload the release",
        "Fill in the parameter files",
        "Deploy",
        "Change a value",
        "Tear down",
        "Delete the data",
    ];
    assert_eq!(found, run.map(str::to_owned).into());
}

#[test]
fn the_options_of_the_guide_are_taken() {
    let world = World::new("options");
    let (source, target) = (world.aws(SOURCE), world.aws(TARGET));
    let release = Release::copied();
    let reader = Reader::new(&world, &release);

    reader.follow("index.md", BEFORE_DEPLOYING);
    reader.follow("options.md", &["Customer keys"]);
    reader.follow("index.md", &["Deploy"]);
    let integration = &source.json("glue describe-integrations")["Integrations"][0];
    assert_eq!(integration["Status"], "ACTIVE", "{integration}");
    let key = source.output("zeroetl-key", "KeyArn");
    assert_eq!(integration["KmsKeyId"], key.as_str());
    let table = &source.json("dynamodb describe-table --table-name Orders")["Table"];
    assert_eq!(table["SSEDescription"]["KMSMasterKeyArn"], key.as_str());
    let bucket = target.output("zeroetl-target", "BucketName");
    let encryption = target.json(&format!("s3api get-bucket-encryption --bucket {bucket}"));
    let key = target.output("zeroetl-key", "KeyArn");
    assert!(encryption.to_string().contains(&key), "{encryption}");

    let all =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    target.json(&format!(
        "iam create-policy --policy-name zeroetl-boundary --policy-document {all}"
    ));
    reader.follow("options.md", &["Permissions boundary"]);
    // The local AWS takes networks and does nothing with them, so what counts is what it was sent.
    let boundary = "arn:aws:iam::222222222222:policy/zeroetl-boundary";
    let roles = target.json("iam list-roles")["Roles"].clone();
    let bounded = |role: &&Value| {
        let name = role["RoleName"].as_str().unwrap();
        let role = target.json(&format!("iam get-role --role-name {name}"));
        role["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    };
    let ours = roles.as_array().unwrap().iter().filter(bounded).count();
    assert_eq!(ours, 2, "{roles}");
    let sent = || {
        let sent = target.json("cloudformation get-template --stack-name zeroetl-target");
        sent["TemplateBody"].as_str().unwrap().to_owned()
    };

    reader.follow("options.md", &["VPC"]);
    assert!(sent().contains("      VpcConfig: {SubnetIds: [subnet-"));
    let role = target.function()["Role"].clone();
    let name = role.as_str().unwrap().rsplit('/').next().unwrap();
    let attached = target.json(&format!(
        "iam list-attached-role-policies --role-name {name}"
    ));
    assert_eq!(
        attached["AttachedPolicies"][0]["PolicyName"],
        "AWSLambdaVPCAccessExecutionRole"
    );
    reader.lint("target-in-vpc.yaml");
    let integration = &source.json("glue describe-integrations")["Integrations"][0];
    assert_eq!(integration["Status"], "ACTIVE", "{integration}");

    reader.follow("options.md", &["Deployers who are no administrators"]);
    let policy = target.output("zeroetl-deployer-target", "DeployerPolicyArn");
    target.json(&format!("iam get-policy --policy-arn {policy}"));
}

#[test]
fn the_other_pages_of_the_guide_can_be_followed() {
    let world = World::new("pages");
    let release = Release::copied();
    let reader = Reader::new(&world, &release);
    reader.follow("index.md", BEFORE_DEPLOYING);
    reader.follow("stacksets.md", &[]);
    reader.follow("service-catalog.md", &[]);
    reader.follow("guard.md", &[]);
    let roles = |account| {
        let roles = world.aws(account).json("iam list-roles").to_string();
        ["source", "target", "integration"]
            .map(|kind| roles.contains(&format!("\"zeroetl-launch-{kind}\"")))
    };
    assert_eq!(roles(SOURCE), [true, false, true]);
    assert_eq!(roles(TARGET), [false, true, false]);
}
