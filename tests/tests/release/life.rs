//! From the folder alone: a bucket, three stacks, a second version, teardown.

use serde_json::Value;

use crate::folder::Release;
use crate::world::{Aws, SOURCE, TARGET};

const BUCKET: &str = "acme-zeroetl-us-east-1";

/// The one line of the guide, for a stack.
fn deploy(aws: &Aws, stack: &str) {
    aws.run(&format!(
        "cloudformation deploy --stack-name zeroetl-{stack} \
         --template-file templates/zero-etl/{stack}.yaml \
         --parameter-overrides file://parameters/{stack}.json --capabilities CAPABILITY_IAM"
    ));
}

fn upload(release: &Release) {
    let aws = Aws {
        account: TARGET,
        folder: release.base(),
    };
    let version = &release.version;
    aws.run(&format!(
        "s3 cp --recursive --only-show-errors {version} s3://{BUCKET}/zeroetl/{version}"
    ));
}

fn fill_in(release: &Release) {
    release.fill_in(
        "target",
        &[
            ("SourceAccountId", SOURCE),
            ("DatabaseName", "orders_lakehouse"),
            ("ProviderCodeBucket", BUCKET),
        ],
    );
    release.fill_in(
        "integration",
        &[
            ("TargetAccountId", TARGET),
            ("DatabaseName", "orders_lakehouse"),
            ("IntegrationName", "orders"),
        ],
    );
}

/// The function's hash of its code, and where CloudFormation took it from.
fn code(target: &Aws) -> String {
    let arn = target.output("zeroetl-target", "ProviderFunctionArn");
    let function = target.json(&format!("lambda get-function --function-name {arn}"));
    let hash = &function["Configuration"]["CodeSha256"];
    hash.as_str().unwrap().to_owned()
}

#[test]
fn a_copied_folder_is_all_that_is_needed() {
    let first = Release::copied();
    let folder = first.path();
    let source = Aws {
        account: SOURCE,
        folder: &folder,
    };
    let target = Aws {
        account: TARGET,
        folder: &folder,
    };

    // A value that was forgotten is refused before anything is made.
    let refused = target.try_run(
        "cloudformation deploy --stack-name zeroetl-target \
         --template-file templates/zero-etl/target.yaml \
         --parameter-overrides file://parameters/target.json --capabilities CAPABILITY_IAM",
    );
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(text.contains("SourceAccountId"), "{text}");

    target.run(&format!("s3 mb s3://{BUCKET}"));
    upload(&first);
    fill_in(&first);
    deploy(&source, "source");
    deploy(&target, "target");
    deploy(&source, "integration");
    let described = source.json("glue describe-integrations");
    assert_eq!(described["Integrations"][0]["Status"], "ACTIVE");
    let policy = target.json("glue get-resource-policy");

    // The second version: another zip, hence another key, hence other code.
    let old_code = code(&target);
    let second = first.next_version(&format!("{}-next", first.version));
    upload(&second);
    fill_in(&second);
    let folder = second.path();
    let source = Aws {
        account: SOURCE,
        folder: &folder,
    };
    let target = Aws {
        account: TARGET,
        folder: &folder,
    };
    deploy(&target, "target");
    assert_ne!(code(&target), old_code);
    // Nothing else has changed.
    assert_eq!(target.json("glue get-resource-policy"), policy);
    assert_eq!(source.json("glue describe-integrations"), described);

    source.delete("zeroetl-integration");
    target.delete("zeroetl-target");
    source.delete("zeroetl-source");
    let gone = target.try_run("glue get-resource-policy");
    let text = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(text.contains("EntityNotFoundException"), "{text}");
    // Data is kept.
    let database = target.json("glue get-database --name orders_lakehouse");
    assert_eq!(database["Database"]["Name"], "orders_lakehouse");
    let tables: Value = source.json("dynamodb list-tables");
    assert_eq!(tables["TableNames"][0], "Orders");
}
