//! A reply as CloudFormation reads it, with everything that would make it refuse one.

use serde_json::{Map, Value};

use super::request::CfnRequest;
use crate::blackbox::response_server::Put;

/// The largest reply that CloudFormation reads, in bytes.
pub const REPLY_LIMIT: usize = 4096;
/// The longest physical id, in bytes.
pub const PHYSICAL_ID_LIMIT: usize = 1024;

/// A reply that CloudFormation accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Whether it says SUCCESS.
    pub success: bool,
    /// Why not; may be empty on success.
    pub reason: String,
    /// The physical id.
    pub physical_id: String,
    /// The attributes.
    pub data: Map<String, Value>,
    /// The body's size in bytes.
    pub size: usize,
}

impl Reply {
    /// Reads what was put for a request.
    ///
    /// # Errors
    ///
    /// Everything that breaks the protocol, one sentence each.
    pub fn read(put: &Put, request: &CfnRequest) -> Result<Self, Vec<String>> {
        let mut problems = wire_problems(put, request);
        let text = match std::str::from_utf8(&put.body) {
            Ok(text) => text,
            Err(error) => return Err(vec![format!("the body is not UTF-8: {error}")]),
        };
        let body: Value = match serde_json::from_str(text) {
            Ok(body) => body,
            Err(error) => return Err(vec![format!("the body is not JSON: {error}")]),
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        for (name, wanted) in [
            ("StackId", &request.stack_id),
            ("RequestId", &request.request_id),
            ("LogicalResourceId", &request.logical_id),
        ] {
            if text(name) != wanted {
                problems.push(format!("`{name}` is `{}`, not `{wanted}`", text(name)));
            }
        }
        let status = text("Status");
        if !["SUCCESS", "FAILED"].contains(&status) {
            problems.push(format!("`Status` is `{status}`"));
        }
        if status == "FAILED" && text("Reason").trim().is_empty() {
            problems.push("FAILED without a `Reason`".to_owned());
        }
        let id = text("PhysicalResourceId");
        if id.is_empty() || id.len() > PHYSICAL_ID_LIMIT {
            problems.push(format!("`PhysicalResourceId` has {} bytes", id.len()));
        }
        let data = match body.get("Data") {
            None => Map::new(),
            Some(Value::Object(data)) => data.clone(),
            Some(other) => {
                problems.push(format!("`Data` is {other}"));
                Map::new()
            }
        };
        for (key, value) in &data {
            if value.is_object() || value.is_array() || value.is_null() {
                problems.push(format!("`Data.{key}` is no simple value"));
            }
        }
        if body.get("NoEcho").is_some_and(|flag| !flag.is_boolean()) {
            problems.push("`NoEcho` is no boolean".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            success: status == "SUCCESS",
            reason: text("Reason").to_owned(),
            physical_id: id.to_owned(),
            data,
            size: put.body.len(),
        })
    }

    /// An attribute as text.
    pub fn attribute(&self, name: &str) -> &str {
        self.data
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// What is wrong with the PUT, whatever its body says.
fn wire_problems(put: &Put, request: &CfnRequest) -> Vec<String> {
    let mut problems = Vec::new();
    if put.method != "PUT" {
        problems.push(format!("the method is {}", put.method));
    }
    let after_scheme = request.url.split_once("://").map_or("", |(_, rest)| rest);
    let target = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
    if put.target != target {
        problems.push("the path and query are not those of the URL, byte for byte".to_owned());
    }
    let host = after_scheme.split('/').next().unwrap_or_default();
    if put.header("host") != Some(host) {
        problems.push(format!(
            "the host is {:?}, not `{host}`",
            put.header("host")
        ));
    }
    if put
        .header("content-type")
        .is_some_and(|kind| !kind.is_empty())
    {
        problems.push(format!(
            "`content-type` is {:?}",
            put.header("content-type")
        ));
    }
    if put.header("transfer-encoding").is_some() {
        problems.push("the body is chunked".to_owned());
    }
    if put.header("content-length") != Some(put.body.len().to_string().as_str()) {
        problems.push(format!(
            "`content-length` is {:?}",
            put.header("content-length")
        ));
    }
    if put.header("authorization").is_some() || put.header("referer").is_some() {
        problems.push("it carries `authorization` or `referer`".to_owned());
    }
    if put.body.len() > REPLY_LIMIT {
        problems.push(format!("the body has {} bytes", put.body.len()));
    }
    problems
}
