//! Many tables: generating works and warns, planning refuses.

use std::fmt::Write as _;

use zeroetl_codegen::{
    config, generation,
    plan::{PlanError, plan},
};

use super::EXAMPLE;

fn tables(count: usize) -> config::Config {
    let mut text = EXAMPLE.split("[[table]]").next().unwrap().to_owned();
    for index in 0..count {
        let _ = write!(
            text,
            "[[table]]\nname = \"Table{index:04}\"\npartition_key = {{ name = \"PK\" }}\n"
        );
    }
    config::parse("many.toml", &text).unwrap()
}

#[test]
fn a_thousand_tables_are_generated_with_the_limits_named() {
    let generation = generation::from_config(&tables(1_000)).unwrap();
    let exceeded: Vec<_> = generation
        .exceeded
        .iter()
        .map(|it| (it.stack.as_str(), it.what, it.most))
        .collect();
    assert_eq!(
        exceeded,
        [
            ("source", "resources", 500),
            ("source", "bytes of template", 1_000_000),
            ("target", "resources", 500),
            ("target", "bytes of template", 1_000_000),
            ("integration", "resources", 500),
            ("integration", "bytes of template", 1_000_000),
            ("target", "bytes of catalog policy", 10_240),
        ]
    );
    assert_eq!(generation.files.iter().count(), 7);
}

#[test]
fn a_thousand_tables_are_not_planned() {
    let error = plan(&tables(1_000)).unwrap_err();
    let PlanError::Exceeded(exceeded) = &error else {
        panic!("{error}")
    };
    assert!(
        exceeded
            .iter()
            .any(|it| it.what == "resources" && it.most == 500)
    );
    assert!(
        error
            .to_string()
            .contains("split the tables over several config files"),
        "{error}"
    );
}

#[test]
fn as_many_tables_as_the_catalog_policy_takes_are_planned() {
    assert_eq!(plan(&tables(80)).unwrap().tables.len(), 80);
    let error = plan(&tables(90)).unwrap_err().to_string();
    assert!(
        error.contains("bytes of catalog policy; Glue takes 10240"),
        "{error}"
    );
}
