//! Whose credentials these are: both must exist, and belong to the accounts that the plan names,
//! before anything is made. A wrong profile would put a stack into somebody else's account.

use std::error::Error as _;

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

use super::account::{Account, Login, Side};
use super::aws_error::{AwsError, Problem, chain};

/// Why an identity was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// STS could not be asked.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The credentials belong to another account.
    #[error(
        "{credentials} belongs to account {actual}, but the {side} account is {expected}; name \
         another profile by `{side}.profile` in the config file or by `--{side}-profile`, or \
         correct `{side}.account`"
    )]
    WrongAccount {
        /// How the credentials were found.
        credentials: String,
        /// `source` or `target`.
        side: &'static str,
        /// The account that the plan names.
        expected: String,
        /// The account that STS names.
        actual: String,
    },
}

/// Asks STS who we are, and refuses another account than the plan's.
pub(crate) async fn verify(account: &Account) -> Result<(), IdentityError> {
    load_credentials(account).await?;
    let client = aws_sdk_sts::Client::new(&account.config);
    let identity = client
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| AwsError::new("sts:GetCallerIdentity", account, &error))?;
    compare(&account.login, identity.account().unwrap_or("unknown"))
}

/// Credentials are loaded once on their own, so that a missing profile is told apart from a network
/// that does not answer.
async fn load_credentials(account: &Account) -> Result<(), AwsError> {
    let failed = |cause: String| AwsError {
        call: "sign-in",
        account: account.login.to_string(),
        problem: Problem::NoCredentials {
            profile: account.login.profile.clone(),
            cause,
        },
    };
    let provider = account
        .config
        .credentials_provider()
        .ok_or_else(|| failed("no credential provider is set up".to_owned()))?;
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(no_credentials(&account.login, &error))),
    }
}

/// The SDK lists every place where it looked; one line has to do.
fn no_credentials(login: &Login, error: &CredentialsError) -> String {
    match (error, &login.profile) {
        (CredentialsError::CredentialsNotLoaded(_), None) => {
            "none in the environment, the default profile, or from the machine's role".to_owned()
        }
        (CredentialsError::CredentialsNotLoaded(_), Some(_)) => {
            error.source().map_or_else(|| chain(error), chain)
        }
        _ => chain(error),
    }
}

fn compare(login: &Login, actual: &str) -> Result<(), IdentityError> {
    if actual == login.account {
        return Ok(());
    }
    Err(IdentityError::WrongAccount {
        credentials: login.credentials(),
        side: Side::word(login.side),
        expected: login.account.clone(),
        actual: actual.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Login, Side, compare};

    #[test]
    fn a_wrong_account_is_named_with_the_expected_one_and_the_profile() {
        let login = Login {
            side: Side::Target,
            account: "222222222222".to_owned(),
            region: "us-east-1".to_owned(),
            profile: Some("target-admin".to_owned()),
        };
        let error = compare(&login, "333333333333").unwrap_err().to_string();
        assert_eq!(
            error,
            "profile `target-admin` belongs to account 333333333333, but the target account is \
             222222222222; name another profile by `target.profile` in the config file or by \
             `--target-profile`, or correct `target.account`"
        );
        assert!(compare(&login, "222222222222").is_ok());
    }
}
