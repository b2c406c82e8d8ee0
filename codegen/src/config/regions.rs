//! Where `AWS::Glue::Integration` exists.

/// The Regions whose CloudFormation has `AWS::Glue::Integration`, of the partition `aws`: the
/// type's ARN patterns take no other partition. From the registry schemas of 2026-10-20.
pub const SUPPORTED_REGIONS: &[&str] = &[
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

/// Whether a zero-ETL integration can be made there through CloudFormation.
pub fn is_supported(region: &str) -> bool {
    SUPPORTED_REGIONS.contains(&region)
}
