//! A change set: its name, what it would do in lines for people, and whether CloudFormation refused
//! it or merely found nothing to do. Pure.

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::cloudformation::{Change, ChangeSet};
use super::resource_types::{INTEGRATION, holds_data, may_replace};
use super::rollout::Permits;
use super::stack_state::TOKEN_PREFIX;

/// What became of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Still being made.
    Pending,
    /// Can be executed.
    Ready,
    /// Everything is already as wanted.
    NoChanges,
    /// CloudFormation refuses it.
    Refused(String),
}

/// Reads a change set's status; CloudFormation reports "nothing to do" as a failure.
pub(crate) fn readiness(change_set: &ChangeSet) -> Readiness {
    match change_set.status.as_str() {
        "CREATE_COMPLETE" => Readiness::Ready,
        "CREATE_PENDING" | "CREATE_IN_PROGRESS" => Readiness::Pending,
        status => {
            let reason = change_set.reason.as_deref().unwrap_or("no reason given");
            if says_no_changes(reason) {
                Readiness::NoChanges
            } else {
                Readiness::Refused(format!("{status}: {reason}"))
            }
        }
    }
}

/// CloudFormation's two ways to say that there is nothing to do.
fn says_no_changes(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// The name of a change set, which is also the token of its operation: our prefix, the time, and a
/// hash of what it deploys.
pub(crate) fn name(stack: &str, template: &str, now: SystemTime) -> String {
    let time = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let digest = Sha256::new()
        .chain_update(stack)
        .chain_update(template)
        .finalize();
    format!(
        "{TOKEN_PREFIX}{}-{}",
        time.as_millis(),
        &hex::encode(digest)[..8]
    )
}

/// The changes as lines, with warnings where data or an integration are at stake.
pub(crate) fn lines(changes: &[Change]) -> Vec<String> {
    let mut lines: Vec<_> = changes.iter().map(line).collect();
    lines.extend(changes.iter().filter_map(warning));
    lines
}

fn line(change: &Change) -> String {
    let causes = change.causes.join(", ");
    let why = match replaces(change) {
        Replaces::Yes => format!("  REPLACED because of {causes}"),
        Replaces::Perhaps => format!("  perhaps REPLACED because of {causes}"),
        Replaces::No if causes.is_empty() => String::new(),
        Replaces::No => format!("  ({causes})"),
    };
    let (sign, action) = (sign(change), &change.action);
    format!(
        "  {sign} {action:<7} {}  {}{why}",
        change.logical_id, change.resource_type
    )
}

fn sign(change: &Change) -> char {
    match change.action.as_str() {
        "Add" => '+',
        "Remove" => '-',
        "Import" => '>',
        _ => '~',
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replaces {
    Yes,
    Perhaps,
    No,
}

fn replaces(change: &Change) -> Replaces {
    // Whether a custom resource is replaced is up to its provider; CloudFormation always says
    // "perhaps".
    if change.resource_type.starts_with("Custom::") {
        return Replaces::No;
    }
    match change.replacement.as_deref() {
        Some("True") => Replaces::Yes,
        Some("Conditional") if can_replace(change) => Replaces::Perhaps,
        _ => Replaces::No,
    }
}

/// Whether any property that changes can be the reason to replace the resource.
fn can_replace(change: &Change) -> bool {
    let mut causes = change.causes.iter();
    change.causes.is_empty()
        || causes.any(|cause| may_replace(&change.resource_type, cause).unwrap_or(true))
}

/// What a change set would end, replace or delete that nobody permitted: the last guard, for what the
/// templates did not tell beforehand.
pub(crate) fn dangers(changes: &[Change], permits: &Permits) -> Vec<String> {
    let danger = |change: &Change| {
        let (id, kind) = (&change.logical_id, change.resource_type.as_str());
        let (removed, replaced) = (change.action == "Remove", replaces(change) == Replaces::Yes);
        let deletes = matches!(
            change.policy_action.as_deref(),
            Some("Delete" | "ReplaceAndDelete")
        );
        let integration = kind == INTEGRATION;
        if holds_data(kind) && (removed || replaced) && deletes {
            Some(format!(
                "  `{id}` ({kind}) would be deleted with its data: give it `DeletionPolicy: Retain` \
                 and `UpdateReplacePolicy: Retain` in the deployed template first"
            ))
        } else if (holds_data(kind) || integration) && removed && !permits.removal {
            Some(format!(
                "  `{id}` ({kind}) would leave the stack; if that may be, add `--allow-removal`"
            ))
        } else if holds_data(kind) && replaced && !permits.reload {
            Some(format!(
                "  `{id}` ({kind}) would be replaced by a new, empty one; if that may be, add \
                 `--allow-reload`"
            ))
        } else {
            None
        }
    };
    changes.iter().filter_map(danger).collect()
}

/// What a replacement or removal means for resources that hold data or feed it.
fn warning(change: &Change) -> Option<String> {
    let removed = change.action == "Remove";
    let replaced = replaces(change) != Replaces::No;
    if !removed && !replaced {
        return None;
    }
    let name = match &change.physical_id {
        Some(id) => format!("{} (`{id}`)", change.logical_id),
        None => change.logical_id.clone(),
    };
    let what = if removed {
        "leaves the stack"
    } else {
        "is replaced by a new, empty one"
    };
    match change.resource_type.as_str() {
        kind if holds_data(kind) => Some(match change.policy_action.as_deref() {
            Some("Delete" | "ReplaceAndDelete") => {
                format!("  WARNING: {name} {what}; the old one and its data ARE DELETED")
            }
            _ => format!(
                "  WARNING: {name} {what}; the old one stays with its data, outside the stack"
            ),
        }),
        INTEGRATION if replaced => Some(format!(
            "  WARNING: {name} is replaced, but Glue takes no second integration of the same name \
             for the same table"
        )),
        INTEGRATION => Some(format!(
            "  WARNING: {name} leaves the stack; its replication ends"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn failed(reason: &str) -> ChangeSet {
        ChangeSet {
            status: "FAILED".to_owned(),
            reason: Some(reason.to_owned()),
            ..ChangeSet::default()
        }
    }

    #[test]
    fn both_ways_to_say_nothing_to_do_are_no_failure() {
        for reason in [
            "The submitted information didn't contain changes. Submit different information to \
             create a change set.",
            "No updates are to be performed.",
        ] {
            assert_eq!(readiness(&failed(reason)), Readiness::NoChanges);
        }
        assert_eq!(
            readiness(&failed("Requires capabilities : [CAPABILITY_IAM]")),
            Readiness::Refused("FAILED: Requires capabilities : [CAPABILITY_IAM]".to_owned())
        );
    }

    #[test]
    fn the_name_is_one_that_cloudformation_takes_and_differs_from_run_to_run() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let first = name("demo", "{}", at(1_700_000_000));
        assert!(first.starts_with("zeroetl-1700000000000-"), "{first}");
        assert!(
            first.len() <= 128
                && first
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        );
        assert_ne!(first, name("demo", "{}", at(1_700_000_001)));
        assert_ne!(first, name("demo", "{ }", at(1_700_000_000)));
    }

    fn change(action: &str, kind: &str, replacement: Option<&str>, policy: Option<&str>) -> Change {
        Change {
            action: action.to_owned(),
            logical_id: "It".to_owned(),
            resource_type: kind.to_owned(),
            physical_id: Some("its-name".to_owned()),
            replacement: replacement.map(str::to_owned),
            policy_action: policy.map(str::to_owned),
            causes: vec!["TableName".to_owned()],
        }
    }

    #[test]
    fn replacing_or_removing_what_holds_data_is_warned_of() {
        let table = "AWS::DynamoDB::GlobalTable";
        let kept = lines(&[change(
            "Modify",
            table,
            Some("True"),
            Some("ReplaceAndRetain"),
        )])
        .join("\n");
        assert!(kept.contains("REPLACED because of TableName"), "{kept}");
        assert!(
            kept.contains("It (`its-name`) is replaced by a new, empty one; the old one stays"),
            "{kept}"
        );
        let lost = lines(&[change("Remove", "AWS::S3::Bucket", None, Some("Delete"))]).join("\n");
        assert!(
            lost.contains("leaves the stack; the old one and its data ARE DELETED"),
            "{lost}"
        );
        let mut recovery = change("Modify", table, Some("Conditional"), None);
        recovery.causes = vec!["Replicas".to_owned()];
        let in_place = lines(&[recovery]).join("\n");
        assert_eq!(
            in_place,
            "  ~ Modify  It  AWS::DynamoDB::GlobalTable  (Replicas)"
        );
        let integration = "AWS::Glue::Integration";
        let doubled = lines(&[change("Modify", integration, Some("Conditional"), None)]).join("\n");
        assert!(doubled.contains("perhaps REPLACED"), "{doubled}");
        assert!(
            doubled.contains("Glue takes no second integration"),
            "{doubled}"
        );
    }

    #[test]
    fn what_holds_data_is_neither_removed_nor_replaced_without_a_permission_and_never_deleted() {
        let table = "AWS::DynamoDB::GlobalTable";
        let told = |change: Change, removal: bool, reload: bool| {
            let permits = Permits {
                reload,
                removal,
                deployed: None,
            };
            dangers(&[change], &permits).join("")
        };
        let removed = || change("Remove", table, None, Some("Retain"));
        assert!(told(removed(), false, true).contains("--allow-removal"));
        assert_eq!(told(removed(), true, false), "");
        let replaced = || change("Modify", table, Some("True"), Some("ReplaceAndRetain"));
        assert!(told(replaced(), true, false).contains("--allow-reload"));
        assert_eq!(told(replaced(), false, true), "");
        let deleted = change("Remove", table, None, Some("Delete"));
        assert!(told(deleted, true, true).contains("deleted with its data"));
        let integration = change("Remove", "AWS::Glue::Integration", None, Some("Delete"));
        assert!(told(integration.clone(), false, false).contains("--allow-removal"));
        assert_eq!(told(integration, true, false), "");
        let role = change("Remove", "AWS::IAM::Role", None, Some("Delete"));
        assert_eq!(told(role, false, false), "");
    }

    #[test]
    fn an_ordinary_change_is_one_quiet_line_and_so_is_one_that_a_provider_decides() {
        assert_eq!(
            lines(&[
                change("Modify", "AWS::Lambda::Function", Some("False"), None),
                change(
                    "Modify",
                    "Custom::GlueResourcePolicy",
                    Some("Conditional"),
                    None
                ),
            ]),
            [
                "  ~ Modify  It  AWS::Lambda::Function  (TableName)",
                "  ~ Modify  It  Custom::GlueResourcePolicy  (TableName)",
            ]
        );
    }
}
