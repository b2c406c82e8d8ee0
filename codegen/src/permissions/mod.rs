//! What whoever deploys a template has to be allowed to do: exactly the actions that the handlers
//! of its resource types call for what the template sets, no more.
//!
//! `handlers` is what AWS publishes of each type, copied from the registry; `review` is what we
//! know of each of those actions; [`needs()`] puts both together for a template of the model. Knows
//! neither our products nor any file format.

mod handlers;
mod needs;
mod place;
mod presence;
mod review;

pub use handlers::Operation;
pub use needs::{DemandedBoundary, Need, needs, statements};
pub use place::{Boundary, On, Place};
pub use review::Unreviewed;
