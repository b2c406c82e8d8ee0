//! CloudFormation's language: what a request holds, how a reply looks, how it is delivered.
//! Knows no AWS service and no resource.

mod callback;
mod physical_id;
mod request;
mod response;
mod response_url;

pub use callback::{Courier, Undelivered};
pub use physical_id::PhysicalId;
pub use request::{Event, LogicalId, NotAnEvent, RequestType, StackId};
pub use response::{IdsTooLong, MAX_BYTES, Reply, Status};
pub use response_url::{ResponseUrl, UnusableUrl};
