//! What a physical id says. The id of a pair reads back to it, so that a Delete needs nothing
//! else; one too long for CloudFormation ends in a digest, and the properties carry the pair.

use crate::{
    ports::TableKey,
    resource::{PhysicalId, Request, digest},
};

/// What a physical id stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This pair.
    Pair(TableKey),
    /// The pair whose digest this is.
    Digest,
    /// A Create that ended before anything was written.
    Refused,
    /// A Create that stopped somewhere.
    Unfinished,
    /// Nothing of ours.
    Unfamiliar,
}

const SEPARATOR: char = '|';
const DIGEST: &str = "integration-table-properties";
const REFUSED: &str = "integration-table-properties-refused";
/// Bytes of a digest in an id.
const DIGEST_BYTES: usize = 16;
const UNCERTAIN: &str = "integration-table-properties-unfinished";

/// The id of a pair.
pub(super) fn id(key: &TableKey) -> PhysicalId {
    // The first separator ends the ARN: a separator inside it is escaped, and so is the escape.
    let arn = key
        .resource_arn
        .replace('%', "%25")
        .replace(SEPARATOR, "%7C");
    let readable = format!("{arn}{SEPARATOR}{}", key.table_name);
    if readable.len() <= PhysicalId::MAX_BYTES
        && let Some(id) = PhysicalId::new(readable)
    {
        return id;
    }
    PhysicalId::fixed(
        DIGEST,
        &digest(&[&key.resource_arn, &key.table_name], DIGEST_BYTES),
    )
}

/// The id of a Create that failed.
pub(super) fn marker(request: Request<'_>, refused: bool) -> PhysicalId {
    let digest = digest(
        &[request.stack_id.as_str(), request.logical_id.as_str()],
        DIGEST_BYTES,
    );
    PhysicalId::fixed(if refused { REFUSED } else { UNCERTAIN }, &digest)
}

/// What the id stands for, for properties that name `given`.
pub(super) fn meaning(id: &PhysicalId, given: Option<&TableKey>) -> Meaning {
    let text = id.as_str();
    if text
        .strip_prefix(REFUSED)
        .is_some_and(|rest| rest.starts_with(':'))
    {
        return Meaning::Refused;
    }
    if text
        .strip_prefix(UNCERTAIN)
        .is_some_and(|rest| rest.starts_with(':'))
    {
        return Meaning::Unfinished;
    }
    if given.is_some_and(|given| super::identity::id(given) == *id) {
        return given.cloned().map_or(Meaning::Digest, Meaning::Pair);
    }
    if let Some((arn, table)) = text.split_once(SEPARATOR)
        && arn.starts_with("arn:")
        && !table.is_empty()
    {
        let resource_arn = arn.replace("%7C", "|").replace("%25", "%");
        return Meaning::Pair(TableKey {
            resource_arn,
            table_name: table.to_owned(),
        });
    }
    if text
        .strip_prefix(DIGEST)
        .is_some_and(|rest| rest.starts_with(':'))
    {
        return Meaning::Digest;
    }
    Meaning::Unfamiliar
}
