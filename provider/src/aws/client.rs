//! The Glue client: made by hand from what Lambda gives, so that a cold start reads no profile
//! and asks no metadata service.

use std::cell::OnceCell;

use aws_sdk_glue::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, HttpClient, IdentityCache, Region,
        StalledStreamProtectionConfig, retry::RetryConfig, timeout::TimeoutConfig,
    },
};

use reqwest::Url;

use super::{caller::Caller, http_client::ReqwestClient};
use crate::{
    deadline::Deadline,
    environment::Keys,
    ports::{CallError, CallErrorKind, CallLog, Connect, Glue, Home},
};

/// Glue in the function's own account.
pub struct AwsGlue {
    http: reqwest::Client,
    keys: Option<Keys>,
    fallback_region: Option<String>,
    endpoint: Option<String>,
    /// Made with the first request, kept for the warm ones.
    client: OnceCell<Client>,
}

impl AwsGlue {
    /// Glue by these keys. Nothing is connected before the first call.
    pub fn new(
        http: reqwest::Client,
        keys: Option<Keys>,
        fallback_region: Option<String>,
        endpoint: Option<String>,
    ) -> Self {
        Self {
            http,
            keys,
            fallback_region,
            endpoint,
            client: OnceCell::new(),
        }
    }

    fn client(&self, home: Option<&Home>) -> Result<&Client, CallError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let local = |message: &str| {
            CallError::local("glue:*", CallErrorKind::Credentials, message.to_owned())
        };
        let keys = self
            .keys
            .as_ref()
            .ok_or_else(|| local("`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are not set"))?;
        let region = home
            .map(|home| home.region.to_string())
            .or_else(|| self.fallback_region.clone())
            .ok_or_else(|| local("neither the function's ARN nor `AWS_REGION` tells the Region"))?;
        if let Some(endpoint) = self
            .endpoint
            .as_deref()
            .filter(|endpoint| !is_address(endpoint))
        {
            let message =
                format!("`AWS_ENDPOINT_URL_GLUE` is `{endpoint}`; an http URL was expected");
            return Err(CallError::local("glue:*", CallErrorKind::Other, message));
        }
        let http = ReqwestClient(self.http.clone());
        let client = Client::from_conf(config(http, keys, region, self.endpoint.as_deref()));
        Ok(self.client.get_or_init(|| client))
    }
}

fn is_address(endpoint: &str) -> bool {
    Url::parse(endpoint).is_ok_and(|url| url.scheme().starts_with("http") && url.has_host())
}

/// Everything that has a default which may change, or which repeats calls, is set here.
pub(super) fn config(
    http: impl HttpClient + 'static,
    keys: &Keys,
    region: String,
    endpoint: Option<&str>,
) -> Config {
    let credentials = Credentials::new(
        &keys.access_key_id,
        &keys.secret_access_key,
        keys.session_token.clone(),
        None,
        "environment",
    );
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::no_cache())
        .region(Region::new(region))
        // Attempts and their bounds are the caller's, who knows the deadline.
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(endpoint.map(ToOwned::to_owned));
    config.build()
}

impl Connect for AwsGlue {
    fn connect<'a>(
        &'a self,
        home: Option<&Home>,
        deadline: Deadline,
        calls: &'a CallLog,
    ) -> Result<Box<dyn Glue + 'a>, CallError> {
        let client = self.client(home)?;
        Ok(Box::new(Session {
            client,
            caller: Caller::new(deadline, calls),
        }))
    }
}

/// Glue for one request.
pub(super) struct Session<'a> {
    pub(super) client: &'a Client,
    pub(super) caller: Caller<'a>,
}
