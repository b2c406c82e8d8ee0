//! What the README shows is what the command takes: its config, its parameters, its verbs.

use std::collections::BTreeSet;

use super::{Json, config};

fn readme() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    std::fs::read_to_string(path).unwrap()
}

/// The fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    text.split(&format!("```{language}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_readmes_config_is_valid() {
    let configs = blocks(&readme(), "toml");
    assert_eq!(configs.len(), 1);
    let read = config::parse("README.md", &configs[0]);
    assert!(read.is_ok(), "{:?}", read.err());
}

#[test]
fn the_readmes_aws_commands_name_parameters_and_files_that_exist() {
    let shell = blocks(&readme(), "sh").concat().replace("\\\n", " ");
    let deploys: Vec<&str> = shell
        .lines()
        .filter(|line| line.starts_with("aws "))
        .collect();
    assert_eq!(deploys.len(), 3);
    for line in deploys {
        let file = line
            .split_once("--template-file ")
            .unwrap()
            .1
            .split(' ')
            .next()
            .unwrap();
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR")).replace(".yaml", ".json");
        let template: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let known = template["Parameters"].as_object().unwrap();
        let given: BTreeSet<&str> = line
            .split_once("--parameter-overrides ")
            .map_or("", |(_, overrides)| overrides)
            .split_whitespace()
            .map(|pair| pair.split('=').next().unwrap())
            .collect();
        for name in &given {
            assert!(known.contains_key(*name), "{file} has no parameter {name}");
        }
        for (name, parameter) in known {
            let required = parameter.get("Default").is_none();
            assert!(
                !required || given.contains(name.as_str()),
                "{line} lacks {name}"
            );
        }
    }
}

#[test]
fn the_readme_names_the_two_commands_of_the_project() {
    let shell = blocks(&readme(), "sh").concat();
    for command in ["cargo xtask demo", "cargo xtask test"] {
        assert!(shell.contains(command), "{command}");
    }
}
