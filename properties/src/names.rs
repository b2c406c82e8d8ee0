//! Names of tables, databases and columns, each with the rule of the service that owns it.

use crate::name::name;

name! {
    /// Name of the source table, as the properties API takes it: case kept, up to 128 characters.
    TableName, what: "a table name", expected: "1 to 128 characters, no control characters",
    pattern: r"^[^\x00-\x1f\x7f]+$", length: 1..=128,
    allowed: |text| !text.chars().any(char::is_control)
}

name! {
    /// Name of a DynamoDB table that table properties can name: DynamoDB takes up to 255
    /// characters, the properties API only 128.
    DynamoDbTableName, what: "a DynamoDB table name for zero-ETL",
    expected: "3 to 128 of `a-z A-Z 0-9 _ . -`",
    pattern: "^[a-zA-Z0-9_.-]{3,128}$", length: 3..=128,
    allowed: |text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

name! {
    /// Name of the Iceberg table in the target database.
    TargetTableName, what: "a target table name",
    expected: "1 to 128 of `a-z 0-9 _`, not starting with `_`",
    pattern: "^[a-z0-9][a-z0-9_]{0,127}$", length: 1..=128,
    allowed: |text| !text.starts_with('_') && text.bytes().all(lower_digit_underscore)
}

name! {
    /// Name of the Glue database. Glue itself takes a hyphen; creating an integration does not.
    DatabaseName, what: "a database name for zero-ETL",
    expected: "1 to 255 of `a-z 0-9 _`, no hyphen",
    pattern: "^[a-z0-9_]{1,255}$", length: 1..=255,
    allowed: |text| text.bytes().all(lower_digit_underscore)
}

name! {
    /// Name of the column that a partition is made from.
    FieldName, what: "a field name", expected: "1 to 128 characters, no control characters",
    pattern: r"^[^\x00-\x1f\x7f]+$", length: 1..=128,
    allowed: |text| !text.chars().any(char::is_control)
}

name! {
    /// A text without meaning of its own, whose change makes CloudFormation send an Update.
    ForceUpdate, what: "a text to force an update with", expected: "1 to 256 characters",
    pattern: "^.{1,256}$", length: 1..=256, allowed: |_| true
}

fn lower_digit_underscore(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_table_name_is_lower_case_and_starts_with_no_underscore() {
        for right in ["orders", "0rders", "a_b_", &"a".repeat(128)] {
            assert!(right.parse::<TargetTableName>().is_ok(), "{right}");
        }
        for wrong in [
            "",
            "_orders",
            "Orders",
            "or-ders",
            "orders.",
            &"a".repeat(129),
        ] {
            assert!(wrong.parse::<TargetTableName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_database_name_has_no_hyphen() {
        let error = "my-db".parse::<DatabaseName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`my-db` is not a database name for zero-ETL; use 1 to 255 of `a-z 0-9 _`, no hyphen"
        );
    }

    #[test]
    fn a_table_name_keeps_its_case_and_counts_characters() {
        assert_eq!("Orders".parse::<TableName>().unwrap().as_str(), "Orders");
        assert!("é".repeat(128).parse::<TableName>().is_ok());
        assert!("é".repeat(129).parse::<TableName>().is_err());
        assert!("a\nb".parse::<TableName>().is_err());
    }

    #[test]
    fn a_long_wrong_name_is_shown_short() {
        let error = "X".repeat(5000).parse::<TargetTableName>().unwrap_err();
        assert!(error.to_string().len() < 200);
    }

    #[test]
    fn a_dynamodb_name_has_at_least_three_characters() {
        assert!("ab".parse::<DynamoDbTableName>().is_err());
        assert!("A.b-c_1".parse::<DynamoDbTableName>().is_ok());
        assert!("a b".parse::<DynamoDbTableName>().is_err());
    }
}
