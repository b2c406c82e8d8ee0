//! End to end: the committed templates, the packaged provider and the built command, by real
//! CloudFormation operations on the local AWS. One server for all tests; each test has accounts of
//! its own. IAM is enforced: who deploys is a user with the committed deployer policies
//! (`deployer.rs`), and the functions have their roles.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed step fails the test"
)]

mod awscli;
mod bad_input;
mod change;
mod command;
mod consent;
mod deployer;
mod expected;
mod interrupted;
mod lifecycle;
mod mending;
mod options;
mod others;
mod pieces;
mod stacks;
mod stage;
mod trust;
mod two_stacks;
