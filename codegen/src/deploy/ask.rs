//! Whether somebody consents: by a flag, or by an answer on a terminal. Nobody answers for anybody.

use std::future::Future;

/// Somebody who can be asked.
pub trait Ask {
    /// Asks a question that is answered by yes or no; `None` where nobody can be asked.
    fn ask(&self, question: &str) -> impl Future<Output = Option<bool>>;
}
