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
            "FormerDatabaseName",
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
            "IntegrationKmsKeyArn",
            "TargetAccountId",
            "DatabaseName"
        ]
    );
    let stacks = documents(&zero_etl::product());
    assert_eq!(
        keys(&target["Outputs"]),
        ["DeployerPolicyArn", "DeployerDataPolicyArn"]
    );
    for (deployer, stack) in [source, target, integration].iter().zip(&stacks) {
        assert_eq!(keys(&deployer["Resources"])[0], "DeployerPolicy");
        assert_eq!(keys(&deployer["Outputs"])[0], "DeployerPolicyArn");
        let own = ["StackName", "FormerDatabaseName", "IntegrationKmsKeyArn"];
        for name in keys(&deployer["Parameters"]) {
            if !own.contains(&name) {
                assert_eq!(deployer["Parameters"][name], stack["Parameters"][name]);
            }
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
        let document = document(&deployer);
        let text: String = keys(&document["Resources"])
            .into_iter()
            .map(|id| document["Resources"][id]["Properties"].to_string())
            .collect();
        assert!(text.contains("Statement"), "{text}");
        for wide in [":*\"", "\"*:*\"", "NotAction", "iam:*"] {
            let named = ["integration:*\"", "/*\"", "-zeroetl-provider:*\""];
            let actions = named
                .iter()
                .fold(text.clone(), |text, it| text.replace(it, ""));
            assert!(!actions.contains(wide), "{wide} in {text}");
        }
    }
}
