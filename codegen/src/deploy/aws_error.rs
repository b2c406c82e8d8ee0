//! What can go wrong between us and AWS, sorted into what the user can do about it. Knows no
//! operation in particular; carries no request, so no secret can leak from here.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::account::Account;
use crate::shell::word;

/// A call to AWS that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("{account}: {call}: {problem}")]
pub struct AwsError {
    /// The operation, as AWS spells it: `sts:GetCallerIdentity`.
    pub call: &'static str,
    /// Which account was asked, and as whom.
    pub account: String,
    /// What happened.
    pub problem: Problem,
}

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nobody answered.
    Unreachable {
        /// The configured endpoint; AWS's own when absent.
        endpoint: Option<String>,
        /// What the network said.
        cause: String,
    },
    /// No credentials, or none that could be loaded.
    NoCredentials {
        /// The profile that was asked for.
        profile: Option<String>,
        /// What the credential chain said.
        cause: String,
    },
    /// Credentials that were good once.
    Expired {
        /// The profile that was asked for.
        profile: Option<String>,
        /// AWS's words.
        message: String,
    },
    /// Credentials that AWS does not know, or a wrong signature.
    Rejected {
        /// AWS's error code.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// Known, but not permitted.
    Denied {
        /// AWS's words; they name principal and action.
        message: String,
    },
    /// Too many calls; the SDK's own retries are used up.
    Throttled {
        /// AWS's words.
        message: String,
    },
    /// Any other answer of the service.
    Refused {
        /// AWS's error code.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// An answer that nobody understands.
    Unreadable {
        /// What the SDK said.
        cause: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable {
                endpoint: Some(endpoint),
                cause,
            } => write!(
                f,
                "nobody answers at `{endpoint}` ({cause}); start what should listen there, or \
                 unset `AWS_ENDPOINT_URL` and the profile's `endpoint_url`"
            ),
            Self::Unreachable {
                endpoint: None,
                cause,
            } => write!(
                f,
                "AWS does not answer ({cause}); check the network, the proxy and `region`"
            ),
            Self::NoCredentials {
                profile: Some(profile),
                cause,
            } => write!(
                f,
                "no credentials from profile `{profile}` ({cause}); check it with `aws sts \
                 get-caller-identity --profile {0}`, sign in again if it is an SSO profile (`aws sso \
                 login --profile {0}`), or name another profile",
                word(profile)
            ),
            Self::NoCredentials {
                profile: None,
                cause,
            } => write!(
                f,
                "no credentials ({cause}); name a profile in the config file or by \
                 `--source-profile` and `--target-profile`, or set the AWS environment variables"
            ),
            Self::Expired { profile, message } => {
                write!(f, "the credentials have expired ({message}); sign in again")?;
                match profile {
                    Some(profile) => {
                        let profile = word(profile);
                        write!(f, ", for example by `aws sso login --profile {profile}`")
                    }
                    None => write!(f, " and run the command once more"),
                }
            }
            Self::Rejected { code, message } => write!(
                f,
                "AWS does not accept the credentials ({code}: {message}); check access key, secret \
                 and the clock of this machine"
            ),
            Self::Denied { message } => write!(
                f,
                "access denied ({message}); let this principal do it, or use another profile"
            ),
            Self::Throttled { message } => {
                write!(
                    f,
                    "too many calls ({message}); wait a minute and run the command again"
                )
            }
            Self::Refused { code, message } => write!(f, "{code}: {message}"),
            Self::Unreadable { cause } => write!(f, "unreadable answer ({cause})"),
        }
    }
}

impl Problem {
    /// The service's own words, when the service answered at all.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Expired { message, .. }
            | Self::Rejected { message, .. }
            | Self::Denied { message }
            | Self::Throttled { message }
            | Self::Refused { message, .. } => Some(message),
            Self::Unreachable { .. } | Self::NoCredentials { .. } | Self::Unreadable { .. } => None,
        }
    }

    /// Whether the same call may succeed a little later without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Throttled { .. } | Self::Unreadable { .. }
        )
    }
}

