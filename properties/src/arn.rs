//! ARNs: split once, so that nobody counts colons again.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::name::InvalidName;

/// An Amazon resource name: `arn:partition:service:region:account:resource`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arn {
    text: String,
    colons: [usize; 5],
}

impl Arn {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, ….
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// `glue`, `iam`, ….
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// The Region, empty for global services.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// The account, empty where AWS leaves it out.
    pub fn account(&self) -> &str {
        self.part(3)
    }

    /// Everything after the fifth colon.
    pub fn resource(&self) -> &str {
        &self.text[self.colons[4] + 1..]
    }

    fn part(&self, index: usize) -> &str {
        &self.text[self.colons[index] + 1..self.colons[index + 1]]
    }
}

impl FromStr for Arn {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidName {
            value: text.to_owned(),
            what: "an ARN",
            expected: "`arn:<partition>:<service>:<region>:<account>:<resource>`",
        };
        let mut colons = [0; 5];
        let mut found = text.match_indices(':').map(|(at, _)| at);
        for colon in &mut colons {
            *colon = found.next().ok_or_else(invalid)?;
        }
        let arn = Self {
            text: text.to_owned(),
            colons,
        };
        let whole = text.starts_with("arn:")
            && !arn.partition().is_empty()
            && !arn.service().is_empty()
            && !arn.resource().is_empty()
            && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if whole { Ok(arn) } else { Err(invalid()) }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Arn({})", self.text)
    }
}

/// An ARN of the Glue service.
///
/// The documentation of the API disagrees on the kind of resource, so nothing more is checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlueArn(Arn);

impl GlueArn {
    /// The rule as a regular expression, for documents and schemas.
    pub const PATTERN: &'static str = r"^arn:[^:\s]+:glue:[^:\s]*:[^:\s]*:\S+$";
    /// The most characters.
    pub const MAX_LENGTH: usize = 512;

    /// The whole name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parts of it.
    pub fn arn(&self) -> &Arn {
        &self.0
    }
}

impl FromStr for GlueArn {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidName {
            value: text.to_owned(),
            what: "an ARN of the Glue service",
            expected: "`arn:<partition>:glue:<region>:<account>:<resource>`, up to 512 characters",
        };
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        if arn.service() == "glue" && text.chars().count() <= Self::MAX_LENGTH {
            Ok(Self(arn))
        } else {
            Err(invalid())
        }
    }
}

impl fmt::Display for GlueArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Arn {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl Serialize for GlueArn {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Arn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for GlueArn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Arn {
    fn schema_name() -> Cow<'static, str> {
        "Arn".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An Amazon resource name.",
            "pattern": r"^arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+$",
        })
    }
}

impl JsonSchema for GlueArn {
    fn schema_name() -> Cow<'static, str> {
        "GlueArn".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An ARN of the Glue service.",
            "minLength": 1,
            "maxLength": Self::MAX_LENGTH,
            "pattern": Self::PATTERN,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_splits_into_its_parts() {
        let arn: Arn = "arn:aws:lambda:us-east-1:111111111111:function:f:7"
            .parse()
            .unwrap();
        assert_eq!(
            [
                arn.partition(),
                arn.service(),
                arn.region(),
                arn.account(),
                arn.resource()
            ],
            ["aws", "lambda", "us-east-1", "111111111111", "function:f:7"]
        );
        let global: Arn = "arn:aws:iam::111111111111:root".parse().unwrap();
        assert_eq!((global.region(), global.account()), ("", "111111111111"));
    }

    #[test]
    fn half_an_arn_is_refused() {
        for wrong in [
            "",
            "*",
            "arn:aws:glue",
            "arn:aws:glue:r:a:",
            "arn::glue:r:a:x",
            "a:b:c:d:e:f",
        ] {
            assert!(wrong.parse::<Arn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_glue_arn_is_of_glue_and_not_too_long() {
        let start = "arn:aws:glue:us-east-1:111111111111:database/";
        assert!(format!("{start}db").parse::<GlueArn>().is_ok());
        assert!(
            format!("{start}{}", "d".repeat(512 - start.len()))
                .parse::<GlueArn>()
                .is_ok()
        );
        assert!(
            format!("{start}{}", "d".repeat(513 - start.len()))
                .parse::<GlueArn>()
                .is_err()
        );
        assert!("arn:aws:s3:::bucket".parse::<GlueArn>().is_err());
    }
}
