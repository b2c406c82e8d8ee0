//! What is known of resource types, in one table: which hold data, what of them can only be set when
//! they are made, and how one is removed by hand. Pure.

use super::account::Login;
use crate::shell::word;

/// The type of an integration.
pub(crate) const INTEGRATION: &str = "AWS::Glue::Integration";
/// The type of the table properties.
pub(crate) const TABLE_PROPERTIES: &str = "Custom::IntegrationTableProperties";
/// The type of the catalog policy's statements.
pub(crate) const CATALOG_POLICY: &str = "Custom::GlueResourcePolicy";

/// Whether a resource of this type holds data of the user's.
pub(crate) fn holds_data(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::DynamoDB::GlobalTable"
            | "AWS::DynamoDB::Table"
            | "AWS::S3::Bucket"
            | "AWS::Glue::Database"
    )
}

/// The properties without which a change cannot replace a resource of this type; `None` for a type
/// that is not known here. CloudFormation calls more changes conditional than ever replace anything.
pub(crate) fn may_replace(kind: &str, property: &str) -> Option<bool> {
    Some(match kind {
        // A key's type is changed in the definitions of the attributes.
        "AWS::DynamoDB::GlobalTable" | "AWS::DynamoDB::Table" => matches!(
            property,
            "TableName"
                | "KeySchema"
                | "AttributeDefinitions"
                | "LocalSecondaryIndexes"
                | "ImportSourceSpecification"
        ),
        "AWS::S3::Bucket" => matches!(property, "BucketName" | "BucketNamePrefix"),
        // The database's name is part of its input.
        "AWS::Glue::Database" => {
            matches!(property, "CatalogId" | "DatabaseName" | "DatabaseInput")
        }
        INTEGRATION => !matches!(property, "DataFilter" | "Description" | "Tags"),
        _ => return None,
    })
}

/// The command that removes what a stack left behind.
pub(crate) fn removal(kind: &str, name: &str, login: &Login) -> Option<String> {
    let (name, flags) = (word(name), login.cli_flags());
    Some(match kind {
        "AWS::DynamoDB::GlobalTable" | "AWS::DynamoDB::Table" => {
            format!("aws dynamodb delete-table --table-name {name} {flags}")
        }
        "AWS::S3::Bucket" => format!("aws s3 rb s3://{name} --force {flags}"),
        "AWS::S3::BucketPolicy" => {
            format!("aws s3api delete-bucket-policy --bucket {name} {flags}")
        }
        "AWS::Glue::Database" => format!("aws glue delete-database --name {name} {flags}"),
        "AWS::Logs::LogGroup" => {
            format!("aws logs delete-log-group --log-group-name {name} {flags}")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::login;

    #[test]
    fn only_what_is_set_when_a_thing_is_made_may_replace_it() {
        let table = "AWS::DynamoDB::GlobalTable";
        assert_eq!(may_replace(table, "TableName"), Some(true));
        assert_eq!(may_replace(table, "Replicas"), Some(false));
        assert_eq!(
            may_replace("AWS::S3::Bucket", "BucketEncryption"),
            Some(false)
        );
        assert_eq!(may_replace(INTEGRATION, "Tags"), Some(false));
        assert_eq!(may_replace("AWS::IAM::Role", "RoleName"), None);
    }

    #[test]
    fn a_removal_is_a_whole_command() {
        assert_eq!(
            removal("AWS::S3::BucketPolicy", "lake", &login()).as_deref(),
            Some(
                "aws s3api delete-bucket-policy --bucket lake --region us-east-1 --profile \
                 source-admin"
            )
        );
    }
}
