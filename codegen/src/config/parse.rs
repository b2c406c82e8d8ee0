//! From text to [`Config`]: reads every key, then lets `check` compare them with each other.

use std::io::ErrorKind;
use std::path::Path;

use toml::de::DeTable;
use zeroetl_properties::{Partition, Region};

use crate::regular_file;

use super::{
    check::check,
    error::{LoadError, Mistakes},
    fields::{Chosen, Fields, Notes},
    located::{
        LocatedConfig, LocatedIntegration, LocatedKey, LocatedPartition, LocatedSource,
        LocatedTable, LocatedTarget, Maybe,
    },
    names::PolicyArn,
    regions::{SUPPORTED_REGIONS, is_supported},
    suggest::{listed, nearest},
    syntax,
    types::{
        Config, LOG_RETENTION_DAYS, RECOVERY_PERIOD_DAYS, REFRESH_INTERVAL_MINUTES, enable_hybrid,
        log_retention_in_days, recovery_period_in_days, refresh_interval_minutes,
    },
};

/// Reads a config file.
pub fn load(path: &Path) -> Result<Config, LoadError> {
    let text = regular_file::check_or_pipe(path).and_then(|()| std::fs::read_to_string(path));
    let text = text.map_err(|source| match source.kind() {
        ErrorKind::NotFound => LoadError::Missing(path.to_owned()),
        _ => LoadError::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    Ok(parse(&path.display().to_string(), &text)?)
}

/// Reads the text of a config file; `file` is what messages call it.
pub fn parse(file: &str, text: &str) -> Result<Config, Mistakes> {
    let mistakes = |problems| Mistakes {
        file: file.to_owned(),
        text: text.to_owned(),
        problems,
    };
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(mistakes(syntax::problems(text, &errors)));
    }
    let notes = Notes::default();
    let located = root(Fields::new("", document.get_ref(), 0..0, &notes));
    check(&located, &notes);
    let problems = notes.into_problems();
    if !problems.is_empty() {
        return Err(mistakes(problems));
    }
    located.into_config().ok_or_else(|| mistakes(Vec::new()))
}

fn root(mut fields: Fields<'_>) -> LocatedConfig {
    let config = LocatedConfig {
        flow: fields.optional("flow"),
        project: fields.required("project"),
        environment: fields.required("environment"),
        region: region(&mut fields),
        source: fields.required_section("source").map(source),
        target: fields.required_section("target").map(target),
        integration: fields.section("integration").map_or_else(
            || LocatedIntegration {
                refresh_interval_minutes: Chosen {
                    value: refresh_interval_minutes(),
                    span: None,
                },
                kms_key_id: None,
            },
            integration,
        ),
        permissions_boundary_arn: fields.section("company").and_then(company),
        tables: tables(&mut fields),
    };
    fields.finish();
    config
}

fn region(fields: &mut Fields<'_>) -> Maybe<Region> {
    let region: Maybe<Region> = fields.required("region");
    if let Some(region) = &region
        && !is_supported(region.value.as_str())
    {
        let message = format!(
            "`{}` has no `AWS::Glue::Integration`; use {}",
            region.value,
            listed(SUPPORTED_REGIONS)
        );
        let label = nearest(region.value.as_str(), SUPPORTED_REGIONS).map_or_else(
            || "not supported".to_owned(),
            |near| format!("supported: `{near}`, …"),
        );
        fields.note("region", message, &region.span, label);
    }
    region
}

fn source(mut fields: Fields<'_>) -> LocatedSource {
    let source = LocatedSource {
        account: fields.required("account"),
        profile: fields.optional("profile"),
        kms_key_arn: fields.optional("kms_key_arn"),
        recovery_period_in_days: fields.located_number(
            "recovery_period_in_days",
            recovery_period_in_days(),
            |days| RECOVERY_PERIOD_DAYS.contains(&days),
            "1 to 35",
        ),
    };
    fields.finish();
    source
}

fn target(mut fields: Fields<'_>) -> LocatedTarget {
    let target = LocatedTarget {
        account: fields.required("account"),
        profile: fields.optional("profile"),
        database: fields.required("database"),
        bucket: fields.optional("bucket"),
        kms_key_arn: fields.optional("kms_key_arn"),
        enable_hybrid: fields.flag("enable_hybrid", enable_hybrid()),
        lake_formation_managed: fields.flag("lake_formation_managed", false),
        provider_architecture: fields.optional("provider_architecture"),
        log_retention_in_days: fields.number(
            "log_retention_in_days",
            log_retention_in_days(),
            |days| LOG_RETENTION_DAYS.contains(&days),
            "a period of CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, \
             731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653",
        ),
    };
    fields.finish();
    target
}

fn integration(mut fields: Fields<'_>) -> LocatedIntegration {
    let integration = LocatedIntegration {
        refresh_interval_minutes: fields.located_number(
            "refresh_interval_minutes",
            refresh_interval_minutes(),
            |minutes| REFRESH_INTERVAL_MINUTES.contains(&minutes),
            "15 to 8640",
        ),
        kms_key_id: fields.optional("kms_key_id"),
    };
    fields.finish();
    integration
}

fn company(mut fields: Fields<'_>) -> Maybe<PolicyArn> {
    let boundary = fields.optional("permissions_boundary_arn");
    fields.finish();
    boundary
}

fn tables(fields: &mut Fields<'_>) -> Vec<LocatedTable> {
    let present = fields.has("table");
    match fields.sections("table") {
        Some(sections) if sections.value.is_empty() => {
            fields.note(
                "table",
                "is empty; add a `[[table]]`",
                &sections.span,
                "no table here",
            );
            Vec::new()
        }
        Some(sections) => sections.value.into_iter().map(table).collect(),
        None => {
            if !present {
                fields.note("table", "is missing", fields.span(), "add a `[[table]]`");
            }
            Vec::new()
        }
    }
}

fn table(mut fields: Fields<'_>) -> LocatedTable {
    let partitions = fields.sections("partition_by");
    let (partition_by, partition_span) = partitions.map_or_else(
        || (Vec::new(), fields.span().clone()),
        |list| (list.value.into_iter().map(partition).collect(), list.span),
    );
    let table = LocatedTable {
        path: fields.path().to_owned(),
        name: fields.required("name"),
        partition_key: fields.required_section("partition_key").map(key),
        sort_key: fields.section("sort_key").map(key),
        unnest: fields.optional("unnest"),
        target_name: fields.optional("target_name"),
        partition_by,
        partition_span,
    };
    fields.finish();
    table
}

fn key(mut fields: Fields<'_>) -> LocatedKey {
    let key = LocatedKey {
        name: fields.required("name"),
        key_type: fields.optional("type"),
    };
    fields.finish();
    key
}

fn partition(mut fields: Fields<'_>) -> LocatedPartition {
    let partition = LocatedPartition {
        span: fields.span().clone(),
        field: fields.required("field"),
        function: fields.required("function"),
        conversion: fields.optional("conversion"),
    };
    fields.finish();
    partition
}

impl LocatedPartition {
    /// The partition as the custom resource takes it, when all of it could be read.
    pub(super) fn as_property(&self) -> Option<Partition> {
        Some(Partition {
            field_name: self.field.as_ref()?.value.clone(),
            function_spec: self.function.as_ref()?.value,
            conversion_spec: self.conversion.as_ref().map(|conversion| conversion.value),
        })
    }
}
