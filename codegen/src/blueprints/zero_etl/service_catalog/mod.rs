//! The three stacks as products of Service Catalog, for people who may not touch IAM.
//!
//! [`catalog`] makes the templates around them: the bucket of the releases, the launch role of each
//! product, the portfolio, and what an account needs that the portfolio is shared with. The
//! products' own templates are those of the product for everybody, version by version.

mod access;
mod bucket;
mod constraints;
mod launch_role;
mod parameters;
mod places;
mod portfolio;
mod products;
mod versions;

use crate::{
    model::{Origin, Template},
    permissions::Unreviewed,
    plan::StackKind,
};

pub use versions::{Published, Version};

const INSTEAD: &str = "set the parameters";

/// The templates by their names.
pub fn catalog(versions: &[Version]) -> Result<Vec<(&'static str, Template)>, Unreviewed> {
    Ok(vec![
        ("release-bucket", bucket::template()),
        (
            "launch-role-source",
            launch_role::template(StackKind::Source)?,
        ),
        (
            "launch-role-target",
            launch_role::template(StackKind::Target)?,
        ),
        (
            "launch-role-integration",
            launch_role::template(StackKind::Integration)?,
        ),
        ("portfolio", portfolio::template(versions)),
        ("access", access::template()),
    ])
}

fn origin(blueprint: &'static str) -> Origin {
    Origin {
        blueprint,
        instead: INSTEAD,
    }
}
