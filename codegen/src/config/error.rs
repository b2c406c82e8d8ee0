//! Mistakes in a config file, shown where they stand: the line, a caret, what was expected.

use std::{fmt, io, ops::Range, path::PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Why there is no config.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no config file `{}`; write one, or name another by `--config`", .0.display())]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the config: `table[1].partition_by[0].conversion`. Empty for the file itself.
    pub path: String,
    /// What is wrong and what to change.
    pub message: String,
    /// The bytes of the file that are wrong.
    pub span: Range<usize>,
    /// What stands beside the caret.
    pub label: String,
    /// Other places that the message speaks of.
    pub related: Vec<(Range<usize>, String)>,
}

/// All mistakes of one file, in the order of the file. `Display` shows each with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    /// The file's name, as the user gave it.
    pub file: String,
    /// The file's text.
    pub text: String,
    /// The mistakes, at least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renderer = Renderer::plain();
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n\n")?;
            }
            formatter.write_str(&renderer.render(&[self.report(problem)]))?;
        }
        Ok(())
    }
}

impl Mistakes {
    fn report<'a>(&'a self, problem: &'a Problem) -> annotate_snippets::Group<'a> {
        let title = if problem.path.is_empty() {
            problem.message.clone()
        } else {
            format!("`{}`: {}", problem.path, problem.message)
        };
        let primary = AnnotationKind::Primary
            .span(self.visible(&problem.span))
            .label(&problem.label);
        let related = problem.related.iter().map(|(span, label)| {
            AnnotationKind::Context
                .span(self.visible(span))
                .label(label)
        });
        Level::ERROR.primary_title(title).element(
            Snippet::source(&self.text)
                .path(&self.file)
                .annotation(primary)
                .annotations(related),
        )
    }

    /// The span inside the text, on one line: a section is marked at its heading.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.start.min(self.text.len());
        let end = span.end.clamp(start, self.text.len());
        let line = self
            .text
            .get(start..end)
            .and_then(|marked| marked.find('\n'));
        start..line.map_or(end, |length| start + length)
    }
}
