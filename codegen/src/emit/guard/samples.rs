//! Values of properties that the rules take, and others that they refuse, made from the schema.

use regex_lite::Regex;
use serde_json::{Value as Json, json};

use super::{is_flag, words};

/// A provider, as `ServiceToken` names it.
pub(super) const PROVIDER: &str = "arn:aws:lambda:us-east-1:222222222222:function:provider";
/// Texts of which every pattern takes one.
const RIGHT: [&str; 2] = [
    "orders",
    "arn:aws:glue:us-east-1:222222222222:database/orders",
];
/// Texts of which every pattern refuses one.
const WRONG: [&str; 2] = ["Orders", "orders\t"];

/// What one property takes and refuses; the latter with a word on what is wrong.
#[derive(Debug, Default)]
pub(super) struct Samples {
    pub(super) right: Vec<Json>,
    pub(super) wrong: Vec<(String, Json)>,
}

impl Samples {
    /// Of a flag, a choice or a text; nothing of everything else.
    pub(super) fn of(schema: &Json, required: bool) -> Self {
        if is_flag(schema) {
            Self::flag()
        } else if let Some(words) = words(schema) {
            Self::choice(&words, required)
        } else {
            Self::text(schema, required)
        }
    }

    fn flag() -> Self {
        let right = vec![json!(true), json!(false), json!("TRUE"), json!("false")];
        let mut samples = Self {
            right,
            ..Self::default()
        };
        samples.right.push(json!(""));
        samples.refuse("`perhaps`", "perhaps");
        samples
    }

    fn choice(words: &[&str], required: bool) -> Self {
        let mut samples = Self {
            right: words.iter().map(|word| json!(word)).collect(),
            ..Self::default()
        };
        if !required {
            samples.right.push(json!(""));
        }
        let first = words.first().copied().unwrap_or_default();
        for other in [first.to_lowercase(), first.to_uppercase()] {
            if !words.contains(&other.as_str()) {
                samples.refuse(&format!("`{other}`"), &other);
            }
        }
        samples
    }

    fn text(schema: &Json, required: bool) -> Self {
        let mut samples = Self::default();
        let pattern = schema["pattern"].as_str().map(Regex::new);
        let Some(Ok(pattern)) = pattern else {
            return samples;
        };
        if let Some(right) = RIGHT.into_iter().find(|text| pattern.is_match(text)) {
            samples.right.push(json!(right));
            let most = schema["maxLength"].as_u64();
            if let Some(most) = most.and_then(|most| usize::try_from(most).ok()) {
                let longest = format!("{right:a<most$}");
                samples.refuse(&format!("{} characters", most + 1), &format!("{longest}a"));
                samples.right.push(json!(longest));
            }
        }
        if let Some(wrong) = WRONG.into_iter().find(|text| !pattern.is_match(text)) {
            samples.refuse(&format!("`{}`", wrong.escape_default()), wrong);
        }
        if required {
            samples.refuse("an empty text", "");
        } else {
            samples.right.push(json!(""));
        }
        samples
    }

    fn refuse(&mut self, what: &str, value: &str) {
        self.wrong.push((what.to_owned(), json!(value)));
    }
}

/// Something that is known at deployment only.
pub(super) fn filled_in_later() -> Json {
    json!({"Ref": "AWS::StackName"})
}

/// Something that may not be there.
pub(super) fn chosen_later(value: &Json) -> Json {
    json!({"Fn::If": ["Wanted", value, {"Ref": "AWS::NoValue"}]})
}

/// A statement that Glue takes.
pub(super) fn statement() -> Json {
    json!({
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": "glue:CreateInboundIntegration",
        "Resource": "arn:aws:glue:us-east-1:222222222222:catalog",
    })
}

/// Statements that are fine in other ways, and some that are not.
pub(super) fn statements() -> Samples {
    let sample = statement();
    let mut right = vec![sample.clone(), chosen_later(&sample), filled_in_later()];
    let mut wrong = Vec::new();
    for (key, value) in [
        ("Effect", json!("Deny")),
        ("Sid", json!("Reader1")),
        ("Sid", filled_in_later()),
        ("Resource", filled_in_later()),
        ("Resource", json!([sample["Resource"]])),
    ] {
        right.push(with(&sample, key, value));
    }
    for (key, other) in [("Principal", "NotPrincipal"), ("Action", "NotAction")] {
        let value = sample[key].clone();
        right.push(with(&without(&sample, key), other, value));
    }
    for key in ["Effect", "Principal", "Action", "Resource"] {
        wrong.push((format!("no {key}"), without(&sample, key)));
    }
    for (key, value) in [("Effect", "allow"), ("Resource", "*"), ("Sid", "a-b")] {
        let what = format!("{key} `{value}`");
        wrong.push((what, with(&sample, key, json!(value))));
    }
    Samples { right, wrong }
}

/// The object with one more value, or another one.
pub(super) fn with(object: &Json, key: &str, value: Json) -> Json {
    let mut object = object.clone();
    object[key] = value;
    object
}

/// The object with one value less.
pub(super) fn without(object: &Json, key: &str) -> Json {
    let mut object = object.clone();
    if let Some(values) = object.as_object_mut() {
        values.shift_remove(key);
    }
    object
}
