//! Logical ids. They are API: CloudFormation takes another id for another resource.
//!
//! The product for one table uses the plain ids. From a config file, what there is once per table
//! carries the table's name, so that adding, removing or reordering tables touches no other one.

use sha2::{Digest, Sha256};

use crate::model::LogicalId;

pub(super) const TABLE: LogicalId = LogicalId::fixed("Table");

pub(super) const BUCKET: LogicalId = LogicalId::fixed("Bucket");
pub(super) const BUCKET_POLICY: LogicalId = LogicalId::fixed("BucketPolicy");
pub(super) const DATABASE: LogicalId = LogicalId::fixed("Database");
pub(super) const TARGET_ROLE: LogicalId = LogicalId::fixed("TargetRole");
pub(super) const TARGET_REGISTRATION: LogicalId = LogicalId::fixed("TargetRegistration");
pub(super) const LAKE_LOCATION: LogicalId = LogicalId::fixed("LakeLocation");
pub(super) const DATABASE_GRANT: LogicalId = LogicalId::fixed("DatabaseGrant");
pub(super) const LOCATION_GRANT: LogicalId = LogicalId::fixed("LocationGrant");
pub(super) const PROVIDER_FUNCTION: LogicalId = LogicalId::fixed("ProviderFunction");
pub(super) const PROVIDER_LOG_GROUP: LogicalId = LogicalId::fixed("ProviderLogGroup");
pub(super) const PROVIDER_INVOKE_CONFIG: LogicalId = LogicalId::fixed("ProviderInvokeConfig");
pub(super) const PROVIDER_ROLE: LogicalId = LogicalId::fixed("ProviderRole");
pub(super) const CATALOG_POLICY: LogicalId = LogicalId::fixed("CatalogPolicy");
pub(super) const TABLE_PROPERTIES: LogicalId = LogicalId::fixed("TableProperties");

pub(super) const INTEGRATION: LogicalId = LogicalId::fixed("Integration");

/// How many hexadecimal digits tell apart names that look alike without their punctuation.
const DIGITS: usize = 8;

/// The id of what there is once per table.
pub(super) fn per_table(base: &LogicalId, suffix: Option<&LogicalId>) -> LogicalId {
    suffix.map_or_else(|| base.clone(), |suffix| base.followed_by(suffix))
}

/// What a table's name contributes to its ids: the name itself when it is made of letters and
/// digits, else its letters and digits and a digest of the whole name.
///
/// It depends on nothing but the name. A plain name that ends like a digest gets one as well, so
/// that no name can take the suffix of another one.
pub(super) fn suffix_of(table: &str) -> Option<LogicalId> {
    let plain: String = table.chars().filter(char::is_ascii_alphanumeric).collect();
    let text = if plain == table && !ends_like_a_digest(&plain) {
        plain
    } else {
        format!("{plain}{}", digest(table))
    };
    // A table has 128 characters at most, so this is a name of a template in any case.
    text.parse().ok()
}

fn digest(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    hash.iter()
        .take(DIGITS / 2)
        .fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
}

fn ends_like_a_digest(name: &str) -> bool {
    let tail: Vec<u8> = name.bytes().rev().take(DIGITS).collect();
    tail.len() == DIGITS
        && tail
            .iter()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffix(table: &str) -> String {
        suffix_of(table).unwrap().to_string()
    }

    #[test]
    fn a_plain_name_is_its_own_suffix() {
        assert_eq!(suffix("Orders"), "Orders");
        assert_eq!(suffix("orders2024"), "orders2024");
    }

    #[test]
    fn names_that_differ_in_punctuation_only_get_different_ids() {
        let names = [
            "order-items",
            "order.items",
            "order_items",
            "orderitems",
            "...",
            "---",
        ];
        let suffixes: std::collections::BTreeSet<_> = names.iter().map(|n| suffix(n)).collect();
        assert_eq!(suffixes.len(), names.len(), "{suffixes:?}");
        assert_eq!(suffix("order-items"), "orderitems89455f5c");
    }

    #[test]
    fn no_plain_name_takes_the_suffix_of_another_name() {
        let taken = suffix("order-items");
        assert_ne!(suffix(&taken), taken);
    }
}
