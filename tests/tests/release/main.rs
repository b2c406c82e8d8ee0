//! The release folder, used as somebody uses it who has nothing else: copied elsewhere, uploaded to
//! a bucket, deployed with the AWS CLI.
//!
//! `cargo xtask package --release-dir dist` makes the folder; `ZEROETL_RELEASE` names another one.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod contents;
mod folder;
mod guide;
mod life;
mod world;
