//! Integration table properties and the inbound integrations that use them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{GlueError, GlueResult};

/// Target resource and source table name: the key.
pub type Pair = (String, String);

/// What a create does where something is. AWS documents no error for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CreateOfExisting {
    /// Refused, by an error of a general kind.
    #[default]
    Refused,
    /// It takes the place of the old.
    Overwrites,
}

/// What AWS leaves open.
#[derive(Debug, Clone, Default)]
pub struct TableRules {
    /// A create where something is.
    pub create_of_existing: CreateOfExisting,
    /// Absent is `ResourceNotFoundException`, not `EntityNotFoundException`.
    pub absent_is_resource_not_found: bool,
    /// So many reads after a write still see what was before.
    pub reads_until_visible: usize,
    /// Writes are answered well and change nothing.
    pub ignores_writes: bool,
    /// An update keeps the members that it does not name.
    pub update_merges: bool,
    /// The largest page of inbound integrations; 0 for all in one.
    pub page: usize,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct TableProperties {
    /// `SourceTableConfig`
    pub source: Option<Value>,
    /// `TargetTableConfig`, as Glue answers it.
    pub target: Option<Value>,
}

/// An inbound integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The integration.
    pub arn: String,
    /// The source table.
    pub source_arn: String,
    /// The target database.
    pub target_arn: String,
    /// Such as `ACTIVE`.
    pub status: String,
    /// Gone after so many more looks; never where none is given.
    pub looks_left: Option<usize>,
}

/// All entries, with their past.
#[derive(Debug, Clone, Default)]
pub struct TableStore {
    live: BTreeMap<Pair, TableProperties>,
    before: BTreeMap<Pair, Option<TableProperties>>,
    stale_reads: BTreeMap<Pair, usize>,
    /// The inbound integrations.
    pub inbound: Vec<Inbound>,
    /// What AWS leaves open.
    pub rules: TableRules,
}

impl TableStore {
    /// What is live for a pair.
    pub fn live(&self, resource_arn: &str, table: &str) -> Option<&TableProperties> {
        self.live.get(&(resource_arn.to_owned(), table.to_owned()))
    }

    /// Every pair that has an entry.
    pub fn pairs(&self) -> Vec<Pair> {
        self.live.keys().cloned().collect()
    }

    /// Sets an entry behind everybody's back.
    pub fn set(&mut self, resource_arn: &str, table: &str, target: Value) {
        let entry = TableProperties {
            source: None,
            target: Some(target),
        };
        self.write((resource_arn.to_owned(), table.to_owned()), Some(entry));
        self.stale_reads.clear();
    }

    /// Adds an integration from a DynamoDB table of that name; it now owns the pair.
    pub fn integrate(&mut self, resource_arn: &str, table: &str, status: &str) -> String {
        let number = self.inbound.len();
        let arn = format!("arn:aws:glue:us-east-1:444455556666:integration:{number:08}-{table}");
        self.inbound.push(Inbound {
            arn: arn.clone(),
            source_arn: format!("arn:aws:dynamodb:us-east-1:444455556666:table/{table}"),
            target_arn: resource_arn.to_owned(),
            status: status.to_owned(),
            looks_left: None,
        });
        if let Some(entry) = self
            .live
            .get_mut(&(resource_arn.to_owned(), table.to_owned()))
        {
            let target = entry.target.get_or_insert_with(|| json!({}));
            target["IntegrationArn"] = json!(arn);
        }
        arn
    }

    /// Removes every integration.
    pub fn end_integrations(&mut self) {
        self.inbound.clear();
    }

    pub(super) fn get(&mut self, input: &Value, stale: bool) -> GlueResult {
        let pair = pair(input)?;
        let lagging = self.stale_reads.get_mut(&pair).is_some_and(|left| {
            let lags = *left > 0;
            *left = left.saturating_sub(1);
            lags
        });
        let seen = if stale || lagging {
            self.before.get(&pair).cloned().flatten()
        } else {
            self.live.get(&pair).cloned()
        };
        let Some(entry) = seen else {
            return Err(self.not_found());
        };
        let mut answer = json!({ "ResourceArn": pair.0, "TableName": pair.1 });
        if let Some(source) = entry.source {
            answer["SourceTableConfig"] = source;
        }
        if let Some(target) = entry.target {
            answer["TargetTableConfig"] = target;
        }
        Ok(answer)
    }

    pub(super) fn create(&mut self, input: &Value) -> GlueResult {
        let pair = pair(input)?;
        let entry = entry(input)?;
        let refused = self.rules.create_of_existing == CreateOfExisting::Refused;
        if self.live.contains_key(&pair) && refused {
            return Err(GlueError::new(
                "InvalidInputException",
                "Integration table properties already exist for this resource and table",
            ));
        }
        if !self.rules.ignores_writes {
            self.write(pair, Some(entry));
        }
        Ok(json!({}))
    }

