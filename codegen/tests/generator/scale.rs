//! Many tables: what AWS would refuse is refused before anybody is asked, with advice that works.

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
    let error = error.to_string();
    assert!(
        error.contains("split the tables over several config files"),
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
    // The policy is one for all config files: more of them would not help.
    assert!(!error.contains("several config files"), "{error}");
    assert!(error.contains("another target account"), "{error}");
    let fit: usize = error
        .split("room for about ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .unwrap();
    assert!(plan(&tables(fit)).is_ok(), "{fit} tables fit");
    assert!(plan(&tables(fit + 2)).is_err(), "and hardly one more");
}
