//! One file per verb: arguments, and what the verb does with them.

pub mod deploy;
pub mod destroy;
pub mod generate;
mod output;
mod session;
pub mod status;
mod terminal;
