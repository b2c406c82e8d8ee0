//! Whether what is live is what was asked for. Glue's own additions do not count: the integration
//! that owns the configuration, and `FULL` where nobody chose an unnesting.

use crate::ports::{PartitionField, SourceConfig, TableConfig, TargetConfig};

/// Glue's own choice.
pub(super) const DEFAULT_UNNEST: &str = "FULL";

/// Whether both configurations ask for the same.
pub(super) fn same(one: &TableConfig, other: &TableConfig) -> bool {
    let name = |config: &TableConfig| {
        let target = config.target.as_ref();
        target
            .and_then(|target| target.target_table_name.clone())
            .filter(|name| !name.is_empty())
    };
    same_layout(one, other) && name(one) == name(other) && source(one) == source(other)
}

/// Whether both lay the rows out alike. A change of that can reload the whole table.
pub(super) fn same_layout(one: &TableConfig, other: &TableConfig) -> bool {
    unnest(one) == unnest(other) && partitions(one) == partitions(other)
}

/// The unnesting that takes effect.
pub(super) fn unnest(config: &TableConfig) -> &str {
    let spec = config
        .target
        .as_ref()
        .and_then(|target| target.unnest_spec.as_deref());
    spec.filter(|spec| !spec.is_empty())
        .unwrap_or(DEFAULT_UNNEST)
}

/// `wanted` as it is sent over `live`: with the owner that Glue put there.
pub(super) fn over(live: &TableConfig, wanted: &TableConfig) -> TableConfig {
    let owner = live
        .target
        .as_ref()
        .and_then(|target| target.integration_arn.clone());
    let mut config = wanted.clone();
    if owner.is_some() {
        config
            .target
            .get_or_insert_with(TargetConfig::default)
            .integration_arn = owner;
    }
    config
}

/// `wanted` with the layout of `live`.
pub(super) fn with_layout_of(live: &TableConfig, wanted: &TableConfig) -> TableConfig {
    let mut config = wanted.clone();
    let target = config.target.get_or_insert_with(TargetConfig::default);
    let live = live.target.clone().unwrap_or_default();
    target.unnest_spec = live.unnest_spec;
    target.partition_spec = live.partition_spec;
    config
}

fn partitions(config: &TableConfig) -> Vec<PartitionField> {
    let present = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let fields = config
        .target
        .iter()
        .flat_map(|target| &target.partition_spec);
    fields
        .map(|field| PartitionField {
            field_name: present(&field.field_name),
            function_spec: present(&field.function_spec),
            conversion_spec: present(&field.conversion_spec),
        })
        .collect()
}

fn source(config: &TableConfig) -> SourceConfig {
    let source = config.source.clone().unwrap_or_default();
    SourceConfig {
        filter_predicate: source.filter_predicate.filter(|text| !text.is_empty()),
        record_update_field: source.record_update_field.filter(|text| !text.is_empty()),
        ..source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(change: impl FnOnce(&mut TargetConfig)) -> TableConfig {
        let mut target = TargetConfig::default();
        change(&mut target);
        TableConfig {
            target: Some(target),
            source: None,
        }
    }

    fn partition(conversion: Option<&str>) -> TableConfig {
        target(|target| {
            target.partition_spec = vec![PartitionField {
                field_name: Some("at".to_owned()),
                function_spec: Some("day".to_owned()),
                conversion_spec: conversion.map(ToOwned::to_owned),
            }];
        })
    }

    #[test]
    fn nothing_and_every_way_to_say_nothing_are_the_same() {
        let nothing = TableConfig::default();
        for same_as_nothing in [
            target(|_| {}),
            target(|target| target.unnest_spec = Some("FULL".to_owned())),
            target(|target| target.unnest_spec = Some(String::new())),
            target(|target| target.target_table_name = Some(String::new())),
            target(|target| target.integration_arn = Some("owner".to_owned())),
            TableConfig {
                target: None,
                source: Some(SourceConfig::default()),
            },
        ] {
            assert!(same(&nothing, &same_as_nothing), "{same_as_nothing:?}");
        }
        assert!(same(&partition(None), &partition(Some(""))));
    }

    #[test]
    fn only_unnesting_and_partitions_are_layout() {
        let nothing = TableConfig::default();
        let named = target(|target| target.target_table_name = Some("t".to_owned()));
        assert!(!same(&nothing, &named) && same_layout(&nothing, &named));
        let source = SourceConfig {
            fields: vec!["a".to_owned()],
            ..SourceConfig::default()
        };
        let fields = TableConfig {
            target: None,
            source: Some(source),
        };
        assert!(!same(&nothing, &fields) && same_layout(&nothing, &fields));
        let top = target(|target| target.unnest_spec = Some("TOPLEVEL".to_owned()));
        assert!(!same(&nothing, &top) && !same_layout(&nothing, &top));
        assert!(!same_layout(&nothing, &partition(None)));
        assert!(!same_layout(&partition(Some("iso")), &partition(None)));
    }

    #[test]
    fn the_owner_goes_over_into_whatever_is_sent() {
        let live = target(|target| target.integration_arn = Some("owner".to_owned()));
        let sent = over(&live, &TableConfig::default());
        assert_eq!(sent, live);
        assert_eq!(
            over(&TableConfig::default(), &partition(None)),
            partition(None)
        );
    }
}
