//! What a deployment has done so far, kept while it happens: whatever is said at its end is made from
//! this, not from what was planned. Pure.

use std::fmt;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// An empty stack whose creation had failed was deleted.
    DeletedEmpty {
        /// Its name.
        stack: String,
    },
    /// Replication ended.
    Ended {
        /// The source tables.
        tables: Vec<String>,
        /// The integration stack, where it was deleted.
        deleted: Option<String>,
    },
    /// A stack was made.
    Made {
        /// Its name.
        stack: String,
    },
    /// A stack was updated.
    Updated {
        /// Its name.
        stack: String,
    },
    /// Something was mended by a direct call.
    Mended(String),
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeletedEmpty { stack } => write!(
                f,
                "stack `{stack}`, whose creation had failed and which held nothing, is deleted"
            ),
            Self::Ended { tables, deleted } => {
                let tables: Vec<_> = tables.iter().map(|table| format!("`{table}`")).collect();
                write!(f, "the replication of {} has ended", tables.join(", "))?;
                match deleted {
                    Some(stack) => write!(f, ", and stack `{stack}` is deleted"),
                    None => Ok(()),
                }
            }
            Self::Made { stack } => write!(f, "stack `{stack}` is made"),
            Self::Updated { stack } => write!(f, "stack `{stack}` is updated"),
            Self::Mended(what) => f.write_str(what),
        }
    }
}

/// A deployment that stopped before its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    /// What it had done, in order.
    pub done: Vec<Deed>,
    /// The stacks that it did not get to.
    pub left: Vec<String>,
}

impl Stopped {
    /// The source tables whose replication ended and was not made again.
    fn ended(&self) -> Vec<String> {
        let tables = self.done.iter().filter_map(|deed| match deed {
            Deed::Ended { tables, .. } => Some(tables),
            _ => None,
        });
        tables.flatten().map(|table| format!("`{table}`")).collect()
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.done.is_empty() {
            write!(f, "\n  before that, this run had changed nothing")?;
        } else {
            write!(f, "\n  before that, this run had done:")?;
            for deed in &self.done {
                write!(f, "\n    {deed}")?;
            }
        }
        if !self.left.is_empty() {
            let left: Vec<_> = self.left.iter().map(|stack| format!("`{stack}`")).collect();
            write!(f, "\n  it did not get to: {}", left.join(", "))?;
        }
        let ended = self.ended();
        if !ended.is_empty() {
            write!(
                f,
                "\n  next: nothing replicates {} until `zeroetl deploy` comes to its end: tables \
                 that the config names are then loaded from the start",
                ended.join(", ")
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_what_was_done() {
        assert_eq!(
            Stopped::default().to_string(),
            "\n  before that, this run had changed nothing"
        );
        let stopped = Stopped {
            done: vec![
                Deed::Ended {
                    tables: vec!["Orders".to_owned()],
                    deleted: Some("demo-integration".to_owned()),
                },
                Deed::Updated {
                    stack: "demo-source".to_owned(),
                },
            ],
            left: vec!["demo-integration".to_owned()],
        };
        assert_eq!(
            stopped.to_string(),
            "\n  before that, this run had done:\n    the replication of `Orders` has ended, and \
             stack `demo-integration` is deleted\n    stack `demo-source` is updated\n  it did not \
             get to: `demo-integration`\n  next: nothing replicates `Orders` until `zeroetl deploy` \
             comes to its end: tables that the config names are then loaded from the start"
        );
    }
}
