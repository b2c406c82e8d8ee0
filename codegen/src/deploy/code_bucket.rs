//! The bucket that holds what CloudFormation cannot take along: the provider's zip, and templates
//! too large for a request. Made when it is absent; a bucket of that name that belongs to somebody
//! else is refused, since whoever owns it could change the code that runs in the account.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, ChecksumMode, CreateBucketConfiguration,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use aws_smithy_types::base64;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use sha2::{Digest, Sha256};

use super::account::{Account, Side};
use super::aws_error::AwsError;
use super::provider_zip::ProviderZip;

/// A bucket that is there, in the right hands and in the right Region.
#[derive(Debug)]
pub(crate) struct CodeBucket<'a> {
    /// Its name.
    pub name: String,
    /// Whether this run made it.
    pub made: bool,
    account: &'a Account,
    client: Client,
    /// Who has to own it; sent with each call.
    owner: String,
}

/// Why no bucket can be used.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// S3 did not do what was asked.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Somebody else has the name.
    #[error(
        "bucket `{name}` exists, but account {account} does not own it or may not read it, and \
         whoever owns it could change the code that runs in the account; name a bucket of account \
         {account} by `{flag}`, and copy there what has to come from elsewhere"
    )]
    NotOurs {
        /// The bucket.
        name: String,
        /// Who should own it.
        account: String,
        /// The flag that names another one.
        flag: &'static str,
    },
    /// The bucket that the user named is not there.
    #[error("bucket `{name}` does not exist; make it, or leave out `{flag}`")]
    Absent {
        /// The bucket.
        name: String,
        /// The flag that named it.
        flag: &'static str,
    },
    /// Lambda takes code from its own Region only.
    #[error(
        "bucket `{name}` lies in {actual}, but the stacks are in {expected}; name a bucket there"
    )]
    OtherRegion {
        /// The bucket.
        name: String,
        /// Where it is.
        actual: String,
        /// Where it should be.
        expected: String,
    },
}

/// The name of the bucket that we make: the same for every project of an account and Region, since
/// what lies in it is addressed by its hash.
pub(crate) fn default_name(account: &str, region: &str) -> String {
    format!("zeroetl-code-{account}-{region}")
}

/// Where a zip of these bytes lies: another version or another byte is another key, so that
/// CloudFormation notices new code.
pub(crate) fn zip_key(zip: &ProviderZip) -> String {
    format!(
        "provider/{}/{}-{}.zip",
        env!("CARGO_PKG_VERSION"),
        zip.architecture,
        zip.sha256
    )
}

impl<'a> CodeBucket<'a> {
    /// Finds the bucket that the user named, or finds or makes our own.
    pub(crate) async fn ensure(
        account: &'a Account,
        named: Option<&str>,
    ) -> Result<Self, BucketError> {
        let login = &account.login;
        let config = aws_sdk_s3::config::Builder::from(&account.config)
            .force_path_style(account.endpoint().is_some())
            .build();
        let mut bucket = Self {
            name: named.map_or_else(
                || default_name(&login.account, &login.region),
                str::to_owned,
            ),
            made: false,
            account,
            client: Client::from_conf(config),
            owner: login.account.clone(),
        };
        match bucket.look().await? {
            Found::Here => {}
            Found::Nothing if named.is_some() => {
                let flag = bucket.flag();
                return Err(BucketError::Absent {
                    name: bucket.name,
                    flag,
                });
            }
            Found::Nothing => bucket.make().await?,
            Found::Elsewhere(actual) => {
                let expected = login.region.clone();
                return Err(BucketError::OtherRegion {
                    name: bucket.name,
                    actual,
                    expected,
                });
            }
            Found::Foreign => return Err(bucket.not_ours()),
        }
        Ok(bucket)
    }

    fn not_ours(&self) -> BucketError {
        BucketError::NotOurs {
            name: self.name.clone(),
            account: self.account.login.account.clone(),
            flag: self.flag(),
        }
    }

