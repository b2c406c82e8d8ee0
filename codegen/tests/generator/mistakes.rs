//! Mistakes in a config: all of them at once, each where it stands, with what to do.

use zeroetl_codegen::config;

use super::EXAMPLE;

/// All messages for the example with replacements.
fn messages(replacements: &[(&str, &str)]) -> String {
    let text = replacements
        .iter()
        .fold(EXAMPLE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "`{from}` is not in the example");
            text.replacen(from, to, 1)
        });
    let mistakes = config::parse("zeroetl.toml", &text).unwrap_err();
    assert_eq!(
        mistakes.to_string().matches("error: ").count(),
        mistakes.problems.len()
    );
    mistakes.to_string()
}

#[test]
fn an_unknown_key_is_shown_with_the_known_ones_and_the_nearest() {
    insta::assert_snapshot!(messages(&[("profile = \"target", "profil = \"target")]), @r#"
    error: `target.profil`: is not a known key; use `account`, `profile`, `database`, `bucket`, `kms_key_arn`, `enable_hybrid`, `lake_formation_managed`, `provider_architecture` or `log_retention_in_days`
      --> zeroetl.toml:12:1
       |
    12 | profil = "target-admin"
       | ^^^^^^ did you mean `profile`?
    "#);
}

#[test]
fn a_missing_key_is_shown_at_its_section() {
    insta::assert_snapshot!(messages(&[("account = \"222222222222\"\n", "")]), @r"
    error: `target.account`: is missing
      --> zeroetl.toml:10:1
       |
    10 | [target]
       | ^^^^^^^^ `account` has to be here
    ");
}

#[test]
fn a_missing_section_is_shown() {
    let text = "project = \"p\"\nenvironment = \"e\"\nregion = \"us-east-1\"\n";
    let mistakes = config::parse("zeroetl.toml", text).unwrap_err().to_string();
    insta::assert_snapshot!(mistakes, @r#"
    error: `source`: is missing
     --> zeroetl.toml:1:1
      |
    1 | project = "p"
      | ^ `source` has to be in this file

    error: `target`: is missing
     --> zeroetl.toml:1:1
      |
    1 | project = "p"
      | ^ `target` has to be in this file

    error: `table`: is missing
     --> zeroetl.toml:1:1
      |
    1 | project = "p"
      | ^ add a `[[table]]`
    "#);
}

#[test]
fn an_account_without_quotes_is_explained() {
    insta::assert_snapshot!(messages(&[("\"111111111111\"", "111111111111")]), @r#"
    error: `source.account`: is a number; use text in quotes: `account = "111111111111"`
     --> zeroetl.toml:7:11
      |
    7 | account = 111111111111
      |           ^^^^^^^^^^^^ expected text in quotes
    "#);
}

#[test]
fn a_partition_that_makes_no_sense_is_shown_where_it_stands() {
    let partition =
        "partition_by = [{ field = \"created_at\", function = \"day\", conversion = \"iso\" }]";
    let senseless = r#"partition_by = [
  { field = "created_at", function = "day" },
  { field = "customer", function = "identity", conversion = "iso" },
  { field = "created_at", function = "year", conversion = "iso" },
]"#;
    insta::assert_snapshot!(messages(&[(partition, senseless)]), @r#"
    error: `table[0].partition_by[0].conversion`: is required with `day`; use `epoch_sec`, `epoch_milli` or `iso`
      --> zeroetl.toml:25:3
       |
    25 |   { field = "created_at", function = "day" },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add `conversion`

    error: `table[0].partition_by[1].conversion`: is `iso` beside `identity`; leave it out, or use a time function
      --> zeroetl.toml:26:61
       |
    26 |   { field = "customer", function = "identity", conversion = "iso" },
       |                                                             ^^^^^ not with `identity`

    error: `table[0].partition_by[2].function`: is a second time function on `created_at`, after [0]; keep one time function per field
      --> zeroetl.toml:27:38
       |
    27 |   { field = "created_at", function = "year", conversion = "iso" },
       |                                      ^^^^^^ the second one
    "#);
}

#[test]
fn names_that_get_too_long_are_shown_with_their_parts() {
    let project = format!("project = \"{}\"", "p".repeat(60));
    let environment = format!("environment = \"{}\"", "e".repeat(60));
    let text = messages(&[
        ("project = \"orders-lakehouse\"", &project),
        ("environment = \"dev\"", &environment),
    ]);
    insta::assert_snapshot!(text, @r#"
    error: `project`: the stack `pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-integration` has a name of 133 characters; CloudFormation takes 128: shorten project or environment
     --> zeroetl.toml:2:11
      |
    2 | project = "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ part of the stack's name
    "#);
}

#[test]
fn a_key_of_another_region_or_account_is_shown_with_both_places() {
    let key =
        "profile = \"source-admin\"\nkms_key_arn = \"arn:aws:kms:eu-west-1:333333333333:key/1\"";
    insta::assert_snapshot!(messages(&[("profile = \"source-admin\"", key)]), @r#"
    error: `source.kms_key_arn`: the key is in `eu-west-1`; use a key of `us-east-1`
     --> zeroetl.toml:9:15
      |
    4 | region = "us-east-1"
      |          ----------- the Region of the stacks
    ...
    9 | kms_key_arn = "arn:aws:kms:eu-west-1:333333333333:key/1"
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ another Region

    error: `source.kms_key_arn`: the key is of account 333333333333; DynamoDB takes a key of the table's own account 111111111111
     --> zeroetl.toml:9:15
      |
    7 | account = "111111111111"
      |           -------------- the table's account
    8 | profile = "source-admin"
    9 | kms_key_arn = "arn:aws:kms:eu-west-1:333333333333:key/1"
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ another account
    "#);
}

#[test]
fn text_that_is_no_toml_is_shown_where_it_breaks() {
    let text = "project = \"p\nregion = \n[source\n";
    let mistakes = config::parse("zeroetl.toml", text).unwrap_err().to_string();
    insta::assert_snapshot!(mistakes, @r#"
    error: invalid basic string, expected `"`
     --> zeroetl.toml:1:13
      |
    1 | project = "p
      |             ^ not valid TOML

    error: string values must be quoted, expected literal string
     --> zeroetl.toml:2:10
      |
    2 | region = 
      |          ^ not valid TOML

    error: unclosed table, expected `]`
     --> zeroetl.toml:3:8
      |
    3 | [source
      |        ^ not valid TOML
    "#);
}

#[test]
fn a_key_that_is_no_table_is_explained() {
    let text = EXAMPLE.replace("[integration]\nrefresh_interval_minutes = 15\n", "");
    let text = format!(
        "integration = 3\ntable = \"Orders\"\n{}",
        text.split("[[table]]").next().unwrap()
    );
    let mistakes = config::parse("zeroetl.toml", &text)
        .unwrap_err()
        .to_string();
    insta::assert_snapshot!(mistakes, @r#"
    error: `integration`: is a number; use a table: `[integration]`
     --> zeroetl.toml:1:15
      |
    1 | integration = 3
      |               ^ expected a table

    error: `table`: is text; use a list of tables: `[[table]]`
     --> zeroetl.toml:2:9
      |
    2 | table = "Orders"
      |         ^^^^^^^^ expected a list of tables
    "#);
}

/// Every mistake is found, however many there are: a config of nothing but mistakes.
#[test]
fn no_mistake_hides_another_one() {
    let text = r#"
project = "1st"
environment = ""
region = "mars-north-1"
extra = 1
[source]
account = "1"
kms_key_arn = "alias/aws/dynamodb"
recovery_period_in_days = 36
[target]
account = true
database = "a-b"
bucket = "Bad_Bucket"
enable_hybrid = "yes"
lake_formation_managed = 1
provider_architecture = "riscv"
log_retention_in_days = 2
[integration]
refresh_interval_minutes = "15"
kms_key_id = "no key"
[[table]]
name = "ab"
partition_key = "PK"
sort_key = { name = "a:b", type = "String" }
unnest = "DEEP"
target_name = "_x"
partition_by = [{ field = "", function = "week", conversion = "rfc" }]
"#;
    let mistakes = config::parse("zeroetl.toml", text).unwrap_err();
    let paths: Vec<_> = mistakes
        .problems
        .iter()
        .map(|it| it.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "project",
            "environment",
            "region",
            "extra",
            "source.account",
            "source.kms_key_arn",
            "source.recovery_period_in_days",
            "target.account",
            "target.database",
            "target.bucket",
            "target.enable_hybrid",
            "target.lake_formation_managed",
            "target.provider_architecture",
            "target.log_retention_in_days",
            "integration.refresh_interval_minutes",
            "integration.kms_key_id",
            "table[0].name",
            "table[0].partition_key",
            "table[0].sort_key.name",
            "table[0].sort_key.type",
            "table[0].unnest",
            "table[0].target_name",
            "table[0].partition_by[0].field",
            "table[0].partition_by[0].function",
            "table[0].partition_by[0].conversion",
        ]
    );
}

#[test]
fn an_empty_text_leaves_an_optional_key_out() {
    let text = EXAMPLE.replace(
        "profile = \"target-admin\"",
        "profile = \"\"\nbucket = \"\"",
    );
    let config = super::parsed(&text);
    assert_eq!(config.target.profile, None);
    assert_eq!(config.target.bucket, None);
}

#[test]
fn the_schema_knows_the_keys_that_the_config_takes() {
    let schema = config::schema();
    let properties = |name: &str| {
        let object = if name.is_empty() {
            &schema
        } else {
            &schema["$defs"][name]
        };
        assert_eq!(object["additionalProperties"], false, "{name}");
        super::keys(&object["properties"])
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (name, line, wrong) in [
        ("", "project = ", "projekt = 1\nproject = "),
        ("Source", "profile = \"source-admin\"", "wrong = 1"),
        ("Target", "profile = \"target-admin\"", "wrong = 1"),
        ("Integration", "refresh_interval_minutes = 15", "wrong = 1"),
        ("Table", "unnest = \"TOPLEVEL\"", "wrong = 1"),
        ("Key", "name = \"PK\", type", "name = \"PK\", wrong"),
        (
            "PartitionBy",
            "field = \"created_at\",",
            "field = \"created_at\", wrong = 1,",
        ),
    ] {
        let text = messages(&[(line, wrong)]);
        let known = text
            .lines()
            .find(|line| line.contains("is not a known key; use"))
            .unwrap();
        let mut known: Vec<_> = known
            .split('`')
            .skip(3)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let mut expected = properties(name);
        known.sort();
        expected.sort();
        assert_eq!(known, expected, "{name}");
    }
}
