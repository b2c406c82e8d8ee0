//! Names that only a config file or a template's parameters hold. Those of the custom resources'
//! properties come from `zeroetl-properties`.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use zeroetl_properties::InvalidName;

macro_rules! name {
    (
        $(#[$about:meta])*
        $name:ident, what: $what:literal, expected: $expected:literal,
        pattern: $pattern:literal, allowed: $allowed:expr
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The rule as a regular expression, lengths included.
            pub const PATTERN: &'static str = $pattern;
            /// What is allowed, in words.
            pub const EXPECTED: &'static str = $expected;

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let allowed: fn(&str) -> bool = $allowed;
                if allowed(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidName {
                        value: text.to_owned(),
                        what: $what,
                        expected: $expected,
                    })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": concat!("Expected: ", $expected, "."),
                    "pattern": Self::PATTERN,
                })
            }
        }
    };
}

name! {
    /// The project or the environment: the parts that open every physical name.
    NamePart, what: "a part of stack names",
    expected: "a letter, then up to 63 letters, digits and hyphens",
    pattern: "^[A-Za-z][A-Za-z0-9-]{0,63}$",
    allowed: |text| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    }
}

name! {
    /// The ARN of a managed policy of IAM, of an account or of AWS itself.
    PolicyArn, what: "the ARN of a managed policy",
    expected: "arn:aws:iam::<account or aws>:policy/<name>",
    pattern: "^arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]{1,639}$",
    allowed: |text| {
        let parts = text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":policy/"));
        parts.is_some_and(|(account, name)| {
            (account == "aws" || account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
                && (1..=639).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_/-".contains(&b))
        })
    }
}

impl PolicyArn {
    /// The account that owns the policy; none for one of AWS.
    pub fn account(&self) -> Option<&str> {
        self.0.split(':').nth(4).filter(|account| *account != "aws")
    }
}

name! {
    /// The name of a profile in the AWS configuration files.
    Profile, what: "a profile name", expected: "1 to 128 characters, no control characters",
    pattern: r"^[^\x00-\x1f\x7f-\x9f]{1,128}$",
    allowed: |text| (1..=128).contains(&text.chars().count()) && !text.contains(char::is_control)
}

name! {
    /// The name of a key attribute in DynamoDB. Zero-ETL fails on a colon.
    AttributeName, what: "an attribute name for zero-ETL",
    expected: "1 to 255 characters, no colon, no control characters",
    pattern: r"^[^:\x00-\x1f\x7f-\x9f]{1,255}$",
    // DynamoDB counts bytes; a pattern can only count characters.
    allowed: |text| {
        (1..=255).contains(&text.len()) && !text.contains(|c: char| c == ':' || c.is_control())
    }
}

name! {
    /// The name of a new bucket. A dot would break its certificate.
    BucketName, what: "a bucket name",
    expected: "3 to 63 of `a-z 0-9 -`, with a letter or digit at both ends",
    pattern: "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
    allowed: |text| {
        let letter_or_digit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| letter_or_digit(b) || b == b'-')
            && text.bytes().next().is_some_and(letter_or_digit)
            && text.bytes().last().is_some_and(letter_or_digit)
    }
}

name! {
    /// A customer key, as key ARN.
    KmsKeyArn, what: "the ARN of a KMS key",
    expected: "`arn:aws:kms:<region>:<account>:key/<key id>`, not an alias",
    pattern: "^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,128}$",
    allowed: |text| key_arn(text).is_some()
}

name! {
    /// A customer key, however KMS lets one name it.
    KmsKey, what: "a KMS key",
    expected: "a key id, an alias such as `alias/my-key`, or the ARN of either",
    pattern: "^(arn:aws:kms:[a-z0-9-]+:[0-9]{12}:(key/[A-Za-z0-9-]{1,128}|\
              alias/[A-Za-z0-9/_-]{1,250})|alias/[A-Za-z0-9/_-]{1,250}|\
              [a-f0-9-]{36}|mrk-[a-f0-9]{32})$",
    allowed: |text| {
        let hex_or_hyphen = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
        key_arn(text).is_some()
            || is_alias(text)
            || aws_kms_resource(text).is_some_and(|(_, _, resource)| is_alias(resource))
            || (text.len() == 36 && text.bytes().all(hex_or_hyphen))
            || text.strip_prefix("mrk-").is_some_and(|hex| {
                hex.len() == 32 && hex.bytes().all(|b| hex_or_hyphen(b) && b != b'-')
            })
    }
}

fn is_alias(text: &str) -> bool {
    text.strip_prefix("alias/").is_some_and(|name| {
        (1..=250).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b))
    })
}

/// Region, account and resource of an ARN of KMS in the partition `aws`.
fn aws_kms_resource(text: &str) -> Option<(&str, &str, &str)> {
    let (region, rest) = text.strip_prefix("arn:aws:kms:")?.split_once(':')?;
    let (account, resource) = rest.split_once(':')?;
    let known_region = !region.is_empty()
        && region
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let known_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (known_region && known_account).then_some((region, account, resource))
}

fn key_arn(text: &str) -> Option<(&str, &str)> {
    let (region, account, resource) = aws_kms_resource(text)?;
    let id = resource.strip_prefix("key/")?;
    let whole =
        (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    whole.then_some((region, account))
}

impl KmsKeyArn {
    /// The Region that the key is in.
    pub fn region(&self) -> &str {
        key_arn(&self.0).map_or("", |(region, _)| region)
    }

    /// The account that owns the key.
    pub fn account(&self) -> &str {
        key_arn(&self.0).map_or("", |(_, account)| account)
    }
}

impl KmsKey {
    /// The Region that the key is in, where an ARN says it.
    pub fn region(&self) -> Option<&str> {
        aws_kms_resource(&self.0).map(|(region, _, _)| region)
    }
}
