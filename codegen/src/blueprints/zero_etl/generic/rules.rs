//! Combinations of parameters that make no sense, refused before anything is made.

use zeroetl_properties::PartitionFunction;

use super::parameters as p;
use crate::model::{Assertion, ParameterName, Rule, RuleName, Test, Value};

fn is_set(name: &ParameterName) -> Test {
    Test::is_set(Value::reference(name))
}

fn is_empty(name: &ParameterName) -> Test {
    Test::is_empty(Value::reference(name))
}

/// One attribute cannot be both keys.
pub(super) fn sort_key_differs_from_partition_key() -> Rule {
    let both = [&p::SORT_KEY_NAME, &p::PARTITION_KEY_NAME].map(Value::reference);
    let [sort, partition] = both;
    Rule {
        name: RuleName::fixed("SortKeyDiffersFromPartitionKey"),
        when: None,
        assertions: vec![Assertion {
            assert: Test::Equals(sort, partition).negated(),
            message: "SortKeyName is the same as PartitionKeyName; name another attribute, or \
                      leave SortKeyName empty for a table without a sort key.",
        }],
    }
}

/// A partition has a column and a function, and a conversion just where the function takes a time.
pub(super) fn partition() -> Vec<Rule> {
    let time_functions: Vec<String> = PartitionFunction::ALL
        .iter()
        .filter(|function| function.takes_time())
        .map(ToString::to_string)
        .collect();
    let takes_time = || {
        Test::OneOf(
            Value::reference(&p::PARTITION_FUNCTION),
            time_functions.clone(),
        )
    };
    let rule = |name, when, assert, message| Rule {
        name,
        when: Some(when),
        assertions: vec![Assertion { assert, message }],
    };
    vec![
        rule(
            RuleName::fixed("PartitionFieldNeedsFunction"),
            is_set(&p::PARTITION_FIELD),
            is_set(&p::PARTITION_FUNCTION),
            "PartitionField is set but PartitionFunction is not; choose identity, year, month, \
             day or hour.",
        ),
        rule(
            RuleName::fixed("PartitionFunctionNeedsField"),
            is_set(&p::PARTITION_FUNCTION),
            is_set(&p::PARTITION_FIELD),
            "PartitionFunction is set but PartitionField is not; name the column, or leave both \
             empty.",
        ),
        rule(
            RuleName::fixed("TimeFunctionNeedsConversion"),
            takes_time(),
            is_set(&p::PARTITION_CONVERSION),
            "PartitionFunction takes a time but PartitionConversion is empty; choose epoch_sec, \
             epoch_milli or iso.",
        ),
        rule(
            RuleName::fixed("ConversionNeedsTimeFunction"),
            takes_time().negated(),
            is_empty(&p::PARTITION_CONVERSION),
            "PartitionConversion is set but PartitionFunction takes no time; leave \
             PartitionConversion empty, or choose year, month, day or hour.",
        ),
    ]
}
