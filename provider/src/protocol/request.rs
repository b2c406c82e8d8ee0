//! What CloudFormation asks for. The envelope is read first and field by field, so that nothing
//! inside the properties can keep us from answering.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Value, value::RawValue};
use zeroetl_properties::text;

use super::{PhysicalId, ResponseUrl, UnusableUrl};

/// The body is no request of CloudFormation: there is nobody to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// Not an object.
    #[error("the body is no object; a CloudFormation custom resource event was expected")]
    NotAnObject,
    /// An SNS record, or a list of them.
    #[error("the body is an SNS envelope; give the function itself as `ServiceToken`, not a topic")]
    Sns,
    /// No place to send the reply to.
    #[error("the body is no CloudFormation custom resource event")]
    Url(#[from] UnusableUrl),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestType {
    /// Make it.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Something that CloudFormation does not send today.
    Unknown(String),
}

macro_rules! text_id {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id, verbatim.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id! {
    /// The stack's ARN, verbatim.
    StackId
}
text_id! {
    /// The resource's name in the template, verbatim.
    LogicalId
}

/// One request of CloudFormation.
#[derive(Debug, Clone)]
pub struct Event {
    /// What is to be done.
    pub request_type: RequestType,
    /// `Custom::…`.
    pub resource_type: String,
    /// The stack that asks.
    pub stack_id: StackId,
    /// CloudFormation's id of the request, echoed in the reply.
    pub request_id: String,
    /// The resource in the template.
    pub logical_id: LogicalId,
    /// Absent on Create.
    pub physical_id: Option<PhysicalId>,
    /// The properties, null where they could not be read.
    pub properties: Value,
    /// The properties before an Update, null where absent or unreadable.
    pub old_properties: Value,
    /// Why the properties could not be read.
    pub unreadable: Option<String>,
    /// Where the reply goes.
    pub url: ResponseUrl,
}

impl Event {
    /// The request in `body`. Whatever is odd about it is kept for the reply, as long as there is
    /// a place to send one.
    pub fn parse(body: &str) -> Result<Self, NotAnEvent> {
        let fields: BTreeMap<String, &RawValue> =
            serde_json::from_str(body).map_err(|_| NotAnEvent::NotAnObject)?;
        if !fields.contains_key("ResponseURL") && fields.contains_key("Records") {
            return Err(NotAnEvent::Sns);
        }
        let text =
            |name: &str| -> Option<String> { serde_json::from_str(fields.get(name)?.get()).ok() };
        let url = ResponseUrl::parse(&text("ResponseURL").ok_or(UnusableUrl::Missing)?)?;
        let request_type = match text("RequestType").unwrap_or_default().as_str() {
            "Create" => RequestType::Create,
            "Update" => RequestType::Update,
            "Delete" => RequestType::Delete,
            other => RequestType::Unknown(other.to_owned()),
        };
        let value = |name: &str| -> Result<Value, String> {
            let Some(raw) = fields.get(name) else {
                return Ok(Value::Null);
            };
            serde_json::from_str(raw.get()).map_err(|error| error.to_string())
        };
        let (properties, unreadable) = match value("ResourceProperties") {
            // Missing properties read as none, so that what is required is named.
            Ok(Value::Null) => (Value::Object(serde_json::Map::new()), None),
            Ok(properties) => (properties, None),
            Err(error) => (Value::Null, Some(error)),
        };
        Ok(Self {
            request_type,
            resource_type: text("ResourceType").unwrap_or_default(),
            stack_id: StackId::new(text("StackId").unwrap_or_default()),
            request_id: text("RequestId").unwrap_or_default(),
            logical_id: LogicalId::new(text("LogicalResourceId").unwrap_or_default()),
            physical_id: text("PhysicalResourceId").and_then(PhysicalId::new),
            properties,
            old_properties: value("OldResourceProperties").unwrap_or_default(),
            unreadable,
            url,
        })
    }

    /// How long CloudFormation waits, where the template says so.
    pub fn service_timeout(&self) -> Option<Duration> {
        let seconds = text(self.properties.get("ServiceTimeout")?)?;
        seconds.trim().parse().ok().map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(more: Value) -> Value {
        let mut event = json!({
            "RequestType": "Create",
            "ResponseURL": "https://host/path?X-Amz-Signature=secret",
            "StackId": "arn:aws:cloudformation:us-east-1:111111111111:stack/s/guid",
            "RequestId": "request-1",
            "ResourceType": "Custom::GlueResourcePolicy",
            "LogicalResourceId": "Policy",
            "ResourceProperties": {"ServiceToken": "t"},
        });
        if let Value::Object(more) = more {
            event.as_object_mut().unwrap().extend(more);
        }
        event
    }

    fn parse(more: Value) -> Event {
        Event::parse(&event(more).to_string()).unwrap()
    }

    #[test]
    fn a_create_has_no_physical_id_and_no_old_properties() {
        let event = parse(json!({}));
        assert_eq!(event.request_type, RequestType::Create);
        assert_eq!(
            (event.physical_id, event.old_properties),
            (None, Value::Null)
        );
        assert_eq!(event.properties, json!({"ServiceToken": "t"}));
    }

    #[test]
    fn odd_fields_do_not_keep_us_from_answering() {
        let event = parse(json!({
            "RequestType": "Refresh", "ResourceType": 7, "PhysicalResourceId": "",
            "ResourceProperties": null, "OldResourceProperties": "x", "StackId": ["x"],
        }));
        assert_eq!(
            event.request_type,
            RequestType::Unknown("Refresh".to_owned())
        );
        assert_eq!(
            (event.resource_type.as_str(), event.stack_id.as_str()),
            ("", "")
        );
        assert_eq!((event.physical_id, event.properties), (None, json!({})));
    }

    #[test]
    fn very_deep_properties_are_reported_and_the_envelope_still_reads() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let body = event(json!({"ResourceProperties": "DEEP"})).to_string();
        let event = Event::parse(&body.replace("\"DEEP\"", &deep)).unwrap();
        assert_eq!(
            (event.request_id.as_str(), event.properties),
            ("request-1", Value::Null)
        );
        assert!(event.unreadable.unwrap().contains("recursion limit"));
    }

    #[test]
    fn what_is_no_event_is_told_from_what_is() {
        let not = |body: &str| Event::parse(body).unwrap_err();
        for body in ["[]", "7", "null", "\"x\"", "{", ""] {
            assert_eq!(not(body), NotAnEvent::NotAnObject, "{body}");
        }
        assert_eq!(
            not(r#"{"Records": [{"Sns": {"Message": "{}"}}]}"#),
            NotAnEvent::Sns
        );
        assert_eq!(not("{}"), NotAnEvent::Url(UnusableUrl::Missing));
        assert_eq!(
            not(r#"{"ResponseURL": 5}"#),
            NotAnEvent::Url(UnusableUrl::Missing)
        );
        assert_eq!(
            not(r#"{"ResponseURL": "http://example.com/"}"#),
            NotAnEvent::Url(UnusableUrl::NotSecret)
        );
    }

    #[test]
    fn a_service_timeout_is_read_from_text_and_number() {
        for timeout in [json!("60"), json!(60), json!(" 60 ")] {
            let event = parse(json!({"ResourceProperties": {"ServiceTimeout": timeout}}));
            assert_eq!(event.service_timeout(), Some(Duration::from_mins(1)));
        }
        let event = parse(json!({"ResourceProperties": {"ServiceTimeout": "soon"}}));
        assert_eq!(event.service_timeout(), None);
    }

    #[test]
    fn the_url_is_not_in_the_debug_text() {
        let text = format!("{:?}", parse(json!({})));
        assert!(!text.contains("secret") && !text.contains("host/path"));
    }
}
