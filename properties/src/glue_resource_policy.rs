//! `Custom::GlueResourcePolicy`: some statements in the catalog's resource policy.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{EnableHybrid, ForceUpdate, Mode, PolicyDocument, Problems, reader::Reader};

/// Keeps statements in the resource policy of the Data Catalog.
///
/// The catalog has one policy per account and Region. The resource owns its own statements in it,
/// never the document.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(deny_unknown_fields)]
pub struct GlueResourcePolicyProperties {
    /// The statements to keep in the catalog policy: an object with `Version` and `Statement`, or
    /// the same as JSON text.
    pub policy_document: PolicyDocument,
    /// `Merge` keeps other people's statements. `Exclusive` refuses to write while any exist.
    #[schemars(default = "default_mode")]
    pub mode: Mode,
    /// Sent with every put. Glue insists on `TRUE` once Lake Formation shares exist.
    #[schemars(default = "default_hybrid")]
    pub enable_hybrid: EnableHybrid,
    /// Any text. It means nothing: a change makes CloudFormation send an Update, which compares what
    /// is live and mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_update: Option<ForceUpdate>,
}

fn default_mode() -> Mode {
    Mode::Merge
}

fn default_hybrid() -> EnableHybrid {
    EnableHybrid::True
}

impl GlueResourcePolicyProperties {
    /// Every property name that a release ever took. Names may be added, never removed: stacks
    /// roll back to old properties.
    pub const NAMES: &'static [&'static str] = &[
        "PolicyDocument",
        "Mode",
        "EnableHybrid",
        "ForceUpdate",
        "ServiceToken",
        "ServiceTimeout",
    ];

    /// The properties, or everything that is wrong with them.
    pub fn parse(value: &Value) -> Result<Self, Problems> {
        let (properties, problems) = Self::read(value);
        problems.or(properties)
    }

    /// Whatever can be read, and everything that is wrong. Nothing is read where there is no
    /// document at all.
    pub fn read(value: &Value) -> (Option<Self>, Problems) {
        let mut problems = Problems::default();
        let reader = Reader::new(value, "", &mut problems);
        reader.refuse_unknown(Self::NAMES, &mut problems);
        let document = if let Some(document) = reader.get("PolicyDocument") {
            PolicyDocument::read(document, "PolicyDocument", &mut problems)
        } else {
            problems.push("PolicyDocument", "is required");
            None
        };
        let mode = reader
            .parsed("Mode", &mut problems)
            .unwrap_or_else(default_mode);
        let enable_hybrid = hybrid(&reader, &mut problems);
        let force_update = reader.parsed("ForceUpdate", &mut problems);
        (
            document.map(|policy_document| Self {
                policy_document,
                mode,
                enable_hybrid,
                force_update,
            }),
            problems,
        )
    }
}

fn hybrid(reader: &Reader<'_>, problems: &mut Problems) -> EnableHybrid {
    let Some(text) = reader.text("EnableHybrid", problems) else {
        return default_hybrid();
    };
    text.to_ascii_uppercase().parse().unwrap_or_else(|_| {
        let text = crate::name::shown(&text);
        problems.push(
            "EnableHybrid",
            format!("`{text}` is not known; use `TRUE` or `FALSE`"),
        );
        default_hybrid()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({"Version": "2012-10-17", "Statement": [{"Sid": "A"}]})
    }

    #[test]
    fn defaults_are_merge_and_hybrid() {
        let properties =
            GlueResourcePolicyProperties::parse(&json!({"PolicyDocument": document()})).unwrap();
        assert_eq!(
            (properties.mode, properties.enable_hybrid),
            (Mode::Merge, EnableHybrid::True)
        );
        let empty = json!({"PolicyDocument": document(), "Mode": "", "EnableHybrid": ""});
        assert_eq!(
            GlueResourcePolicyProperties::parse(&empty).unwrap(),
            properties
        );
    }

    #[test]
    fn hybrid_is_taken_in_every_form() {
        for no in [json!("FALSE"), json!("false"), json!(false)] {
            let given = json!({"PolicyDocument": document(), "EnableHybrid": no, "ServiceToken": "t",
                "ServiceTimeout": "60"});
            let properties = GlueResourcePolicyProperties::parse(&given).unwrap();
            assert_eq!(properties.enable_hybrid, EnableHybrid::False);
        }
    }

    #[test]
    fn force_update_is_any_text_of_up_to_256_characters() {
        let parse = |text: &Value| {
            let given = json!({"PolicyDocument": document(), "ForceUpdate": text});
            GlueResourcePolicyProperties::parse(&given).map(|properties| properties.force_update)
        };
        let as_text = |text: &Value| parse(text).unwrap().map(|force| force.as_str().to_owned());
        assert_eq!(
            as_text(&json!("2026-11-27 ä")),
            Some("2026-11-27 ä".to_owned())
        );
        assert_eq!(as_text(&json!(7)), Some("7".to_owned()));
        assert_eq!(as_text(&json!("")), None);
        assert!(parse(&json!("ä".repeat(256))).is_ok());
        let problems = parse(&json!("ä".repeat(257))).unwrap_err();
        assert!(problems.to_string().contains("ForceUpdate"), "{problems}");
    }

    #[test]
    fn all_problems_come_at_once() {
        let given = json!({"Polcy": 1, "Mode": "merge", "EnableHybrid": "maybe"});
        let problems = GlueResourcePolicyProperties::parse(&given).unwrap_err();
        let paths: Vec<_> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        assert_eq!(paths, ["Polcy", "PolicyDocument", "Mode", "EnableHybrid"]);
    }

    #[test]
    fn no_released_name_was_ever_removed() {
        for name in [
            "PolicyDocument",
            "Mode",
            "EnableHybrid",
            "ForceUpdate",
            "ServiceToken",
            "ServiceTimeout",
        ] {
            assert!(
                GlueResourcePolicyProperties::NAMES.contains(&name),
                "{name}"
            );
        }
    }
}
