//! What parts of a config demand of each other.

use std::collections::BTreeMap;

use zeroetl_properties::{Partition, partition_problems};

use super::{
    fields::{Located, Notes},
    located::{LocatedConfig, LocatedTable},
    names::KmsKeyArn,
};
use crate::plan::StackKind;

/// The most characters of a stack's name.
const STACK_NAME: usize = 128;
/// The most characters of an integration's name.
const INTEGRATION_NAME: usize = 128;

/// Notes everything that does not go together.
pub(super) fn check(config: &LocatedConfig, notes: &Notes) {
    names(config, notes);
    keys(config, notes);
    boundary(config, notes);
    recovery(config, notes);
    distinct_tables(&config.tables, notes);
    for table in &config.tables {
        key_attributes(table, notes);
        partitions(table, notes);
    }
}

fn names(config: &LocatedConfig, notes: &Notes) {
    let (Some(project), Some(environment)) = (&config.project, &config.environment) else {
        return;
    };
    let prefix = format!("{}-{}", project.value, environment.value);
    let longest = StackKind::ALL
        .iter()
        .map(|kind| format!("{prefix}-{}", kind.as_str()))
        .max_by_key(String::len)
        .unwrap_or_default();
    if longest.len() > STACK_NAME {
        let message = format!(
            "the stack `{longest}` has a name of {} characters; CloudFormation takes {STACK_NAME}: \
             shorten project or environment",
            longest.len()
        );
        notes.add(
            "project",
            message,
            &project.span,
            "part of the stack's name",
        );
    }
    for table in &config.tables {
        let Some(name) = &table.name else { continue };
        let integration = format!("{prefix}-{}", name.value);
        if integration.len() > INTEGRATION_NAME {
            let message = format!(
                "the integration `{integration}` has a name of {} characters; Glue takes \
                 {INTEGRATION_NAME}: shorten project, environment or table",
                integration.len()
            );
            let related = vec![(project.span.clone(), "also part of the name".to_owned())];
            let label = "part of the integration's name";
            notes.add_related(
                format!("{}.name", table.path),
                message,
                &name.span,
                label,
                related,
            );
        }
    }
}

/// IAM takes a boundary of the role's own account, or one of AWS; the roles are in the target account.
fn boundary(config: &LocatedConfig, notes: &Notes) {
    let target = config
        .target
        .as_ref()
        .and_then(|target| target.account.as_ref());
    if let (Some(boundary), Some(account)) = (&config.permissions_boundary_arn, target)
        && let Some(owner) = boundary.value.account()
        && owner != account.value.as_str()
    {
        let message = format!(
            "the policy is of account {owner}; the roles that it bounds are made in the target account \
             {}: name a policy of that account, or one of AWS",
            account.value
        );
        let related = vec![(account.span.clone(), "the account of the roles".to_owned())];
        let path = "company.permissions_boundary_arn";
        notes.add_related(path, message, &boundary.span, "another account", related);
    }
}

/// Each refresh exports what changed since the one before, from the table's past: a past that is no
/// longer than the interval has lost the beginning of it, and leaves no time to try again.
fn recovery(config: &LocatedConfig, notes: &Notes) {
    const MINUTES_PER_DAY: i64 = 24 * 60;
    let Some(source) = &config.source else { return };
    let days = &source.recovery_period_in_days;
    let minutes = &config.integration.refresh_interval_minutes;
    if days.value * MINUTES_PER_DAY > minutes.value {
        return;
    }
    let message = format!(
        "a recovery period of {} does not outlast a refresh interval of {} minutes, so that changes \
         would be lost; use `recovery_period_in_days = {}` or more, or a shorter interval",
        in_days(days.value),
        minutes.value,
        minutes.value / MINUTES_PER_DAY + 1
    );
    let place = |chosen: &super::fields::Chosen| chosen.span.clone();
    match (place(days), place(minutes)) {
        (Some(days), minutes) => {
            let related = minutes.map(|span| (span, "the refresh interval".to_owned()));
            let path = "source.recovery_period_in_days";
            let related = related.into_iter().collect();
            notes.add_related(path, message, &days, "too short", related);
        }
        (None, Some(minutes)) => {
            let path = "integration.refresh_interval_minutes";
            notes.add(path, message, &minutes, "too long");
        }
        // The defaults go together.
        (None, None) => {}
    }
}

fn in_days(days: i64) -> String {
    if days == 1 {
        "1 day".to_owned()
    } else {
        format!("{days} days")
    }
}

