//! Who deploys, with IAM enforced: users with the committed deployer policies, made for the names
//! that are deployed, and with what is listed here. The accounts' own keys are root; tests look and
//! break things with them, and set the users up.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_cloudformation as cloudformation;
use cloudformation::types::Capability;
use serde_json::{Value, json};
use zeroetl_tests::{CommandRights, workspace_root};

use crate::stacks::Parameters;
use crate::stage::{Account, REGION, code_bucket};

/// The keys of a user.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Keys {
    /// The local AWS takes a 12-digit key id for the account's own.
    pub(crate) fn root(account: &str) -> Self {
        Self {
            id: account.to_owned(),
            secret: "local".to_owned(),
        }
    }
}

/// One committed policy with the values of its parameters.
#[derive(Clone, PartialEq)]
pub(crate) struct Granted {
    kind: &'static str,
    values: BTreeMap<String, String>,
}

impl Granted {
    /// The policy for a stack made from a committed template, whatever a test took out of it.
    pub(crate) fn for_stack(stack: &str, body: &Value, values: &Parameters) -> Self {
        let types = body["Resources"].to_string();
        let kind = match () {
            () if types.contains("\"AWS::Glue::Integration\"") => "integration",
            () if types.contains("\"AWS::DynamoDB::GlobalTable\"") => "source",
            () => "target",
        };
        let mut values: BTreeMap<String, String> = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        values.insert("StackName".to_owned(), stack.to_owned());
        Self { kind, values }
    }

    fn new<const N: usize>(kind: &'static str, values: [(&str, String); N]) -> Self {
        let values = values
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        Self { kind, values }
    }

    /// The committed template with these values as its parameters' defaults.
    fn template(&self) -> Value {
        let path = workspace_root().join(format!("templates/zero-etl/deployer/{}.json", self.kind));
        let mut template: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (name, parameter) in template["Parameters"].as_object_mut().unwrap() {
            // A policy names keys by ARN only; the tests give ARNs to the stacks as well.
            let given = match name.as_str() {
                "IntegrationKmsKeyArn" => "IntegrationKmsKeyId",
                name => name,
            };
            if let Some(value) = self.values.get(given) {
                parameter["Default"] = json!(value);
            }
        }
        template
    }
}

/// What one account's user is granted: committed policies, and statements.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Rights {
    pub(crate) policies: Vec<Granted>,
    pub(crate) statements: Vec<Value>,
}

impl Rights {
    fn add(&mut self, more: Self) {
        for policy in more.policies {
            if !self.policies.contains(&policy) {
                self.policies.push(policy);
            }
        }
        for statement in more.statements {
            if !self.statements.contains(&statement) {
                self.statements.push(statement);
            }
        }
    }
}

/// What the deployer of a config is granted in the source account, and in the target account.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Operators {
    pub(crate) source: Rights,
    pub(crate) target: Rights,
}

/// The rights of the command's users so far, and their keys.
pub(crate) type Known = Mutex<(Operators, Option<[Keys; 2]>)>;

impl Operators {
    /// These rights and those of another config: a deployer who renames something needs both.
    pub(crate) fn with(mut self, more: Self) -> Self {
        self.source.add(more.source);
        self.target.add(more.target);
        self
    }

    /// By the config in `folder`; for one that cannot be read, nothing.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join("zeroetl.toml")).ok()?;
        let config: toml::Table = text.parse().ok()?;
        let text = |section: &str, key: &str| {
            let value = config.get(section)?.get(key)?;
            Some(value.as_str()?.to_owned())
        };
        let prefix = format!(
            "{}-{}",
            config.get("project")?.as_str()?,
            config.get("environment")?.as_str()?
        );
        let stack = |kind: &str| format!("{prefix}-{kind}");
        let (source_account, target_account) =
            (text("source", "account")?, text("target", "account")?);
        let database = text("target", "database")?;
        let managed = config["target"]
            .get("lake_formation_managed")
            .is_some_and(|value| value.as_bool() == Some(true));
        let (rights, mut in_target) = asked_by_the_command(&prefix, &target_account);
        let code = text("target", "code_bucket").unwrap_or_else(|| rights.own_bucket());
        let tables = config.get("table").and_then(toml::Value::as_array)?;
        let mut source = vec![Granted::new(
            "integration",
            [
                ("StackName", stack("integration")),
                ("TargetAccountId", target_account.clone()),
                ("DatabaseName", database.clone()),
                (
                    "IntegrationKmsKeyId",
                    text("integration", "kms_key_id").unwrap_or_default(),
                ),
            ],
        )];
        source.extend(tables.iter().map(|table| {
            let name = table["name"].as_str().unwrap_or_default();
            Granted::new(
                "source",
                [
                    ("StackName", stack("source")),
                    ("SourceTableName", name.to_owned()),
                    (
                        "SourceKmsKeyArn",
                        text("source", "kms_key_arn").unwrap_or_default(),
                    ),
                ],
            )
        }));
        let target = vec![Granted::new(
            "target",
            [
                ("StackName", stack("target")),
                ("DatabaseName", database.clone()),
                ("BucketName", text("target", "bucket").unwrap_or_default()),
                (
                    "LakeFormationManaged",
                    if managed { "Yes" } else { "No" }.to_owned(),
                ),
                ("ProviderCodeBucket", code),
            ],
        )];
        let (_, in_source) = asked_by_the_command(&prefix, &source_account);
        in_target.extend(rights.on_target(&database));
        Some(Self {
            source: Rights {
                policies: source,
                statements: in_source,
            },
            target: Rights {
                policies: target,
                statements: in_target,
            },
        })
    }
}

