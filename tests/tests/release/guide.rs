//! The guide of a release: its commands are run as they stand there, one page after the other, in
//! what behaves as one shell. What needs AWS itself is checked as far as that goes without it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::Release;
use crate::world::World;

/// Every page that was written by hand.
pub(crate) const PAGES: [&str; 5] = [
    "index.md",
    "options.md",
    "stacksets.md",
    "service-catalog.md",
    "guard.md",
];

/// Where the names are that all commands use.
const NAMES: &str = "Names";

/// What stands for `aws` in a block that needs AWS. Commands of the API are checked against the
/// CLI's own model of it; those of `deploy` for their files, and for values that were forgotten.
const CHECKED_ONLY: &str = r#"
aws() {
  case " $* " in
    *" cloudformation deploy "*)
      while [ $# -gt 0 ]; do
        case "$1" in
          --template-file) [ -f "$2" ] || { echo "there is no $2" >&2; return 1; } ;;
          file://*)
            [ -f "${1#file://}" ] || { echo "there is no $1" >&2; return 1; }
            if grep '<' "${1#file://}" >&2; then echo "not filled in: $1" >&2; return 1; fi ;;
        esac
        shift
      done ;;
    *" cloudformation describe-stacks "*) ;;
    *) command aws "$@" --generate-cli-skeleton output ;;
  esac
}
"#;

/// A block of a page between its fences.
#[derive(Debug)]
pub(crate) struct Block {
    /// The heading that it stands under.
    pub(crate) heading: String,
    pub(crate) language: String,
    /// The paragraph before it, in one line.
    lead: String,
    body: String,
}

impl Block {
    /// Nothing is wanted that is not here.
    fn runs_here(&self) -> bool {
        !self.lead.contains("(needs ")
    }

    /// What the guide says to save the block as.
    fn file(&self) -> Option<&str> {
        let (_, rest) = self.lead.rsplit_once("Save this as `")?;
        Some(rest.split_once('`')?.0)
    }
}

/// The blocks of a page, in order.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut heading = String::new();
    let mut paragraph = String::new();
    let mut lines = text.lines();
    let mut ended = false;
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body = lines.by_ref().take_while(|line| *line != "```");
            let body: Vec<&str> = body.flat_map(|line| [line, "\n"]).collect();
            blocks.push(Block {
                heading: heading.clone(),
                language: language.to_owned(),
                lead: std::mem::take(&mut paragraph),
                body: body.concat(),
            });
        } else if line.starts_with('#') {
            line.trim_start_matches(['#', ' ']).clone_into(&mut heading);
            paragraph.clear();
        } else if line.is_empty() {
            ended = true;
        } else {
            if std::mem::take(&mut ended) {
                paragraph.clear();
            }
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    blocks
}

/// Somebody who follows the guide in the folder of a release.
pub(crate) struct Reader<'a> {
    world: &'a World,
    folder: PathBuf,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(world: &'a World, release: &Release) -> Self {
        Self {
            world,
            folder: release.path(),
        }
    }

    fn page(&self, name: &str) -> Vec<Block> {
        let path = self.folder.join("guide").join(name);
        blocks(&fs::read_to_string(path).unwrap())
    }

    /// Runs the commands of a page that stand under one of the headings; all without headings.
    #[track_caller]
    pub(crate) fn follow(&self, page: &str, headings: &[&str]) {
        let names = self.page("index.md");
        let names = names.iter().filter(|block| block.heading == NAMES);
        let mut script: String = names.map(|block| block.body.clone()).collect();
        let mut found: Vec<String> = Vec::new();
        for block in self.page(page) {
            if !(headings.is_empty() || headings.contains(&block.heading.as_str())) {
                continue;
            }
            if let Some(file) = block.file() {
                self.save(file, &block.body);
            }
            if block.language == "sh" {
                script.push_str(&as_it_can_be_run(&block));
            }
            found.push(block.heading);
        }
        for heading in headings {
            assert!(
                found.iter().any(|it| it == heading),
                "`{page}` has no commands under `{heading}`"
            );
        }
        let output = self.world.shell(&self.folder, &script);
        assert!(
            output.status.success(),
            "`{page}` {headings:?}\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Saves a block as the guide says. Templates have to be right.
    fn save(&self, file: &str, body: &str) {
        fs::write(self.folder.join(file), body).unwrap();
        if Path::new(file).extension().is_some_and(|it| it == "yaml") {
            self.lint(file);
        }
    }

    /// Wants cfn-lint to find nothing in a template.
    #[track_caller]
    pub(crate) fn lint(&self, file: &str) {
        let linted = self.world.shell(&self.folder, &format!("cfn-lint {file}"));
        let text = String::from_utf8_lossy(&linted.stdout).into_owned();
        assert!(linted.status.success(), "{file}: {text}");
    }
}

fn as_it_can_be_run(block: &Block) -> String {
    if block.runs_here() {
        return block.body.clone();
    }
    if block.lead.contains("(needs AWS)") {
        return format!("{CHECKED_ONLY}{}unset -f aws\n", block.body);
    }
    String::new()
}
