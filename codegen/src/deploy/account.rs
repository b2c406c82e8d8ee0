//! One side of the deployment: an account, its Region and how to sign in to it. The only place that
//! loads AWS configuration; knows no service.

use std::fmt;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};

use crate::plan::StackKind;
use crate::shell::word;

/// Which of the two accounts, in the words of the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The account of the DynamoDB table and of the integration.
    Source,
    /// The account of the database.
    Target,
}

impl Side {
    /// The word that the config file and the flags use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
        }
    }
}

impl From<StackKind> for Side {
    fn from(kind: StackKind) -> Self {
        match kind {
            StackKind::Source | StackKind::Integration => Self::Source,
            StackKind::Target => Self::Target,
        }
    }
}

/// Who is asked, for messages and for the commands that they suggest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Source or target.
    pub side: Side,
    /// The account that the plan expects, 12 digits.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The AWS profile; the SDK's default chain when absent.
    pub profile: Option<String>,
}

impl Login {
    /// How the credentials are found, as a phrase.
    pub fn credentials(&self) -> String {
        match &self.profile {
            Some(profile) => format!("profile `{profile}`"),
            None => "the default credentials".to_owned(),
        }
    }

    /// The flags that make the AWS CLI ask the same account and Region.
    pub fn cli_flags(&self) -> String {
        match &self.profile {
            Some(profile) => format!("--region {} --profile {}", self.region, word(profile)),
            None => format!("--region {}", self.region),
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} account {} ({})",
            self.side.word(),
            self.account,
            self.credentials()
        )
    }
}

/// A login with the SDK configuration that belongs to it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who is asked.
    pub login: Login,
    /// The shared configuration of all clients.
    pub config: SdkConfig,
}

/// Calls are short; only the upload of the provider takes longer, and stays far below this.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 4;

impl Account {
    /// Reads profiles and environment; asks nobody yet.
    pub async fn open(login: Login) -> Self {
        let region = Region::new(login.region.clone());
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .build(),
            );
        if let Ok(name) = AppName::new(concat!("zeroetl-", env!("CARGO_PKG_VERSION"))) {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &login.profile {
            // In the SDK's default chain AWS_ACCESS_KEY_ID wins over a named profile. A profile
            // that the user wrote down has to win, or both accounts would be one.
            let provider = ProviderConfig::without_region().with_region(Some(region));
            loader = loader.profile_name(profile).credentials_provider(
                ProfileFileCredentialsProvider::builder()
                    .configure(&provider)
                    .profile_name(profile)
                    .build(),
            );
        }
        let config = loader.load().await;
        Self { login, config }
    }

    /// The endpoint that environment or profile set, if one did: then AWS itself is not asked.
    pub fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }
}
