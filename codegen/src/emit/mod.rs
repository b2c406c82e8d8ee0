//! From the model to text. Emitters see only the model, decide nothing and touch no disk.

pub mod cdk;
pub mod cfn;
pub mod guard;
pub mod reference;
pub mod schema;
