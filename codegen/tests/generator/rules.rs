//! Combinations of parameters that make no sense are refused before anything is made, with words
//! that say what to change; combinations that make sense are not.

use super::{product, resolve::Deployment};

fn refused(partition: [&str; 3]) -> Vec<String> {
    let [_, target, _] = product();
    let names = ["PartitionField", "PartitionFunction", "PartitionConversion"];
    let parameters: Vec<_> = names.into_iter().zip(partition).collect();
    Deployment::new(&target, "222222222222", &parameters).broken_rules()
}

#[test]
fn sensible_partitions_pass() {
    for partition in [
        ["", "", ""],
        ["customer", "identity", ""],
        ["at", "year", "iso"],
        ["at", "month", "epoch_sec"],
        ["at", "day", "epoch_milli"],
        ["at", "hour", "iso"],
    ] {
        assert_eq!(refused(partition), [""; 0], "{partition:?}");
    }
}

#[test]
fn senseless_partitions_are_refused() {
    for (partition, word) in [
        (["at", "", ""], "PartitionFunction is not; choose"),
        (["", "identity", ""], "PartitionField is not; name"),
        (["at", "day", ""], "PartitionConversion is empty; choose"),
        (["at", "identity", "iso"], "takes no time"),
        (["", "", "iso"], "takes no time"),
        (["", "day", "iso"], "PartitionField is not; name"),
    ] {
        let messages = refused(partition);
        assert!(
            messages.iter().any(|it| it.contains(word)),
            "{partition:?}: {messages:?}"
        );
    }
}

#[test]
fn one_attribute_cannot_be_both_keys() {
    let [source, ..] = product();
    let broken = |parameters: &[(&str, &str)]| {
        Deployment::new(&source, "111111111111", parameters)
            .broken_rules()
            .len()
    };
    assert_eq!(broken(&[]), 0);
    assert_eq!(broken(&[("SortKeyName", "")]), 0);
    assert_eq!(broken(&[("SortKeyName", "PK")]), 1);
}
