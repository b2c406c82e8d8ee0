//! The products: each makes templates of the model from its input. None knows an emitter.

pub mod zero_etl;