    /// The flag of `zeroetl deploy` that names this bucket.
    fn flag(&self) -> &'static str {
        match self.account.login.side {
            Side::Source => "--source-bucket",
            Side::Target => "--target-bucket",
        }
    }

    async fn look(&self) -> Result<Found, AwsError> {
        let answer = self
            .client
            .head_bucket()
            .bucket(&self.name)
            .expected_bucket_owner(&self.owner)
            .send()
            .await;
        match answer {
            Ok(head) => Ok(match head.bucket_region() {
                Some(region) if region != self.account.login.region => {
                    Found::Elsewhere(region.to_owned())
                }
                _ => Found::Here,
            }),
            // A HEAD has no body: the status is all there is.
            Err(error) => match status(&error) {
                Some(404) => Ok(Found::Nothing),
                Some(403) => Ok(Found::Foreign),
                Some(301) => Ok(Found::Elsewhere(region_header(&error))),
                _ => Err(AwsError::new("s3:HeadBucket", self.account, &error)),
            },
        }
    }

    async fn make(&mut self) -> Result<(), BucketError> {
        let region = self.account.login.region.as_str();
        // us-east-1 is the one Region that must not be named.
        let place = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let answer = self
            .client
            .create_bucket()
            .bucket(&self.name)
            .set_create_bucket_configuration(place)
            .send()
            .await;
        match answer {
            Ok(_) => self.made = true,
            Err(error) => match error.code() {
                Some("BucketAlreadyOwnedByYou") => {}
                Some("BucketAlreadyExists") => return Err(self.not_ours()),
                _ => return Err(AwsError::new("s3:CreateBucket", self.account, &error).into()),
            },
        }
        // S3 does both by itself since 2023; written down, so that nobody has to know that.
        self.encrypt().await?;
        self.block_public_access().await?;
        Ok(())
    }

    async fn encrypt(&self) -> Result<(), AwsError> {
        let failed = |error: &_| AwsError::new("s3:PutBucketEncryption", self.account, error);
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::Aes256)
            .build()
            .map_err(|error| failed(&SdkError::construction_failure(error)))?;
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(by_default)
            .build();
        let configuration = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .map_err(|error| failed(&SdkError::construction_failure(error)))?;
        self.client
            .put_bucket_encryption()
            .bucket(&self.name)
            .expected_bucket_owner(&self.owner)
            .server_side_encryption_configuration(configuration)
            .send()
            .await
            .map_err(|error| failed(&error))?;
        Ok(())
    }

    async fn block_public_access(&self) -> Result<(), AwsError> {
        let everything = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        self.client
            .put_public_access_block()
            .bucket(&self.name)
            .expected_bucket_owner(&self.owner)
            .public_access_block_configuration(everything)
            .send()
            .await
            .map_err(|error| AwsError::new("s3:PutPublicAccessBlock", self.account, &error))?;
        Ok(())
    }

    /// Uploads bytes under a key that names their content; answers whether that was necessary.
    pub(crate) async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        kind: &str,
    ) -> Result<bool, BucketError> {
        let digest = base64::encode(Sha256::digest(bytes));
        if self.holds(key, &digest, bytes.len()).await? {
            return Ok(false);
        }
        self.client
            .put_object()
            .bucket(&self.name)
            .key(key)
            .expected_bucket_owner(&self.owner)
            .checksum_sha256(digest)
            .content_type(kind)
            .body(ByteStream::from(bytes.to_vec()))
            .send()
            .await
            .map_err(|error| AwsError::new("s3:PutObject", self.account, &error))?;
        Ok(true)
    }

    /// Whether the object is there with exactly this content.
    async fn holds(&self, key: &str, digest: &str, length: usize) -> Result<bool, AwsError> {
        let answer = self
            .client
            .head_object()
            .bucket(&self.name)
            .key(key)
            .expected_bucket_owner(&self.owner)
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match answer {
            Ok(head) if head.content_length() != i64::try_from(length).ok() => Ok(false),
            // The checksum of an object in parts is one of the parts' checksums.
            Ok(head) => match head.checksum_sha256().filter(|live| !live.contains('-')) {
                Some(live) => Ok(live == digest),
                None => self.reads(key, digest).await,
            },
            // Without `s3:ListBucket` an absent key is a 403; the upload shows what is permitted.
            Err(error) if matches!(status(&error), Some(403 | 404)) => Ok(false),
            Err(error) => Err(AwsError::new("s3:HeadObject", self.account, &error)),
        }
    }

    /// Whether the object's bytes are the ones with this digest. S3 keeps no checksum of an object
    /// that was copied or uploaded without one; its name alone proves nothing.
    async fn reads(&self, key: &str, digest: &str) -> Result<bool, AwsError> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key)
            .expected_bucket_owner(&self.owner)
            .send()
            .await;
        let body = match answer {
            Ok(object) => object.body.collect().await,
            Err(error) if matches!(status(&error), Some(403 | 404)) => return Ok(false),
            Err(error) => return Err(AwsError::new("s3:GetObject", self.account, &error)),
        };
        // What broke off on its way is uploaded again.
        Ok(body.is_ok_and(|bytes| base64::encode(Sha256::digest(bytes.into_bytes())) == digest))
    }

    /// Uploads a template, and answers the URL at which CloudFormation reads it.
    pub(crate) async fn put_template(&self, template: &str) -> Result<String, BucketError> {
        let key = format!("templates/{}.json", hex::encode(Sha256::digest(template)));
        self.put(&key, template.as_bytes(), "application/json")
            .await?;
        let endpoint = self.account.endpoint().map_or_else(
            || format!("https://s3.{}.amazonaws.com", self.account.login.region),
            |endpoint| endpoint.trim_end_matches('/').to_owned(),
        );
        Ok(format!("{endpoint}/{}/{key}", self.name))
    }
}

