//! The report for people. Pure.

use std::fmt::Write as _;

use serde_json::Value;

use crate::visible::one_line;

use super::report::{CatalogPolicy, IntegrationReport, PropertiesReport, Report, StackReport};

/// The whole report, with a final newline.
pub fn text(report: &Report) -> String {
    let mut text = String::new();
    write_all(&mut text, report).unwrap_or_default();
    text
}

fn write_all(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "state: {}", report.state)?;
    for difference in &report.differences {
        writeln!(out, "  {}", one_line(&difference.what))?;
        if let Some(mend) = &difference.mend {
            writeln!(out, "      next: {}", one_line(mend))?;
        }
    }
    writeln!(out, "\nstacks")?;
    for stack in &report.stacks {
        write_stack(out, stack)?;
    }
    writeln!(out, "\nintegrations (source account)")?;
    for integration in &report.zero_etl.integrations {
        write_integration(out, integration)?;
    }
    writeln!(out, "\ncatalog policy (target account)")?;
    match &report.zero_etl.catalog_policy {
        Some(policy) => write_policy(out, policy)?,
        None => writeln!(out, "  none")?,
    }
    writeln!(out, "\nintegration table properties (target account)")?;
    for properties in &report.zero_etl.table_properties {
        write_properties(out, properties)?;
    }
    Ok(())
}

fn write_stack(out: &mut String, stack: &StackReport) -> std::fmt::Result {
    let status = stack.status.as_deref().unwrap_or("absent");
    writeln!(
        out,
        "  {:<11} {}  {}  {}  {status}",
        stack.kind, stack.account, stack.region, stack.name
    )?;
    if let Some(reason) = &stack.reason {
        writeln!(out, "      {}", one_line(reason))?;
    }
    for (name, value) in &stack.outputs {
        write_output(out, name, value)?;
    }
    Ok(())
}

/// The outputs of many tables are joined by commas: one a line, or nobody could read them.
fn write_output(out: &mut String, name: &str, value: &str) -> std::fmt::Result {
    let values: Vec<&str> = value.split(',').collect();
    match values.as_slice() {
        [only] => writeln!(out, "      {name} = {}", one_line(only)),
        many => {
            writeln!(out, "      {name} =")?;
            many.iter()
                .try_for_each(|value| writeln!(out, "        {}", one_line(value)))
        }
    }
}

fn write_integration(out: &mut String, integration: &IntegrationReport) -> std::fmt::Result {
    let status = integration.status.as_deref().unwrap_or("absent");
    writeln!(
        out,
        "  {}  {}  {status}",
        integration.table, integration.name
    )?;
    if let Some(arn) = &integration.arn {
        writeln!(out, "      {}", one_line(arn))?;
    }
    for error in &integration.errors {
        writeln!(
            out,
            "      {}: {}",
            one_line(&error.code),
            one_line(&error.message)
        )?;
    }
    Ok(())
}

fn write_policy(out: &mut String, policy: &CatalogPolicy) -> std::fmt::Result {
    for one in &policy.statements {
        let owner = if one.owned { "ours   " } else { "foreign" };
        let statement = &one.statement;
        let sid = statement
            .get("Sid")
            .and_then(Value::as_str)
            .unwrap_or("(no Sid)");
        let effect = statement
            .get("Effect")
            .and_then(Value::as_str)
            .unwrap_or("(no Effect)");
        writeln!(
            out,
            "  {owner}  {}  {}  {}",
            one_line(sid),
            one_line(effect),
            one_line(&actions(statement))
        )?;
    }
    Ok(())
}

fn actions(statement: &Value) -> String {
    match statement
        .get("Action")
        .or_else(|| statement.get("NotAction"))
    {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        _ => "(no Action)".to_owned(),
    }
}

