//! What all checked names share: the error, the macro that makes a newtype, the schema of it.

/// A name that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {what}; use {expected}", shown(.value))]
pub struct InvalidName {
    /// The name given.
    pub value: String,
    /// What it should have been: `an AWS account id`.
    pub what: &'static str,
    /// What is allowed: `12 digits`.
    pub expected: &'static str,
}

/// How many characters of a wrong value a message repeats.
const SHOWN: usize = 64;

/// The value as a message shows it: on one line and not longer than a line.
pub(crate) fn shown(value: &str) -> String {
    let mut characters = value.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut text: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}

macro_rules! name {
    (
        $(#[$about:meta])*
        $name:ident, what: $what:literal, expected: $expected:literal,
        pattern: $pattern:literal, length: $min:literal ..= $max:literal, allowed: $allowed:expr
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The rule as a regular expression, for documents and schemas.
            pub const PATTERN: &'static str = $pattern;
            /// The fewest characters.
            pub const MIN_LENGTH: usize = $min;
            /// The most characters.
            pub const MAX_LENGTH: usize = $max;
            /// What is allowed, in words.
            pub const EXPECTED: &'static str = $expected;

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::name::InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let allowed: fn(&str) -> bool = $allowed;
                let length = text.chars().count();
                if (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&length) && allowed(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::name::InvalidName {
                        value: text.to_owned(),
                        what: $what,
                        expected: $expected,
                    })
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!("Expected: ", $expected, "."),
                    "minLength": Self::MIN_LENGTH,
                    "maxLength": Self::MAX_LENGTH,
                    "pattern": Self::PATTERN,
                })
            }
        }
    };
}

pub(crate) use name;