fn keys(config: &LocatedConfig, notes: &Notes) {
    if let Some(source) = &config.source {
        key_region(
            source.kms_key_arn.as_ref(),
            "source.kms_key_arn",
            config,
            notes,
        );
        if let (Some(key), Some(account)) = (&source.kms_key_arn, &source.account)
            && key.value.account() != account.value.as_str()
        {
            let message = format!(
                "the key is of account {}; DynamoDB takes a key of the table's own account {}",
                key.value.account(),
                account.value
            );
            let related = vec![(account.span.clone(), "the table's account".to_owned())];
            notes.add_related(
                "source.kms_key_arn",
                message,
                &key.span,
                "another account",
                related,
            );
        }
    }
    if let Some(target) = &config.target {
        key_region(
            target.kms_key_arn.as_ref(),
            "target.kms_key_arn",
            config,
            notes,
        );
    }
    if let Some(key) = &config.integration.kms_key_id
        && let Some(region) = key.value.region()
    {
        same_region(region, &key.span, "integration.kms_key_id", config, notes);
    }
}

fn key_region(key: Option<&Located<KmsKeyArn>>, path: &str, config: &LocatedConfig, notes: &Notes) {
    if let Some(Located { value, span }) = key {
        same_region(value.region(), span, path, config, notes);
    }
}

fn same_region(
    given: &str,
    span: &std::ops::Range<usize>,
    path: &str,
    config: &LocatedConfig,
    notes: &Notes,
) {
    let Some(region) = &config.region else { return };
    if given != region.value.as_str() {
        let message = format!("the key is in `{given}`; use a key of `{}`", region.value);
        let related = vec![(region.span.clone(), "the Region of the stacks".to_owned())];
        notes.add_related(path, message, span, "another Region", related);
    }
}

/// Two tables may share neither their own name nor the name that they get in the database. Without
/// `target_name` Glue makes the latter of the former, in lower case.
fn distinct_tables(tables: &[LocatedTable], notes: &Notes) {
    let mut sources = BTreeMap::new();
    let mut targets = BTreeMap::new();
    for table in tables {
        let Some(name) = &table.name else { continue };
        if let Some(first) = sources.insert(name.value.as_str(), &name.span) {
            let message = format!("there are two tables `{}`; remove one", name.value);
            let related = vec![(first.clone(), "the first one".to_owned())];
            let path = format!("{}.name", table.path);
            notes.add_related(path, message, &name.span, "the second one", related);
            continue;
        }
        let (target, span, key) = match &table.target_name {
            Some(target) => (
                target.value.as_str().to_owned(),
                &target.span,
                "target_name",
            ),
            None => (iceberg_name(name.value.as_str()), &name.span, "name"),
        };
        let message = format!("the table becomes `{target}` in the database, as another one does");
        if let Some(first) = targets.insert(target, span) {
            let related = vec![(first.clone(), "the other one".to_owned())];
            let path = format!("{}.{key}", table.path);
            let message = format!("{message}; give one of them another `target_name`");
            notes.add_related(path, message, span, "the same name", related);
        }
    }
}

fn iceberg_name(table: &str) -> String {
    table.to_ascii_lowercase().replace(['-', '.'], "_")
}

fn key_attributes(table: &LocatedTable, notes: &Notes) {
    let name =
        |key: &Option<super::located::LocatedKey>| key.as_ref().and_then(|key| key.name.clone());
    if let (Some(partition), Some(sort)) = (name(&table.partition_key), name(&table.sort_key))
        && partition.value == sort.value
    {
        let message = format!(
            "`{}` is the partition key already; name another attribute, or leave `sort_key` out",
            sort.value
        );
        let related = vec![(partition.span, "the partition key".to_owned())];
        let path = format!("{}.sort_key.name", table.path);
        notes.add_related(path, message, &sort.span, "the same attribute", related);
    }
}

fn partitions(table: &LocatedTable, notes: &Notes) {
    let read: Option<Vec<Partition>> = table
        .partition_by
        .iter()
        .map(super::located::LocatedPartition::as_property)
        .collect();
    let Some(read) = read.filter(|read| !read.is_empty()) else {
        return;
    };
    for problem in partition_problems(&read) {
        let index = problem
            .path
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .and_then(|(index, _)| index.parse::<usize>().ok());
        let item = index.and_then(|index| table.partition_by.get(index));
        let (key, span, label) = match (problem.path.rsplit('.').next(), item) {
            (Some("ConversionSpec"), Some(item)) => match &item.conversion {
                Some(conversion) => (".conversion", &conversion.span, "not with `identity`"),
                None => (".conversion", &item.span, "add `conversion`"),
            },
            (Some("FunctionSpec"), Some(item)) => (
                ".function",
                item.function.as_ref().map_or(&item.span, |it| &it.span),
                "the second one",
            ),
            _ => ("", &table.partition_span, "here"),
        };
        let index = index.map_or_else(String::new, |index| format!("[{index}]"));
        let path = format!("{}.partition_by{index}{key}", table.path);
        notes.add(path, problem.message, span, label);
    }
}
