//! Names inside a template. CloudFormation takes letters and digits only, up to 255 of them.

use std::{borrow::Cow, fmt, str::FromStr};

/// A name that CloudFormation would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a name in a template; use 1 to 255 letters and digits")]
pub struct InvalidName(pub String);

const MAX_LENGTH: usize = 255;

const fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !bytes[index].is_ascii_alphanumeric() {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty() && bytes.len() <= MAX_LENGTH
}

macro_rules! template_name {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// A name known when the program is built.
            ///
            /// # Panics
            ///
            /// When the name breaks the rule: in a `const`, that is an error of the build.
            pub const fn fixed(name: &'static str) -> Self {
                assert!(is_name(name), "names in a template are letters and digits");
                Self(Cow::Borrowed(name))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if is_name(text) {
                    Ok(Self(Cow::Owned(text.to_owned())))
                } else {
                    Err(InvalidName(text.to_owned()))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

template_name! {
    /// The name of a resource inside its template. It is part of our API: CloudFormation takes
    /// another name for another resource.
    LogicalId
}
template_name! {
    /// The name of a parameter.
    ParameterName
}
template_name! {
    /// The name of a condition.
    ConditionName
}
template_name! {
    /// The name of a rule.
    RuleName
}
template_name! {
    /// The name of an output.
    OutputName
}

impl LogicalId {
    /// This id followed by `suffix`.
    #[must_use]
    pub fn followed_by(&self, suffix: &Self) -> Self {
        Self(Cow::Owned(format!("{}{}", self.0, suffix.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_and_digits_make_a_name() {
        assert!("Table1".parse::<LogicalId>().is_ok());
        assert!("a".repeat(255).parse::<LogicalId>().is_ok());
        for wrong in ["", "Order-Items", "a b", "a_b", "größe", &"a".repeat(256)] {
            assert_eq!(
                wrong.parse::<LogicalId>(),
                Err(InvalidName(wrong.to_owned()))
            );
        }
    }
}