    pub(super) fn update(&mut self, input: &Value) -> GlueResult {
        let pair = pair(input)?;
        let mut entry = entry(input)?;
        let Some(live) = self.live.get(&pair) else {
            return Err(self.not_found());
        };
        let owner = |entry: &TableProperties| {
            entry
                .target
                .as_ref()
                .and_then(|target| target.get("IntegrationArn"))
                .cloned()
        };
        if owner(live).is_some() && owner(live) != owner(&entry) {
            return Err(GlueError::new(
                "InvalidInputException",
                "The table is owned by another integration",
            ));
        }
        if self.rules.update_merges
            && let (Some(Value::Object(old)), Some(Value::Object(new))) =
                (&live.target, &mut entry.target)
        {
            for (key, value) in old {
                new.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        if !self.rules.ignores_writes {
            self.write(pair, Some(entry));
        }
        Ok(json!({}))
    }

    pub(super) fn delete(&mut self, input: &Value) -> GlueResult {
        let pair = pair(input)?;
        if !self.live.contains_key(&pair) {
            return Err(self.not_found());
        }
        self.write(pair, None);
        Ok(json!({}))
    }

    pub(super) fn describe_inbound(&mut self, input: &Value) -> Value {
        let target = input.get("TargetArn").and_then(Value::as_str);
        for inbound in &mut self.inbound {
            inbound.looks_left = inbound.looks_left.map(|left| left.saturating_sub(1));
        }
        self.inbound.retain(|inbound| inbound.looks_left != Some(0));
        let all: Vec<Value> = self
            .inbound
            .iter()
            .filter(|inbound| target.is_none_or(|target| target == inbound.target_arn))
            .map(|inbound| {
                json!({
                    "SourceArn": inbound.source_arn,
                    "TargetArn": inbound.target_arn,
                    "IntegrationArn": inbound.arn,
                    "Status": inbound.status,
                    "CreateTime": 1_795_000_000.0,
                })
            })
            .collect();
        let start = input
            .get("Marker")
            .and_then(Value::as_str)
            .and_then(|m| m.parse().ok());
        let start: usize = start.unwrap_or(0).min(all.len());
        let size = if self.rules.page == 0 {
            all.len()
        } else {
            self.rules.page
        };
        let end = (start + size).min(all.len());
        let mut answer = json!({ "InboundIntegrations": all[start..end] });
        if end < all.len() {
            answer["Marker"] = json!(end.to_string());
        }
        answer
    }

    fn write(&mut self, pair: Pair, next: Option<TableProperties>) {
        let old = match next {
            Some(entry) => self.live.insert(pair.clone(), entry),
            None => self.live.remove(&pair),
        };
        self.before.insert(pair.clone(), old);
        self.stale_reads
            .insert(pair, self.rules.reads_until_visible);
    }

    fn not_found(&self) -> GlueError {
        let code = if self.rules.absent_is_resource_not_found {
            "ResourceNotFoundException"
        } else {
            "EntityNotFoundException"
        };
        GlueError::new(
            code,
            "no integration table properties for this resource and table",
        )
    }
}

fn pair(input: &Value) -> Result<Pair, GlueError> {
    let text = |name: &str| {
        input
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (arn, table) = (text("ResourceArn"), text("TableName"));
    if !arn.starts_with("arn:") || table.is_empty() || table.chars().count() > 128 {
        return Err(validation("ResourceArn or TableName"));
    }
    Ok((arn, table))
}

fn entry(input: &Value) -> Result<TableProperties, GlueError> {
    let source = input.get("SourceTableConfig").cloned();
    let target = input.get("TargetTableConfig").cloned();
    if source.is_some() && target.is_some() {
        return Err(validation(
            "SourceTableConfig together with TargetTableConfig",
        ));
    }
    if let Some(target) = &target {
        check_target(target)?;
    }
    Ok(TableProperties { source, target })
}

fn check_target(target: &Value) -> Result<(), GlueError> {
    const KEYS: [&str; 4] = [
        "UnnestSpec",
        "PartitionSpec",
        "TargetTableName",
        "IntegrationArn",
    ];
    let Some(map) = target.as_object() else {
        return Err(validation("TargetTableConfig"));
    };
    if map.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(validation("a key of TargetTableConfig"));
    }
    one_of(
        map.get("UnnestSpec"),
        &["TOPLEVEL", "FULL", "NOUNNEST"],
        "UnnestSpec",
    )?;
    let partitions = map.get("PartitionSpec").and_then(Value::as_array);
    if partitions.is_some_and(|list| list.len() > 10) {
        return Err(validation("more than 10 partitions"));
    }
    for partition in partitions.into_iter().flatten() {
        let functions = ["identity", "year", "month", "day", "hour"];
        one_of(partition.get("FunctionSpec"), &functions, "FunctionSpec")?;
        let conversions = ["epoch_sec", "epoch_milli", "iso"];
        one_of(
            partition.get("ConversionSpec"),
            &conversions,
            "ConversionSpec",
        )?;
    }
    Ok(())
}

fn one_of(value: Option<&Value>, words: &[&str], name: &str) -> Result<(), GlueError> {
    match value {
        None => Ok(()),
        Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
        Some(_) => Err(validation(name)),
    }
}

fn validation(what: &str) -> GlueError {
    GlueError::new("ValidationException", format!("not valid: {what}"))
}
