//! What the command asks of AWS beyond the committed deployer policies, which are those of a deployment
//! with `aws cloudformation deploy`: statements for whoever runs `zeroetl`.

use serde_json::{Value, json};

/// One account in which the command runs.
#[derive(Debug, Clone, Copy)]
pub struct CommandRights<'a> {
    /// The Region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// What the stacks' names begin with.
    pub prefix: &'a str,
}

impl CommandRights<'_> {
    /// On its stacks. A detection's status belongs to no stack.
    pub fn on_stacks(&self) -> Vec<Value> {
        let actions = [
            "cloudformation:DeleteChangeSet",
            "cloudformation:DescribeEvents",
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:DetectStackResourceDrift",
            "cloudformation:GetTemplate",
            "cloudformation:ListChangeSets",
            "cloudformation:ListStackResources",
        ];
        let own = self.arn("cloudformation", &format!("stack/{}-*/*", self.prefix));
        let status = "cloudformation:DescribeStackDriftDetectionStatus";
        vec![allow(&actions, &[own]), allow(&[status], &["*".to_owned()])]
    }

    /// On a bucket that it makes, or is given, and uploads to: code, and templates too long for a
    /// request.
    pub fn on_bucket(&self, bucket: &str) -> Value {
        let actions = [
            "s3:CreateBucket",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutEncryptionConfiguration",
            "s3:PutObject",
        ];
        let bucket = format!("arn:aws:s3:::{bucket}");
        allow(&actions, &[bucket.clone(), format!("{bucket}/*")])
    }

    /// The bucket that it makes where none is given.
    pub fn own_bucket(&self) -> String {
        format!("zeroetl-code-{}-{}", self.account, self.region)
    }

    /// On what it reads in the target: statements, table properties, the function's last lines.
    pub fn on_target(&self, database: &str) -> Vec<Value> {
        let reads = [
            "glue:GetIntegrationTableProperties",
            "glue:GetResourcePolicy",
        ];
        let places = [
            self.arn("glue", "catalog"),
            self.arn("glue", &format!("database/{database}")),
        ];
        let logs = format!("log-group:/aws/lambda/{}-*", self.prefix);
        vec![
            allow(&reads, &places),
            allow(&["logs:FilterLogEvents"], &[self.arn("logs", &logs)]),
        ]
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        let (region, account) = (self.region, self.account);
        format!("arn:aws:{service}:{region}:{account}:{resource}")
    }
}

fn allow(actions: &[&str], resources: &[String]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}