impl AwsError {
    /// Sorts what the SDK says about one call.
    pub fn new<E>(call: &'static str, account: &Account, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let profile = account.login.profile.clone();
        let problem = match error {
            SdkError::ServiceError(context) => {
                let source = context.err();
                match source.code() {
                    Some(code) => {
                        let message = source.message().unwrap_or("no reason given");
                        of_code(code, message, profile)
                    }
                    None => without_code(account, context.raw().status().as_u16()),
                }
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(connector) if connector.is_io() || connector.is_timeout() => {
                    unreachable(account, connector)
                }
                // No connector error, or one of kind "other": credentials, which are loaded while
                // the request is sent.
                Some(connector) => {
                    let cause = chain(connector);
                    if cause.contains("credential") {
                        Problem::NoCredentials { profile, cause }
                    } else {
                        unreachable(account, connector)
                    }
                }
                None => Problem::NoCredentials {
                    profile,
                    cause: "none were loaded".to_owned(),
                },
            },
            SdkError::TimeoutError(_) => Problem::Unreachable {
                endpoint: account.endpoint().map(str::to_owned),
                cause: "no answer in time".to_owned(),
            },
            SdkError::ConstructionFailure(failure) => Problem::Unreadable {
                cause: format!("{failure:?}"),
            },
            SdkError::ResponseError(_) => Problem::Unreadable {
                cause: "it breaks the protocol".to_owned(),
            },
            _ => Problem::Unreadable {
                cause: "unknown kind of error".to_owned(),
            },
        };
        Self {
            call,
            account: account.login.to_string(),
            problem,
        }
    }
}

fn unreachable(account: &Account, cause: &(dyn Error + 'static)) -> Problem {
    Problem::Unreachable {
        endpoint: account.endpoint().map(str::to_owned),
        cause: root(cause),
    }
}

/// An error that names no code: AWS's answer to a HEAD, or not AWS's answer at all.
fn without_code(account: &Account, status: u16) -> Problem {
    let by = account.endpoint().unwrap_or("AWS or a proxy on the way");
    Problem::Unreadable {
        cause: format!("HTTP {status} without an AWS error code, by {by}"),
    }
}

/// AWS's error codes, sorted.
fn of_code(code: &str, message: &str, profile: Option<String>) -> Problem {
    let message = message.to_owned();
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Problem::Expired { profile, message }
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidAccessKeyId"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => Problem::Rejected {
            code: code.to_owned(),
            message,
        },
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            Problem::Denied { message }
        }
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded" => Problem::Throttled { message },
        _ => Problem::Refused {
            code: code.to_owned(),
            message,
        },
    }
}

/// The innermost cause: of a lost connection the layers above it tell nothing.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

/// An error and its causes, joined, each said once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_runtime_api::client::result::SdkError;
    use aws_smithy_types::body::SdkBody;

    use super::{AwsError, Problem, of_code};
    use crate::deploy::replay::account;

    #[test]
    fn an_answer_that_is_not_awss_comes_with_its_status() {
        let (account, _) = account(&[]);
        let answer = http::Response::builder().status(502).body(SdkBody::empty());
        let error = SdkError::service_error(
            GetCallerIdentityError::unhandled("no AWS error"),
            answer.unwrap().try_into().unwrap(),
        );
        let error = AwsError::new("sts:GetCallerIdentity", &account, &error);
        assert_eq!(
            error.problem.to_string(),
            "unreadable answer (HTTP 502 without an AWS error code, by AWS or a proxy on the way)"
        );
    }

    #[test]
    fn an_expired_token_names_the_profile_to_sign_in_to() {
        let problem = of_code("ExpiredToken", "the token is old", Some("admin".to_owned()));
        assert_eq!(
            problem.to_string(),
            "the credentials have expired (the token is old); sign in again, for example by \
             `aws sso login --profile admin`"
        );
    }

    #[test]
    fn only_a_lost_connection_or_throttling_passes_by_itself() {
        let passing = of_code("Throttling", "rate exceeded", None);
        let lasting = of_code("AccessDenied", "not authorized", None);
        let unreachable = Problem::Unreachable {
            endpoint: None,
            cause: "refused".to_owned(),
        };
        assert!(passing.is_passing() && unreachable.is_passing());
        assert!(!lasting.is_passing());
    }

    #[test]
    fn an_unknown_code_is_passed_on_as_aws_wrote_it() {
        let problem = of_code("LimitExceededException", "too many stacks", None);
        assert_eq!(
            problem.to_string(),
            "LimitExceededException: too many stacks"
        );
    }
}
