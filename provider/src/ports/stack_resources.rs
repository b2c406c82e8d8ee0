//! The resources of a stack, as CloudFormation lists them.

use super::Call;

/// One resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// What its provider called it; absent until the provider has answered.
    pub physical_id: Option<String>,
    /// `CREATE_COMPLETE`, `DELETE_IN_PROGRESS`, ….
    pub status: String,
}

/// The resources of the stacks of the account.
pub trait StackResources {
    /// Every resource of this stack, all pages of them.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for `cloudformation:ListStackResources`, which the roles of older templates lack.
    fn list<'a>(&'a self, stack_id: &'a str) -> Call<'a, Vec<StackResource>>;
}
