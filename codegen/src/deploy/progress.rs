//! Where the story of an operation goes: one line at a time, while it happens.

/// Takes the lines that a user reads while waiting. Never data: results go elsewhere.
pub trait Progress {
    /// One line, without its line end.
    fn line(&self, text: &str);
}
