//! Wildcards in the permissions that our templates give, each with its reason, by the `Sid` of the
//! statement. A wildcard in a statement that is not here is not suppressed.

use crate::model::{Finding, Resource, Scanner::CdkNag, Value, Wildcard, wildcards};

const RULE: &str = "AwsSolutions-IAM5";
/// What cdk-nag finds where a rule breaks off.
const UNREADABLE: &str = "CdkNagValidationFailure";

/// How a `Sid` begins, and why its statement has wildcards.
pub(super) type Reasons = &'static [(&'static str, &'static str)];

const NO_RESOURCES: &str = "The actions know no resources.";
const NAMES_OF_CLOUDFORMATION: &str = "CloudFormation ends the names of what a stack makes with \
                                       letters of its own; how they begin is fixed.";
const ID_OF_STACK: &str = "CloudFormation ends the ARN of a stack with an id of its own; how its \
                           name begins is fixed.";
const IDS_OF_GLUE: &str = "Glue makes up the ids, so they are not known before; account and Region \
                           are fixed.";
const KEYS_OF_CODE: &str = "Every version of the provider's code has a key of its own; the bucket is \
                            fixed.";
const READS_SCALING: &str = "The handler of the table's type reads its scaling, and AWS publishes \
                             Describe* as the action. Application Auto Scaling knows no resources \
                             for it.";
const NO_OPTIONS: &str = "The rule cannot read a policy that is there under a condition only. Each \
                          is read, and its wildcards are accepted here, with its condition met.";
const READS_TABLE: &str = "AWS publishes Describe* as what the handler of the table's type calls. It \
                           only reads, and only the tables that the statement names.";

const KEY_OF_INTEGRATION: &str = "Whoever launches chooses the key, maybe by an alias or in another \
                                  account, so its ARN is not known; the Region is fixed, and the \
                                  key's own policy decides.";

/// The role that Glue writes with.
pub(super) const TARGET_ROLE: Reasons = &[
    (
        "ReadAndWriteData",
        "Glue makes up the names of the objects; the bucket is fixed.",
    ),
    (
        "WriteTables",
        "Glue makes tables while it runs; the database is fixed.",
    ),
    (
        "PutMetrics",
        "The action knows no resources; the condition limits it to the namespace of zero-ETL.",
    ),
    (
        "WriteLogs",
        "Glue makes up the names of log groups and streams; how the groups begin is fixed.",
    ),
    (
        "UseKey",
        "S3 asks for a data key with and without its plain text; the key is fixed.",
    ),
    (
        "GetDataAccess",
        "The action knows no resources; Lake Formation itself decides what it opens.",
    ),
];

/// The role of the function.
pub(super) const PROVIDER_ROLE: Reasons = &[
    (
        "InboundIntegrations",
        "The action knows no resources, and only reads.",
    ),
    (
        "FormerTableProperties",
        "A stack that gets another database removes the properties of the former one after its role \
         has changed. The function writes to the stack's own database only.",
    ),
];

/// Whoever deploys or launches a stack. Where one begins like another, the longer one is first.
const DEPLOYERS: Reasons = &[
    ("Stack", ID_OF_STACK),
    ("LookAtTemplates", NO_RESOURCES),
    (
        "ReadTemplates",
        "Service Catalog keeps its copies of templates in buckets of its own that have no known \
         name; the condition limits the statement to objects that it tagged.",
    ),
    ("ReadBackScaling", READS_SCALING),
    (
        "TableKey",
        "Whoever launches chooses the key, in this account and Region; the condition limits the \
         use to calls by DynamoDB.",
    ),
    ("Table", READS_TABLE),
    ("Bucket", NAMES_OF_CLOUDFORMATION),
    ("Code", KEYS_OF_CODE),
    ("Function", NAMES_OF_CLOUDFORMATION),
    ("LogGroup", NAMES_OF_CLOUDFORMATION),
    ("PassRole", NAMES_OF_CLOUDFORMATION),
    ("Roles", NAMES_OF_CLOUDFORMATION),
    ("ReadBackLogs", NO_RESOURCES),
    ("LookAtLakeFormation", NO_RESOURCES),
    ("LakeFormation", NO_RESOURCES),
    ("Registration", IDS_OF_GLUE),
    (
        "GrantsOnTableKey",
        "Whoever launches chooses the key, in this account and Region; the conditions limit the \
         use to grants that DynamoDB asks for.",
    ),
    ("IntegrationKey", KEY_OF_INTEGRATION),
    ("GrantsOnIntegrationKey", KEY_OF_INTEGRATION),
    ("DriftDetection", NO_RESOURCES),
    ("LocateBuckets", NAMES_OF_CLOUDFORMATION),
    (
        "ReadProviderLog",
        "Lambda makes up the names of log streams; the log group is fixed.",
    ),
    ("RightsOfRoles", NAMES_OF_CLOUDFORMATION),
    ("BoundaryOfRoles", NAMES_OF_CLOUDFORMATION),
    ("Integrations", IDS_OF_GLUE),
    ("CreateIntegration", IDS_OF_GLUE),
];

/// Accepts the wildcards of a deployer's policy or role.
pub(in super::super) fn in_policy(resource: &mut Resource) {
    add(resource, DEPLOYERS);
}

/// Accepts the wildcards that have a reason, those with the same reason together.
pub(super) fn add(resource: &mut Resource, reasons: Reasons) {
    let mut accepted: Vec<Accepted> = Vec::new();
    for wildcard in wildcards(&resource.properties) {
        let reason = reasons
            .iter()
            .find(|(sid, _)| wildcard.sid.starts_with(sid));
        let Some((_, reason)) = reason else { continue };
        if let Some(known) = accepted.iter_mut().find(|it| it.reason == *reason) {
            known.take(wildcard);
        } else {
            let mut new = Accepted::new(reason);
            new.take(wildcard);
            accepted.push(new);
        }
    }
    for Accepted {
        reason,
        sids,
        findings,
    } in accepted
    {
        let reason = format!("{}: {reason}", sids.join(", "));
        resource.suppress_findings(CdkNag, RULE, findings, reason);
    }
    if has_optional_policy(resource) {
        let findings = vec![Finding::Unreadable(RULE)];
        resource.suppress_findings(CdkNag, UNREADABLE, findings, NO_OPTIONS);
    }
}

/// Wildcards that are accepted for one reason.
struct Accepted {
    reason: &'static str,
    sids: Vec<String>,
    findings: Vec<Finding>,
}

impl Accepted {
    const fn new(reason: &'static str) -> Self {
        Self {
            reason,
            sids: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn take(&mut self, wildcard: Wildcard) {
        if !self.sids.contains(&wildcard.sid) {
            self.sids.push(wildcard.sid);
        }
        if !self.findings.contains(&wildcard.finding) {
            self.findings.push(wildcard.finding);
        }
    }
}

fn has_optional_policy(role: &Resource) -> bool {
    matches!(role.properties.get("Policies"),
        Some(Value::List(policies)) if policies.iter().any(|it| matches!(it, Value::If(..))))
}
