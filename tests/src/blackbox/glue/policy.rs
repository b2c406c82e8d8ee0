//! The catalog's resource policy: one document per account and Region, with its hash, its
//! conditions, and what Glue refuses.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{GlueError, GlueResult};
use crate::blackbox::{ACCOUNT, REGION};

/// The largest document that Glue takes, in bytes.
const SIZE_LIMIT: usize = 10_240;

/// How an absent policy is told. AWS shows both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Absent {
    /// By `EntityNotFoundException`.
    #[default]
    Error,
    /// By an empty body.
    EmptyBody,
}

/// How strict the store is, and what AWS leaves open.
#[derive(Debug, Clone, Default)]
pub struct PolicyRules {
    /// Lake Formation shares exist, so `EnableHybrid` has to be `TRUE`.
    pub hybrid_required: bool,
    /// How an absent policy is told.
    pub absent: Absent,
    /// A put with a hash where no policy is says not found, not condition failed.
    pub vanished_is_not_found: bool,
    /// Principals that IAM does not know.
    pub unknown_principals: BTreeSet<String>,
    /// The refusal of an unknown principal does not say which.
    pub principal_not_named: bool,
}

/// What is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The text, as it was put.
    pub text: String,
    /// The digest of the text.
    pub hash: String,
}

impl StoredPolicy {
    fn new(text: &str) -> Self {
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        Self {
            text: text.to_owned(),
            hash,
        }
    }
}

/// The policy with its past.
#[derive(Debug, Clone, Default)]
pub struct PolicyStore {
    live: Option<StoredPolicy>,
    before: Option<StoredPolicy>,
    unconditional_writes: usize,
    /// How strict it is.
    pub rules: PolicyRules,
}

impl PolicyStore {
    /// What is live.
    pub fn live(&self) -> Option<&StoredPolicy> {
        self.live.as_ref()
    }

    /// Puts or removes a policy behind everybody's back, without any check.
    pub fn set(&mut self, text: Option<&str>) {
        self.replace(text.map(StoredPolicy::new));
    }

    /// How many writes came without a condition on what had been read.
    pub fn unconditional_writes(&self) -> usize {
        self.unconditional_writes
    }

    pub(super) fn get(&self, input: &Value, stale: bool) -> GlueResult {
        refuse_resource_arn(input)?;
        let seen = if stale { &self.before } else { &self.live };
        match seen {
            Some(policy) => Ok(json!({
                "PolicyInJson": policy.text,
                "PolicyHash": policy.hash,
                "CreateTime": 1_795_000_000.0,
                "UpdateTime": 1_795_000_001.5,
            })),
            None if self.rules.absent == Absent::EmptyBody => Ok(json!({})),
            None => Err(not_found()),
        }
    }

    pub(super) fn put(&mut self, input: &Value) -> GlueResult {
        refuse_resource_arn(input)?;
        let hash = input.get("PolicyHashCondition").and_then(Value::as_str);
        let exists = input.get("PolicyExistsCondition").and_then(Value::as_str);
        let hybrid = input.get("EnableHybrid").and_then(Value::as_str);
        if hash.is_none() && exists != Some("NOT_EXIST") {
            self.unconditional_writes += 1;
        }
        if let Some(word) = exists.filter(|w| !["NOT_EXIST", "MUST_EXIST", "NONE"].contains(w)) {
            return Err(invalid(format!("unknown PolicyExistsCondition {word}")));
        }
        if hybrid.is_some_and(|word| !["TRUE", "FALSE"].contains(&word)) {
            return Err(invalid("EnableHybrid is TRUE or FALSE"));
        }
        let text = input
            .get("PolicyInJson")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if text.len() > SIZE_LIMIT {
            return Err(invalid(format!(
                "Resource policy size is limited to {SIZE_LIMIT} bytes."
            )));
        }
        self.check_document(text)?;
        if self.rules.hybrid_required && hybrid != Some("TRUE") {
            return Err(invalid(
                "EnableHybrid must be TRUE since cross-account grants by Lake Formation exist",
            ));
        }
        match (&self.live, exists, hash) {
            (Some(_), Some("NOT_EXIST"), _) => return Err(condition_failed()),
            (None, Some("MUST_EXIST"), _) | (None, _, Some(_)) => {
                let vanished = self.rules.vanished_is_not_found;
                return Err(if vanished {
                    not_found()
                } else {
                    condition_failed()
                });
            }
            (Some(live), _, Some(hash)) if live.hash != hash => return Err(condition_failed()),
            _ => {}
        }
        let stored = StoredPolicy::new(text);
        let answer = json!({ "PolicyHash": stored.hash });
        self.replace(Some(stored));
        Ok(answer)
    }

