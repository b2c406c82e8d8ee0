//! The `zeroetl` command as a library: config → model → files, and the deployment of the result.

pub mod blueprints;
pub mod cli;
pub mod commands;
pub mod config;
pub mod deploy;
pub mod emit;
pub mod files;
mod flows;
pub mod generation;
pub mod limits;
pub mod model;
pub mod permissions;
pub mod plan;
mod regular_file;
mod shell;
pub mod visible;