enum Found {
    Here,
    Nothing,
    Foreign,
    Elsewhere(String),
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error
        .raw_response()
        .map(|response| response.status().as_u16())
}

fn region_header<E>(error: &SdkError<E>) -> String {
    error
        .raw_response()
        .and_then(|response| response.headers().get("x-amz-bucket-region"))
        .unwrap_or("another Region")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::replay::{account, replay_with_length};

    fn bare(status: u16) -> (u16, String) {
        (status, String::new())
    }

    #[tokio::test]
    async fn a_bucket_of_our_name_in_other_hands_is_refused_and_nothing_is_put_there() {
        let (account, client) = account(&[bare(403)]);
        let error = CodeBucket::ensure(&account, None)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("bucket `zeroetl-code-111111111111-us-east-1` exists"),
            "{error}"
        );
        let asked: Vec<_> = client.actual_requests().collect();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            asked[0].headers().get("x-amz-expected-bucket-owner"),
            Some("111111111111")
        );
    }

    #[tokio::test]
    async fn an_absent_bucket_is_made_encrypted_and_closed() {
        let (account, client) = account(&[bare(404), bare(200), bare(200), bare(200)]);
        assert!(CodeBucket::ensure(&account, None).await.unwrap().made);
        let asked: Vec<_> = client
            .actual_requests()
            .map(|one| format!("{} {}", one.method(), one.uri()))
            .collect();
        assert!(asked[1].starts_with("PUT"), "{asked:?}");
        assert!(asked[2].contains("?encryption"), "{asked:?}");
        assert!(asked[3].contains("?publicAccessBlock"), "{asked:?}");
    }

    #[tokio::test]
    async fn a_bucket_that_the_user_names_is_never_made() {
        let (account, client) = account(&[bare(404)]);
        let error = CodeBucket::ensure(&account, Some("mine"))
            .await
            .unwrap_err();
        // Of the source account, which has a flag of its own.
        assert_eq!(
            error.to_string(),
            "bucket `mine` does not exist; make it, or leave out `--source-bucket`"
        );
        assert_eq!(client.actual_requests().count(), 1);
    }

    #[tokio::test]
    async fn a_bucket_that_the_user_names_has_to_belong_to_the_account() {
        let (account, client) = account(&[bare(403)]);
        let error = CodeBucket::ensure(&account, Some("third")).await;
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("name a bucket of account 111111111111 by `--source-bucket`"),
            "{error}"
        );
        let asked = client.actual_requests().next().unwrap();
        let owner = asked.headers().get("x-amz-expected-bucket-owner");
        assert_eq!(owner, Some("111111111111"));
    }

    #[tokio::test]
    async fn a_bucket_in_another_region_is_refused() {
        let (account, _) = account(&[bare(301)]);
        let error = CodeBucket::ensure(&account, Some("mine"))
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("but the stacks are in us-east-1"), "{error}");
    }

    #[tokio::test]
    async fn an_object_of_the_same_length_without_a_checksum_is_read_before_it_is_trusted() {
        for (live, uploads) in [("bytes", false), ("other", true)] {
            let head = (200, String::new());
            let (account, client) = replay_with_length(&[
                (bare(200), None),
                (head, Some("5")),
                ((200, live.to_owned()), None),
                (bare(200), None),
            ]);
            let bucket = CodeBucket::ensure(&account, None).await.unwrap();
            let put = bucket.put("key", b"bytes", "application/zip").await;
            assert_eq!(put.unwrap(), uploads, "{live}");
            let asked: Vec<_> = client
                .actual_requests()
                .map(aws_smithy_runtime_api::http::Request::method)
                .collect();
            let expected = ["HEAD", "HEAD", "GET", "PUT"];
            assert_eq!(asked, expected[..if uploads { 4 } else { 3 }], "{live}");
        }
    }

    #[tokio::test]
    async fn the_same_bytes_are_uploaded_once() {
        let (account, client) = account(&[bare(200), bare(404), bare(200)]);
        let bucket = CodeBucket::ensure(&account, None).await.unwrap();
        assert!(
            bucket
                .put("key", b"bytes", "application/zip")
                .await
                .unwrap()
        );
        let asked = client.actual_requests().last().unwrap();
        let digest = base64::encode(Sha256::digest(b"bytes"));
        assert_eq!(
            asked.headers().get("x-amz-checksum-sha256"),
            Some(digest.as_str())
        );
    }
}
