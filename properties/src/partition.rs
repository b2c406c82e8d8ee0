//! How the target table is partitioned, and the rules between the parts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FieldName, PartitionFunction, Problem, TimestampConversion};

/// The most partitions of one table.
pub const MAX_PARTITIONS: usize = 10;

/// One partition: a field, what is made of it, and how its time is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Partition {
    /// The column that the partition is made from.
    pub field_name: FieldName,
    /// `identity`, or the time function that is applied to the column.
    pub function_spec: PartitionFunction,
    /// How the time is written in the source. Required with a time function, refused with
    /// `identity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion_spec: Option<TimestampConversion>,
}

/// Everything that is wrong between the partitions of one table.
///
/// Paths are relative to the list: `[1].ConversionSpec`. The count is a problem of the list, with
/// an empty path.
pub fn partition_problems(partitions: &[Partition]) -> Vec<Problem> {
    let parts: Vec<Part<'_>> = partitions
        .iter()
        .map(|partition| Part {
            field: Some(partition.field_name.as_str()),
            function: Some(partition.function_spec),
            conversion: partition.conversion_spec.map(TimestampConversion::as_str),
        })
        .collect();
    let mut problems = count_problem(parts.len()).into_iter().collect::<Vec<_>>();
    problems.extend(rule_problems(&parts));
    problems
}

/// What the rules look at. Parts that could not be read are absent.
pub(crate) struct Part<'a> {
    pub(crate) field: Option<&'a str>,
    pub(crate) function: Option<PartitionFunction>,
    /// As written, known or not.
    pub(crate) conversion: Option<&'a str>,
}

pub(crate) fn count_problem(count: usize) -> Option<Problem> {
    let fits = (1..=MAX_PARTITIONS).contains(&count);
    (!fits).then(|| {
        Problem::new(
            "",
            format!("has {count} partitions; use 1 to {MAX_PARTITIONS}"),
        )
    })
}

pub(crate) fn rule_problems(parts: &[Part<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(function) = part.function else {
            continue;
        };
        match part.conversion {
            None if function.takes_time() => problems.push(Problem::new(
                format!("[{index}].ConversionSpec"),
                format!("is required with `{function}`; use `epoch_sec`, `epoch_milli` or `iso`"),
            )),
            Some(conversion) if !function.takes_time() => problems.push(Problem::new(
                format!("[{index}].ConversionSpec"),
                format!(
                    "is `{conversion}` beside `identity`; leave it out, or use a time function"
                ),
            )),
            _ => {}
        }
        let earlier = parts[..index].iter().position(|other| {
            part.field.is_some()
                && other.field == part.field
                && other.function.is_some_and(PartitionFunction::takes_time)
        });
        if let (Some(earlier), true, Some(field)) = (earlier, function.takes_time(), part.field) {
            problems.push(Problem::new(
                format!("[{index}].FunctionSpec"),
                format!(
                    "is a second time function on `{field}`, after [{earlier}]; \
                     keep one time function per field"
                ),
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(field: &str, function: &str, conversion: Option<&str>) -> Partition {
        Partition {
            field_name: field.parse().unwrap(),
            function_spec: function.parse().unwrap(),
            conversion_spec: conversion.map(|word| word.parse().unwrap()),
        }
    }

    fn paths(partitions: &[Partition]) -> Vec<String> {
        partition_problems(partitions)
            .into_iter()
            .map(|problem| problem.path)
            .collect()
    }

    #[test]
    fn a_time_function_needs_a_conversion_and_identity_takes_none() {
        let partitions = [
            part("a", "day", None),
            part("b", "identity", Some("iso")),
            part("c", "identity", None),
        ];
        assert_eq!(
            paths(&partitions),
            ["[0].ConversionSpec", "[1].ConversionSpec"]
        );
    }

    #[test]
    fn one_field_takes_one_time_function() {
        let twice = [
            part("t", "year", Some("iso")),
            part("t", "day", Some("iso")),
        ];
        assert_eq!(paths(&twice), ["[1].FunctionSpec"]);
        let beside = [part("t", "identity", None), part("t", "day", Some("iso"))];
        assert!(paths(&beside).is_empty());
        let apart = [
            part("t", "year", Some("iso")),
            part("u", "year", Some("iso")),
        ];
        assert!(paths(&apart).is_empty());
    }

    #[test]
    fn one_to_ten_partitions_are_taken() {
        assert_eq!(paths(&[]), [""]);
        let many: Vec<_> = (0..11)
            .map(|n| part(&format!("f{n}"), "identity", None))
            .collect();
        assert_eq!(paths(&many), [""]);
        assert!(paths(&many[..10]).is_empty());
    }
}
