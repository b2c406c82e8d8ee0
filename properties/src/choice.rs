//! Properties that take one of a few words. The words are the API's own, in the API's own case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::shown;

/// A word that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not known; use {}", shown(.value), listed(.allowed))]
pub struct UnknownChoice {
    /// The word given.
    pub value: String,
    /// The words allowed.
    pub allowed: Vec<&'static str>,
}

/// The words, each in backticks: `` `a`, `b` or `c` ``.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$case_about:meta])* $case:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        pub enum $name {
            $($(#[$case_about])* #[serde(rename = $word)] $case,)+
        }

        impl $name {
            /// Every case, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The word as the API spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$case => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownChoice;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|case| case.as_str() == word).ok_or_else(|| {
                    UnknownChoice {
                        value: word.to_owned(),
                        allowed: Self::ALL.iter().map(|case| case.as_str()).collect(),
                    }
                })
            }
        }
    };
}

choice! {
    /// How nested attributes become columns.
    UnnestSpec {
        /// Top-level attributes become columns; maps stay structs.
        TopLevel = "TOPLEVEL",
        /// Every leaf becomes a column named with dots. Glue's own default.
        Full = "FULL",
        /// The keys become columns, everything else one struct column `value`.
        NoUnnest = "NOUNNEST",
    }
}

choice! {
    /// What a partition is made from.
    PartitionFunction {
        /// The value itself.
        Identity = "identity",
        /// The year of a time.
        Year = "year",
        /// The month of a time.
        Month = "month",
        /// The day of a time.
        Day = "day",
        /// The hour of a time.
        Hour = "hour",
    }
}

impl PartitionFunction {
    /// Whether the function takes a time, and so needs to know how the time is written.
    pub const fn takes_time(self) -> bool {
        !matches!(self, Self::Identity)
    }
}

choice! {
    /// How a time is written in the source.
    TimestampConversion {
        /// Seconds since 1970.
        EpochSeconds = "epoch_sec",
        /// Milliseconds since 1970.
        EpochMilliseconds = "epoch_milli",
        /// ISO 8601 text.
        Iso = "iso",
    }
}

choice! {
    /// What happens to statements that other people put into the catalog policy.
    Mode {
        /// They stay.
        Merge = "Merge",
        /// Nothing is written while any exist.
        Exclusive = "Exclusive",
    }
}

choice! {
    /// Whether both the catalog policy and Lake Formation grant access over accounts.
    EnableHybrid {
        /// Both do. Glue insists on it once Lake Formation shares exist.
        True = "TRUE",
        /// Only the catalog policy does.
        False = "FALSE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_to_its_case() {
        for case in UnnestSpec::ALL {
            assert_eq!(case.as_str().parse(), Ok(*case));
            assert_eq!(serde_json::to_value(case).unwrap(), case.as_str());
        }
        for case in PartitionFunction::ALL {
            assert_eq!(case.as_str().parse(), Ok(*case));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "weekly".parse::<PartitionFunction>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`weekly` is not known; use `identity`, `year`, `month`, `day` or `hour`"
        );
    }

    #[test]
    fn only_identity_takes_no_time() {
        let timeless: Vec<_> = PartitionFunction::ALL
            .iter()
            .filter(|function| !function.takes_time())
            .collect();
        assert_eq!(timeless, [&PartitionFunction::Identity]);
    }
}
