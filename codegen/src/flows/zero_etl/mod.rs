//! DynamoDB to a lakehouse by Glue zero-ETL: what a deployment does, computed from what is deployed,
//! what is live and what is wanted.

pub(crate) mod consent;
pub(crate) mod drift;
pub(crate) mod live;
pub(crate) mod owner;
pub(crate) mod statements;
pub(crate) mod steps;
pub(crate) mod undeployed;
pub(crate) mod variant;
