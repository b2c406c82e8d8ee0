//! The clients: made by hand from what Lambda gives, so that a cold start reads no profile and asks
//! no metadata service.

use std::cell::OnceCell;

use aws_sdk_cloudformation as cloudformation;
use aws_sdk_glue::{
    self as glue,
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
    ports::{CallError, CallErrorKind, CallLog, Connect, Home, Services},
};

/// Where services are, where that is not AWS's own place.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Of Glue.
    pub glue: Option<String>,
    /// Of CloudFormation.
    pub cloudformation: Option<String>,
}

/// The services in the function's own account.
pub struct Aws {
    http: reqwest::Client,
    keys: Option<Keys>,
    fallback_region: Option<String>,
    endpoints: Endpoints,
    /// Made with the first request, kept for the warm ones.
    glue: OnceCell<glue::Client>,
    /// Made when it is needed first: only some Deletes ask CloudFormation.
    pub(super) cloudformation: OnceCell<cloudformation::Client>,
}

impl Aws {
    /// The services by these keys. Nothing is connected before the first call.
    pub fn new(
        http: reqwest::Client,
        keys: Option<Keys>,
        fallback_region: Option<String>,
        endpoints: Endpoints,
    ) -> Self {
        Self {
            http,
            keys,
            fallback_region,
            endpoints,
            glue: OnceCell::new(),
            cloudformation: OnceCell::new(),
        }
    }

    fn glue(&self, home: Option<&Home>) -> Result<&glue::Client, CallError> {
        if let Some(client) = self.glue.get() {
            return Ok(client);
        }
        let endpoint = checked(
            "glue:*",
            "AWS_ENDPOINT_URL_GLUE",
            self.endpoints.glue.as_deref(),
        )?;
        let (keys, region) = self.identity("glue:*", home)?;
        let http = ReqwestClient(self.http.clone());
        let client = glue::Client::from_conf(glue_config(http, keys, region, endpoint));
        Ok(self.glue.get_or_init(|| client))
    }

    pub(super) fn cloudformation(
        &self,
        home: Option<&Home>,
    ) -> Result<&cloudformation::Client, CallError> {
        if let Some(client) = self.cloudformation.get() {
            return Ok(client);
        }
        let action = "cloudformation:*";
        let variable = "AWS_ENDPOINT_URL_CLOUDFORMATION";
        let endpoint = checked(action, variable, self.endpoints.cloudformation.as_deref())?;
        let (keys, region) = self.identity(action, home)?;
        let http = ReqwestClient(self.http.clone());
        let config = cloudformation_config(http, keys, region, endpoint);
        let client = cloudformation::Client::from_conf(config);
        Ok(self.cloudformation.get_or_init(|| client))
    }

    /// As whom, and where.
    fn identity(
        &self,
        action: &'static str,
        home: Option<&Home>,
    ) -> Result<(&Keys, String), CallError> {
        let local = |message: &str| {
            CallError::local(action, CallErrorKind::Credentials, message.to_owned())
        };
        let keys = self
            .keys
            .as_ref()
            .ok_or_else(|| local("`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are not set"))?;
        let region = home
            .map(|home| home.region.to_string())
            .or_else(|| self.fallback_region.clone())
            .ok_or_else(|| local("neither the function's ARN nor `AWS_REGION` tells the Region"))?;
        Ok((keys, region))
    }
}

/// The endpoint, if it is an address.
fn checked<'e>(
    action: &'static str,
    variable: &str,
    endpoint: Option<&'e str>,
) -> Result<Option<&'e str>, CallError> {
    let Some(endpoint) = endpoint else {
        return Ok(None);
    };
    let is_address =
        Url::parse(endpoint).is_ok_and(|url| url.scheme().starts_with("http") && url.has_host());
    if is_address {
        return Ok(Some(endpoint));
    }
    let message = format!("`{variable}` is `{endpoint}`; an http URL was expected");
    Err(CallError::local(action, CallErrorKind::Other, message))
}

/// The configuration of a service. Each SDK crate has a type of its own for it, with the same methods.
macro_rules! config {
    ($name:ident, $service:ident) => {
        /// Everything that has a default which may change, or which repeats calls, is set here.
        pub(super) fn $name(
            http: impl HttpClient + 'static,
            keys: &Keys,
            region: String,
            endpoint: Option<&str>,
        ) -> $service::Config {
            let credentials = Credentials::new(
                &keys.access_key_id,
                &keys.secret_access_key,
                keys.session_token.clone(),
                None,
                "environment",
            );
            let mut config = $service::Config::builder()
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
    };
}

config!(glue_config, glue);
config!(cloudformation_config, cloudformation);

impl Connect for Aws {
    fn connect<'a>(
        &'a self,
        home: Option<&Home>,
        deadline: Deadline,
        calls: &'a CallLog,
    ) -> Result<Box<dyn Services + 'a>, CallError> {
        let client = self.glue(home)?;
        Ok(Box::new(Session {
            client,
            aws: self,
            home: home.cloned(),
            caller: Caller::new(deadline, calls),
        }))
    }
}

/// The services for one request.
pub(super) struct Session<'a> {
    pub(super) client: &'a glue::Client,
    pub(super) aws: &'a Aws,
    pub(super) home: Option<Home>,
    pub(super) caller: Caller<'a>,
}
