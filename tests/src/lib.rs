//! What the end-to-end tests, the benchmarks and the demo share: the project's own Python
//! environment, the local AWS, and what whoever runs the command is granted there. Knows nothing of the
//! provider.

#[expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a broken fake ends the test that uses it, and shows what it saw"
)]
pub mod blackbox;
mod command_rights;
mod local_aws;
mod python;
mod root;

pub use command_rights::CommandRights;
pub use local_aws::{LocalAws, LocalAwsError, Options};
pub use python::{PythonEnv, PythonError};
pub use root::workspace_root;
