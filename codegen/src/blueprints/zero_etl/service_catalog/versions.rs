//! Which versions there are. A published one stays as it is: products that people have launched
//! are made of it.

use serde::Deserialize;

/// A version's name, such as `1.2.3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// What was published, oldest first; `templates/service-catalog/published.json`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    versions: Vec<Entry>,
}

/// One published version, as far as templates are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Entry {
    version: String,
    /// By stack, the SHA-256 of its YAML.
    templates: std::collections::BTreeMap<String, String>,
}

impl Published {
    /// What is recorded.
    pub fn recorded() -> Self {
        let text = include_str!("../../../../../templates/service-catalog/published.json");
        // Read by a test before it can get into a release.
        serde_json::from_str(text).unwrap_or_default()
    }

    /// All published versions and the one that is being made, oldest first.
    pub fn with_current(&self, current: &str) -> Vec<Version> {
        let mut versions: Vec<Version> = self
            .versions
            .iter()
            .map(|entry| Version(entry.version.clone()))
            .collect();
        if !versions.iter().any(|version| version.0 == current) {
            versions.push(Version(current.to_owned()));
        }
        versions
    }

    /// The stacks of `current` whose templates are not what was published under that name.
    pub fn changed<'a>(
        &self,
        current: &str,
        hashes: impl IntoIterator<Item = (&'a str, String)>,
    ) -> Vec<&'a str> {
        let Some(entry) = self.versions.iter().find(|entry| entry.version == current) else {
            return Vec::new();
        };
        hashes
            .into_iter()
            .filter(|(stack, hash)| entry.templates.get(*stack) != Some(hash))
            .map(|(stack, _)| stack)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published() -> Published {
        serde_json::from_str(
            r#"{"versions": [
                {"version": "1.0.0", "templates": {"source": "aa", "target": "bb"}},
                {"version": "1.1.0", "templates": {"source": "cc", "target": "dd"}}
            ]}"#,
        )
        .unwrap()
    }

    #[test]
    fn the_record_can_be_read() {
        let text = include_str!("../../../../../templates/service-catalog/published.json");
        let read: Published = serde_json::from_str(text).unwrap();
        assert_eq!(read, Published::recorded());
    }

    #[test]
    fn the_version_that_is_being_made_is_the_newest() {
        let names =
            |versions: Vec<Version>| versions.into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(
            names(published().with_current("1.2.0")),
            ["1.0.0", "1.1.0", "1.2.0"]
        );
        assert_eq!(names(published().with_current("1.1.0")), ["1.0.0", "1.1.0"]);
    }

    #[test]
    fn a_published_version_may_not_change() {
        let now = |source: &str| [("source", source.to_owned()), ("target", "dd".to_owned())];
        assert_eq!(published().changed("1.1.0", now("ee")), ["source"]);
        assert!(published().changed("1.1.0", now("cc")).is_empty());
        assert!(published().changed("1.2.0", now("ee")).is_empty());
    }
}