fn write_properties(out: &mut String, properties: &PropertiesReport) -> std::fmt::Result {
    if !properties.found {
        return writeln!(out, "  {}  none", properties.table);
    }
    let unnest = properties
        .unnest_spec
        .as_deref()
        .unwrap_or("FULL (Glue's default)");
    let target = properties
        .target_table_name
        .as_deref()
        .unwrap_or("(Glue's choice)");
    writeln!(
        out,
        "  {} -> {}  {}",
        properties.table,
        one_line(target),
        one_line(unnest)
    )?;
    for partition in &properties.partition_spec {
        write!(out, "      partition {}", one_line(&partition.field))?;
        if let Some(function) = &partition.function {
            write!(out, " by {}", one_line(function))?;
        }
        if let Some(conversion) = &partition.conversion {
            write!(out, " of {}", one_line(conversion))?;
        }
        writeln!(out)?;
    }
    if let Some(arn) = &properties.integration_arn {
        writeln!(out, "      owned by {}", one_line(arn))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::health::State;
    use super::super::report::{
        IntegrationFault, IntegrationReport, PartitionReport, StatementReport, ZeroEtlReport,
    };
    use super::*;
    use crate::flows::zero_etl::live::Difference;

    #[test]
    fn the_report_shows_every_part_and_marks_whose_each_statement_is() {
        let stack = |kind, status: Option<&str>| StackReport {
            kind,
            name: format!("demo-{kind}"),
            account: "111111111111".to_owned(),
            region: "us-east-1".to_owned(),
            status: status.map(str::to_owned),
            reason: None,
            outputs: BTreeMap::from([("SourceTableName".to_owned(), "Orders".to_owned())])
                .into_iter()
                .filter(|_| status.is_some())
                .collect(),
        };
        let statement = |owned, statement| StatementReport { owned, statement };
        let report = Report {
            flow: "zero-etl",
            state: State::Failed,
            differences: vec![Difference {
                stack: "integration",
                resource: Some("Integration".to_owned()),
                what: "integration `demo` is `NEEDS_ATTENTION`".to_owned(),
                mend: Some("remove the cause".to_owned()),
            }],
            stacks: vec![
                stack("source", Some("CREATE_COMPLETE")),
                stack("target", None),
            ],
            zero_etl: ZeroEtlReport {
                integrations: vec![IntegrationReport {
                    table: "Orders".to_owned(),
                    name: "demo".to_owned(),
                    status: Some("NEEDS_ATTENTION".to_owned()),
                    arn: Some("arn:integration".to_owned()),
                    errors: vec![IntegrationFault {
                        code: "Denied".to_owned(),
                        message: "the role may not write".to_owned(),
                    }],
                }],
                catalog_policy: Some(CatalogPolicy {
                    document: serde_json::Value::Null,
                    hash: "h".to_owned(),
                    statements: vec![
                        statement(
                            true,
                            json!({ "Sid": "ZetlS", "Effect": "Allow", "Action": "glue:X" }),
                        ),
                        statement(
                            false,
                            json!({ "Effect": "Deny", "Action": ["glue:A", "glue:B"] }),
                        ),
                    ],
                }),
                table_properties: vec![PropertiesReport {
                    table: "Orders".to_owned(),
                    found: true,
                    unnest_spec: Some("TOPLEVEL".to_owned()),
                    partition_spec: vec![PartitionReport {
                        field: "created_at".to_owned(),
                        function: Some("day".to_owned()),
                        conversion: Some("iso".to_owned()),
                    }],
                    target_table_name: Some("orders".to_owned()),
                    integration_arn: None,
                }],
            },
        };
        insta::assert_snapshot!(text(&report), @r"
        state: failed
          integration `demo` is `NEEDS_ATTENTION`
              next: remove the cause

        stacks
          source      111111111111  us-east-1  demo-source  CREATE_COMPLETE
              SourceTableName = Orders
          target      111111111111  us-east-1  demo-target  absent

        integrations (source account)
          Orders  demo  NEEDS_ATTENTION
              arn:integration
              Denied: the role may not write

        catalog policy (target account)
          ours     ZetlS  Allow  glue:X
          foreign  (no Sid)  Deny  glue:A, glue:B

        integration table properties (target account)
          Orders -> orders  TOPLEVEL
              partition created_at by day of iso
        ");
    }

    #[test]
    fn a_foreign_sid_cannot_forge_a_line_and_many_outputs_are_one_a_line() {
        let mut out = String::new();
        let statement =
            json!({ "Sid": "Evil\u{1b}[2J\nstate: healthy", "Effect": "Deny", "Action": "a\rb" });
        let policy = CatalogPolicy {
            document: Value::Null,
            hash: "h".to_owned(),
            statements: vec![StatementReport {
                owned: false,
                statement,
            }],
        };
        write_policy(&mut out, &policy).unwrap();
        assert_eq!(out.lines().count(), 1, "{out}");
        assert!(!out.contains('\u{1b}') && !out.contains('\r'), "{out:?}");

        let mut out = String::new();
        let arns = vec!["arn:aws:glue:us-east-1:111111111111:integration:x"; 80].join(",");
        write_output(&mut out, "IntegrationArn", &arns).unwrap();
        assert_eq!(out.lines().count(), 81);
        assert!(out.lines().all(|line| line.len() < 80), "{out}");
    }
}
