//! Public names of what is published beside the three stacks.

use super::{document, documents, keys};
use zeroetl_codegen::blueprints::zero_etl;

#[test]
fn policies_of_deployers_take_the_stacks_own_parameters() {
    let [source, target, integration] = documents(&zero_etl::deployers().unwrap());
    assert_eq!(
        keys(&source["Parameters"]),
        ["StackName", "SourceTableName", "SourceKmsKeyArn"]
    );
    assert_eq!(
        keys(&target["Parameters"]),
        [
            "StackName",
            "DatabaseName",
            "BucketName",
            "LakeFormationManaged",
            "ProviderCodeBucket",
            "PermissionsBoundaryArn"
        ]
    );
    assert_eq!(
        keys(&integration["Parameters"]),
        [
            "StackName",
            "TargetAccountId",
            "DatabaseName",
            "IntegrationKmsKeyId"
        ]
    );
    let stacks = documents(&zero_etl::product());
    for (deployer, stack) in [source, target, integration].iter().zip(&stacks) {
        assert_eq!(keys(&deployer["Resources"]), ["DeployerPolicy"]);
        assert_eq!(keys(&deployer["Outputs"]), ["DeployerPolicyArn"]);
        for name in keys(&deployer["Parameters"]).into_iter().skip(1) {
            assert_eq!(deployer["Parameters"][name], stack["Parameters"][name]);
        }
    }
}

#[test]
fn no_statement_of_a_deployer_allows_a_whole_service() {
    for deployer in [
        zero_etl::deployers().unwrap().source,
        zero_etl::deployers().unwrap().target,
        zero_etl::deployers().unwrap().integration,
    ] {
        // The metadata names the wildcards that scanners may find.
        let text = document(&deployer)["Resources"]["DeployerPolicy"]["Properties"].to_string();
        assert!(text.contains("Statement"), "{text}");
        for wide in [":*\"", "\"*:*\"", "NotAction", "iam:*"] {
            let actions = text.replace("integration:*\"", "").replace("/*\"", "");
            assert!(!actions.contains(wide), "{wide} in {text}");
        }
    }
}
