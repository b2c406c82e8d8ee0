//! Accounts and Regions.

use crate::name::name;

name! {
    /// An AWS account id.
    AccountId, what: "an AWS account id", expected: "12 digits",
    pattern: "^[0-9]{12}$", length: 12..=12,
    allowed: |text| text.bytes().all(|byte| byte.is_ascii_digit())
}

name! {
    /// An AWS Region, such as `us-east-1` or `us-gov-west-1`.
    Region, what: "an AWS Region", expected: "a Region such as `us-east-1`",
    pattern: "^[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}$", length: 6..=32,
    allowed: looks_like_a_region
}

fn looks_like_a_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else {
        return false;
    };
    let mut words = words.split('-');
    words
        .next()
        .is_some_and(|area| area.len() >= 2 && lower(area))
        && words.clone().next().is_some()
        && words.all(lower)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn lower(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_has_twelve_digits() {
        assert!("012345678901".parse::<AccountId>().is_ok());
        for wrong in [
            "12345678901",
            "1234567890123",
            "12345678901a",
            "",
            "１２３４５６７８９０１２",
        ] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_region_ends_in_a_number() {
        for right in [
            "us-east-1",
            "ap-southeast-2",
            "us-gov-west-1",
            "cn-north-1",
            "eusc-de-east-1",
        ] {
            assert!(right.parse::<Region>().is_ok(), "{right}");
        }
        for wrong in [
            "us-east",
            "useast1",
            "US-EAST-1",
            "us-1",
            "us--1",
            "-east-1",
            "us-east-",
        ] {
            assert!(wrong.parse::<Region>().is_err(), "{wrong}");
        }
    }
}