    pub(super) fn delete(&mut self, input: &Value) -> GlueResult {
        refuse_resource_arn(input)?;
        let hash = input.get("PolicyHashCondition").and_then(Value::as_str);
        if hash.is_none() {
            self.unconditional_writes += 1;
        }
        match (&self.live, hash) {
            (None, _) => Err(not_found()),
            (Some(live), Some(hash)) if live.hash != hash => Err(condition_failed()),
            _ => {
                self.replace(None);
                Ok(json!({}))
            }
        }
    }

    fn replace(&mut self, next: Option<StoredPolicy>) {
        self.before = std::mem::replace(&mut self.live, next);
    }

    fn check_document(&self, text: &str) -> Result<(), GlueError> {
        let document: Value = serde_json::from_str(text)
            .map_err(|_| invalid("Policy is not a valid JSON document"))?;
        let statements = match document.get("Statement") {
            Some(Value::Array(list)) => list.clone(),
            Some(one @ Value::Object(_)) => vec![one.clone()],
            _ => Vec::new(),
        };
        if statements.is_empty() {
            return Err(invalid("Policy has no statements"));
        }
        for statement in &statements {
            self.check_statement(statement)?;
        }
        Ok(())
    }

    fn check_statement(&self, statement: &Value) -> Result<(), GlueError> {
        let principal = statement
            .get("Principal")
            .or_else(|| statement.get("NotPrincipal"));
        let Some(principal) = principal else {
            return Err(invalid("Policy statement must contain principals"));
        };
        for name in strings(principal) {
            let deleted = name.starts_with("AROA") || name.starts_with("AIDA");
            if deleted || self.rules.unknown_principals.contains(name) {
                let told = format!("Invalid principal in policy: \"AWS\":\"{name}\"");
                let message = if self.rules.principal_not_named {
                    "Invalid principal in policy"
                } else {
                    &told
                };
                return Err(invalid(message));
            }
        }
        let here = format!(":glue:{REGION}:{ACCOUNT}:");
        let resources = statement
            .get("Resource")
            .or_else(|| statement.get("NotResource"));
        for resource in resources.into_iter().flat_map(strings) {
            let ours = resource.starts_with("arn:")
                && resource
                    .find(&here)
                    .is_some_and(|at| !resource["arn:".len()..at].contains(':'));
            if !ours {
                return Err(invalid(format!(
                    "Resource ARN pattern {resource} is not of this catalog's account and region"
                )));
            }
        }
        Ok(())
    }
}

/// All strings in a value, however deep.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn refuse_resource_arn(input: &Value) -> Result<(), GlueError> {
    match input.get("ResourceArn") {
        None => Ok(()),
        Some(_) => Err(invalid(
            "Glue resource level policy is not currently supported.",
        )),
    }
}

fn invalid(message: impl Into<String>) -> GlueError {
    GlueError::new("InvalidInputException", message)
}

fn not_found() -> GlueError {
    GlueError::new("EntityNotFoundException", "Policy not found")
}

fn condition_failed() -> GlueError {
    GlueError::new(
        "ConditionCheckFailureException",
        "Policy condition check failed",
    )
}
