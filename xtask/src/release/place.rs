//! Where a release is uploaded to, and the URLs that follow from it.

use anyhow::{Result, bail};

/// Stands for the Region in a base URL: Lambda takes code from a bucket of its own Region only.
const REGION: &str = "{region}";

/// The URL that the releases lie under, `<base>/<version>/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    bucket: Option<Bucket>,
    prefix: String,
}

/// A bucket, with the word `{region}` in it where there is one per Region.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bucket {
    name: String,
    region: String,
}

impl std::str::FromStr for Base {
    type Err = anyhow::Error;

    /// Takes `https://<bucket>.s3.<region>.amazonaws.com/<prefix>`: the console takes templates
    /// from S3 only, and the bucket and the prefix become parameters of the target stack.
    fn from_str(url: &str) -> Result<Self> {
        let wanted = "expected `https://<bucket>.s3.{region}.amazonaws.com/<prefix>`, with the \
                      word `{region}` as it stands here, or a Region";
        let Some((host, prefix)) = url
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('/'))
        else {
            bail!("`{url}` is no base URL; {wanted}");
        };
        let Some((bucket, rest)) = host.split_once(".s3.") else {
            bail!("`{host}` is no bucket's host; {wanted}");
        };
        let region = rest.strip_suffix(".amazonaws.com").unwrap_or_default();
        if bucket.is_empty() || region.is_empty() {
            bail!("`{host}` is no bucket's host; {wanted}");
        }
        let prefix = prefix.trim_matches('/');
        if prefix.is_empty() {
            bail!("`{url}` has no prefix; {wanted}");
        }
        if bucket.contains(REGION) != (region == REGION) {
            bail!(
                "`{host}` names the Region once as `{REGION}` and once not; a bucket is in one \
                 Region, so the Region has to stand in both places or in none"
            );
        }
        Ok(Self {
            bucket: Some(Bucket {
                name: bucket.to_owned(),
                region: region.to_owned(),
            }),
            prefix: prefix.to_owned(),
        })
    }
}

impl Base {
    /// A bucket that the user has yet to make.
    pub(crate) fn of_the_user() -> Self {
        Self {
            bucket: None,
            prefix: "zeroetl".to_owned(),
        }
    }

    /// Whether there is one bucket per Region.
    pub(super) fn is_per_region(&self) -> bool {
        self.bucket.as_ref().is_some_and(|it| it.region == REGION)
    }

    /// What stands before the version in keys.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The key of a file of a version in the bucket.
    pub(super) fn key_of(&self, version: &str, path: &str) -> String {
        format!("{}/{version}/{path}", self.prefix)
    }

    /// The bucket that serves a Region; nothing while the user has yet to make it.
    pub(super) fn bucket_in(&self, region: &str) -> Option<String> {
        let bucket = self.bucket.as_ref()?;
        Some(bucket.name.replace(REGION, region))
    }

    /// The URL of a file of a version. `region` counts where there is one bucket per Region.
    pub(super) fn url_of(&self, version: &str, path: &str, region: &str) -> Option<String> {
        let bucket = self.bucket.as_ref()?;
        Some(format!(
            "https://{}.s3.{}.amazonaws.com/{}",
            bucket.name.replace(REGION, region),
            bucket.region.replace(REGION, region),
            self.key_of(version, path)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bucket_per_region_gives_its_own_url_in_each() {
        let base: Base = "https://acme-{region}.s3.{region}.amazonaws.com/etl/"
            .parse()
            .unwrap();
        assert!(base.is_per_region());
        assert_eq!(
            base.url_of("1.2.3", "index.md", "eu-west-1").unwrap(),
            "https://acme-eu-west-1.s3.eu-west-1.amazonaws.com/etl/1.2.3/index.md"
        );
        assert_eq!(base.bucket_in("eu-west-1").unwrap(), "acme-eu-west-1");
    }

    #[test]
    fn a_single_bucket_keeps_its_region() {
        let base: Base = "https://acme.s3.us-east-1.amazonaws.com/a/b"
            .parse()
            .unwrap();
        assert!(!base.is_per_region());
        assert_eq!(
            base.url_of("1", "x", "eu-west-1").unwrap(),
            "https://acme.s3.us-east-1.amazonaws.com/a/b/1/x"
        );
    }

    #[test]
    fn what_is_no_bucket_is_refused_with_the_expected_form() {
        for (wrong, says) in [
            ("http://a.s3.us-east-1.amazonaws.com/p", "is no base URL"),
            ("https://example.com/p", "is no bucket's host"),
            ("https://a.s3.us-east-1.amazonaws.com/", "has no prefix"),
            ("https://a.s3.{region}.amazonaws.com/p", "in both places"),
        ] {
            let error = wrong.parse::<Base>().unwrap_err().to_string();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }
}
