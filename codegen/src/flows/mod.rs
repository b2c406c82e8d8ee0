//! What is one flow's own. The flows never know each other.

pub(crate) mod zero_etl;
