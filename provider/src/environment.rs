//! What the process reads from its environment. The only module that does.

use std::env;

/// Credentials as Lambda hands them over.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`, absent with long-lived keys.
    pub session_token: Option<String>,
}

/// The environment of the function.
#[derive(Clone, Default)]
pub struct Environment {
    /// Where the function's log goes: `AWS_LAMBDA_LOG_STREAM_NAME`.
    pub log_stream: Option<String>,
    /// How much is logged: `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`.
    pub log_level: Option<String>,
    /// The Region, should the function's own ARN not tell.
    pub region: Option<String>,
    /// Absent when either half is missing.
    pub keys: Option<Keys>,
    /// `AWS_ENDPOINT_URL_GLUE`, else `AWS_ENDPOINT_URL`, as in every AWS SDK.
    pub glue_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_CLOUDFORMATION`, else `AWS_ENDPOINT_URL`.
    pub cloudformation_endpoint: Option<String>,
}

impl Environment {
    /// The environment as it is now. Empty variables count as absent.
    pub fn read() -> Self {
        Self::from(|name| env::var(name).ok())
    }

    fn from(read: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| read(name).filter(|value| !value.is_empty());
        let keys = get("AWS_ACCESS_KEY_ID")
            .zip(get("AWS_SECRET_ACCESS_KEY"))
            .map(|(access_key_id, secret_access_key)| Keys {
                access_key_id,
                secret_access_key,
                session_token: get("AWS_SESSION_TOKEN"),
            });
        let ignore_endpoints = get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let endpoint = |of_service: &str| {
            get(of_service)
                .or_else(|| get("AWS_ENDPOINT_URL"))
                .filter(|_| !ignore_endpoints)
        };
        Self {
            log_stream: get("AWS_LAMBDA_LOG_STREAM_NAME"),
            log_level: get("AWS_LAMBDA_LOG_LEVEL").or_else(|| get("RUST_LOG")),
            region: get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION")),
            keys,
            glue_endpoint: endpoint("AWS_ENDPOINT_URL_GLUE"),
            cloudformation_endpoint: endpoint("AWS_ENDPOINT_URL_CLOUDFORMATION"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        Environment::from(move |name| {
            variables
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn half_a_pair_of_keys_is_none() {
        assert!(environment(&[("AWS_ACCESS_KEY_ID", "a")]).keys.is_none());
        assert!(
            environment(&[("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "")])
                .keys
                .is_none()
        );
        let keys = environment(&[("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")]).keys;
        assert!(keys.is_some_and(|keys| keys.session_token.is_none()));
    }

    #[test]
    fn the_endpoint_of_a_service_goes_before_the_general_one() {
        let both = [
            ("AWS_ENDPOINT_URL", "http://a"),
            ("AWS_ENDPOINT_URL_GLUE", "http://b"),
            ("AWS_ENDPOINT_URL_CLOUDFORMATION", "http://c"),
        ];
        let found = environment(&both).cloudformation_endpoint;
        assert_eq!(found.as_deref(), Some("http://c"));
        assert_eq!(
            environment(&both).glue_endpoint.as_deref(),
            Some("http://b")
        );
        assert_eq!(
            environment(&both[..1]).glue_endpoint.as_deref(),
            Some("http://a")
        );
        let ignored = [both[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")];
        assert_eq!(environment(&ignored).glue_endpoint, None);
    }
}
