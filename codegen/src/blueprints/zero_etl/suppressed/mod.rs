//! What security scanners find in our templates and what does not apply, with the reasons, for
//! whoever reviews the templates. A finding that has a right fix is fixed, and not here.
//!
//! The tests of `cdk-constructs/test/scanners` and `tests/lint/checkov_scan.py` fail on a finding
//! that is not suppressed and on a suppression that nothing finds.

mod release;
mod stacks;
mod wildcards;

pub(super) use release::in_release_bucket;
pub(super) use stacks::in_stack;
pub(super) use wildcards::in_policy;