/// What was granted for each stack of an account, and the user who has it.
#[derive(Default)]
pub(crate) struct Deployers(Mutex<BTreeMap<String, (Vec<Granted>, Keys)>>);

fn allow(actions: &[&str], resources: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// The tests call `CreateStack` and `UpdateStack`, where the guide's `deploy` makes change sets.
pub(crate) fn direct(account: &str, stack: &str) -> Value {
    allow(
        &["cloudformation:CreateStack", "cloudformation:UpdateStack"],
        &json!(format!(
            "arn:aws:cloudformation:{REGION}:{account}:stack/{stack}/*"
        )),
    )
}

/// What the command asks in one account beyond the policies. The tests give it a bucket of another name as
/// well.
fn asked_by_the_command<'a>(prefix: &'a str, account: &'a str) -> (CommandRights<'a>, Vec<Value>) {
    let rights = CommandRights {
        region: REGION,
        account,
        prefix,
    };
    let buckets = [rights.own_bucket(), code_bucket(account)];
    let mut statements = rights.on_stacks();
    statements.extend(buckets.map(|bucket| rights.on_bucket(&bucket)));
    (rights, statements)
}

impl Account {
    /// The keys of a user with these policies and statements and nothing else; `None` where a
    /// policy refuses the values that it is made for.
    pub(crate) async fn user(&self, rights: &Rights) -> Option<Keys> {
        let name = format!("deployer-{}", next_number());
        let mut arns = Vec::new();
        for (number, policy) in rights.policies.iter().enumerate() {
            let stack = format!("{name}-{number}");
            let outputs = self.as_root(&stack, policy.template()).await?;
            arns.extend(outputs.into_values());
        }
        let document = json!({ "Version": "2012-10-17", "Statement": rights.statements });
        let template = json!({
            "Resources": {
                "User": {
                    "Type": "AWS::IAM::User",
                    "Properties": {
                        "ManagedPolicyArns": arns,
                        "Policies": [{ "PolicyName": "extra", "PolicyDocument": document }],
                    },
                },
                "Key": {
                    "Type": "AWS::IAM::AccessKey",
                    "Properties": { "UserName": { "Ref": "User" } },
                },
            },
            "Outputs": {
                "Id": { "Value": { "Ref": "Key" } },
                "Secret": { "Value": { "Fn::GetAtt": ["Key", "SecretAccessKey"] } },
            },
        });
        let keys = self.as_root(&name, template).await;
        let mut keys = keys.expect("the local AWS makes users and their keys");
        Some(Keys {
            id: keys.remove("Id").unwrap(),
            secret: keys.remove("Secret").unwrap(),
        })
    }

    /// The keys of the stack's deployer; what was granted for the stack before stays granted.
    pub(crate) async fn deployer_keys(
        &self,
        stack: &str,
        body: &Value,
        values: &Parameters,
    ) -> Keys {
        let wanted = Granted::for_stack(stack, body, values);
        let known = self.deployers.0.lock().unwrap().get(stack).cloned();
        let mut granted = match known {
            Some((granted, keys)) if granted.contains(&wanted) => return keys,
            Some((granted, _)) => granted,
            None => Vec::new(),
        };
        granted.push(wanted);
        let rights = Rights {
            policies: granted.clone(),
            statements: vec![direct(&self.id, stack)],
        };
        let Some(keys) = self.user(&rights).await else {
            // What the policy refuses, the stack refuses as well, whoever asks.
            return self.root();
        };
        let entry = (granted, keys.clone());
        self.deployers
            .0
            .lock()
            .unwrap()
            .insert(stack.to_owned(), entry);
        keys
    }

    /// CloudFormation as the stack's deployer sees it.
    pub(crate) async fn deployer(
        &self,
        stack: &str,
        body: &Value,
        values: &Parameters,
    ) -> cloudformation::Client {
        let keys = self.deployer_keys(stack, body, values).await;
        self.seen_by(&keys).cloudformation
    }

    /// The same for a stack that a test deployed; root for one that something else did.
    pub(crate) fn deployer_of(&self, stack: &str) -> cloudformation::Client {
        let known = self.deployers.0.lock().unwrap().get(stack).cloned();
        let keys = known.map_or_else(|| self.root(), |(_, keys)| keys);
        self.seen_by(&keys).cloudformation
    }

    /// Makes what a template says, and lets go of the stack: tests list the account's stacks.
    async fn as_root(&self, stack: &str, mut template: Value) -> Option<BTreeMap<String, String>> {
        for resource in template["Resources"].as_object_mut().unwrap().values_mut() {
            resource["DeletionPolicy"] = json!("Retain");
        }
        let request = self
            .cloudformation
            .create_stack()
            .stack_name(stack)
            .template_body(template.to_string())
            .capabilities(Capability::CapabilityIam);
        request.send().await.ok()?;
        let outputs = self.outputs(stack).await;
        self.delete(stack).await.expect("DELETE_COMPLETE");
        Some(outputs)
    }
}

fn next_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
