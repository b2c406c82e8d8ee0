//! Where the function lives: its catalog is the one of its own account and Region.

use zeroetl_properties::{AccountId, Arn, Region};

/// Partition, Region and account of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `aws`, `aws-cn`, ….
    pub partition: String,
    /// The Region.
    pub region: Region,
    /// The account.
    pub account: AccountId,
}

/// The function's own ARN does not tell where it lives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the function's own ARN names no account and Region")]
pub struct NotAFunctionArn;

impl Home {
    /// The home of the function with this ARN.
    pub fn of_function(arn: &str) -> Result<Self, NotAFunctionArn> {
        let arn: Arn = arn.parse().map_err(|_| NotAFunctionArn)?;
        Ok(Self {
            partition: arn.partition().to_owned(),
            region: arn.region().parse().map_err(|_| NotAFunctionArn)?,
            account: arn.account().parse().map_err(|_| NotAFunctionArn)?,
        })
    }

    /// How every ARN of this catalog begins.
    pub fn glue_prefix(&self) -> String {
        format!(
            "arn:{}:glue:{}:{}:",
            self.partition, self.region, self.account
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_arn_tells_the_catalog() {
        let home =
            Home::of_function("arn:aws-cn:lambda:cn-north-1:111111111111:function:f:live").unwrap();
        assert_eq!(
            home.glue_prefix(),
            "arn:aws-cn:glue:cn-north-1:111111111111:"
        );
        assert!(Home::of_function("No header lambda-runtime-invoked-function-arn found.").is_err());
    }
}
