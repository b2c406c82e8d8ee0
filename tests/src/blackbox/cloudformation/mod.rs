//! CloudFormation's side of a custom resource: what it sends, what it accepts, and what a stack
//! does with the answers. Knows nothing of what the resources mean.

mod reply;
mod request;
mod stacks;
mod stringify;

pub use reply::{PHYSICAL_ID_LIMIT, REPLY_LIMIT, Reply};
pub use request::{CfnRequest, RequestType, service_token, stack_id, unique_number};
pub use stacks::{Listed, Stacks, refusal};
pub use stringify::stringify;
