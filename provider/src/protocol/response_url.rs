//! The signed URL that takes the reply. Whoever holds it can answer in our name, so it is never
//! shown: not by `Debug`, not in an error.

use std::{
    borrow::Cow,
    fmt,
    net::IpAddr,
    time::{Duration, SystemTime},
};

use reqwest::Url;
use time::{Date, Month};

/// The reply cannot be sent to the URL of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableUrl {
    /// There is none.
    #[error("`ResponseURL` is missing")]
    Missing,
    /// It is not a URL.
    #[error("`ResponseURL` is not an absolute URL")]
    Malformed,
    /// Plain HTTP to another machine would show the signature to everybody on the way.
    #[error("`ResponseURL` must use https; plain http is taken on loopback only")]
    NotSecret,
}

/// A query shorter than this holds no signature, but might be a word of some text.
const SHORTEST_SECRET: usize = 16;

/// Where the reply goes.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseUrl(Url);

impl ResponseUrl {
    /// The URL, when a reply may be sent there.
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        let url = Url::parse(text).map_err(|_| UnusableUrl::Malformed)?;
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(UnusableUrl::NotSecret),
            _ => Err(UnusableUrl::Malformed),
        }
    }

    /// `text` without the parts of the URL that nobody may see, should somebody have put them there.
    pub fn withhold<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let parts = [Some(self.0.as_str()), self.0.query()];
        let mut text = Cow::Borrowed(text);
        for part in parts
            .into_iter()
            .flatten()
            .filter(|part| part.len() >= SHORTEST_SECRET)
        {
            if text.contains(part) {
                text = Cow::Owned(text.replace(part, "(withheld)"));
            }
        }
        text
    }

    /// Whether the signature no longer holds: nobody waits for a reply then, and the stack may be gone.
    /// Of a URL that does not say until when it holds, nobody knows.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.expires().is_some_and(|end| end <= now)
    }

    /// Until when the signature holds: `X-Amz-Date` and `X-Amz-Expires` of version 4, `Expires` of
    /// version 2.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
    fn expires(&self) -> Option<SystemTime> {
        let value = |name: &str| {
            let found = self.0.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        let seconds = |name: &str| value(name)?.parse().ok().map(Duration::from_secs);
        if let (Some(signed), Some(holds)) = (value("X-Amz-Date"), seconds("X-Amz-Expires")) {
            return begin(&signed)?.checked_add(holds);
        }
        SystemTime::UNIX_EPOCH.checked_add(seconds("Expires")?)
    }

    /// The URL itself, for the one who sends the reply.
    pub(super) fn expose(&self) -> &Url {
        &self.0
    }
}

/// A time such as `20261127T185940Z`.
fn begin(signed: &str) -> Option<SystemTime> {
    let number = |from: usize, to: usize| signed.get(from..to)?.parse::<u8>().ok();
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date =
        Date::from_calendar_date(signed.get(..4)?.parse().ok()?, month, number(6, 8)?).ok()?;
    let time = date
        .with_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?)
        .ok()?;
    let seconds = u64::try_from(time.assume_utc().unix_timestamp()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for ResponseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ResponseUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_url_survives_byte_for_byte() {
        let signed = [
            "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/\
             arn%3Aaws%3Acloudformation%3Aus-east-1%3A111111111111%3Astack/s/guid%7CLogical%7Cid\
             ?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1&\
             X-Amz-Signature=ab%2bcd%252F~_.-!*()",
            "http://127.0.0.1:8080/a%2fb//c;d=e:f@g?x=%20+y&&z=",
            "http://localhost:1/p%C3%A4th?q=%E2%82%AC",
        ];
        for text in signed {
            assert_eq!(ResponseUrl::parse(text).unwrap().expose().as_str(), text);
        }
    }

    #[test]
    fn plain_http_is_taken_on_loopback_only() {
        for loopback in [
            "http://127.0.0.1/x",
            "http://127.8.9.1:80/x",
            "http://[::1]:9/x",
        ] {
            assert!(ResponseUrl::parse(loopback).is_ok(), "{loopback}");
        }
        for away in [
            "http://10.0.0.1/x",
            "http://example.com/x",
            "http://localhost.evil.com/x",
        ] {
            assert_eq!(
                ResponseUrl::parse(away),
                Err(UnusableUrl::NotSecret),
                "{away}"
            );
        }
        for malformed in [
            "",
            "x",
            "/path",
            "ftp://127.0.0.1/x",
            "file:///etc/passwd",
            "https://",
        ] {
            assert_eq!(
                ResponseUrl::parse(malformed),
                Err(UnusableUrl::Malformed),
                "{malformed}"
            );
        }
    }

    #[test]
    fn the_url_is_withheld_from_any_text() {
        let text = "https://host/path?X-Amz-Signature=secret";
        let url = ResponseUrl::parse(text).unwrap();
        assert_eq!(url.withhold(&format!("a {text} b")), "a (withheld) b");
        assert_eq!(url.withhold("c=X-Amz-Signature=secret"), "c=(withheld)");
        assert_eq!(url.withhold("https://host/path"), "https://host/path");
    }

    #[test]
    fn the_url_is_never_shown() {
        let url = ResponseUrl::parse("https://host/path?X-Amz-Signature=secret").unwrap();
        assert_eq!(format!("{url:?}"), "ResponseUrl(…)");
    }

    #[test]
    fn a_url_holds_until_its_signature_ends_and_for_ever_where_it_does_not_say() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let expired = |query: &str, now| {
            let url = ResponseUrl::parse(&format!("https://bucket/x?{query}")).unwrap();
            url.is_expired(at(now))
        };
        // 2026-11-27 18:59:40 UTC is 1795805980.
        let signed =
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261127T185940Z&X-Amz-Expires=7200";
        assert!(!expired(signed, 1_795_805_980 + 7_199));
        assert!(expired(signed, 1_795_805_980 + 7_200));
        assert!(expired(
            "AWSAccessKeyId=a&Expires=1700000000&Signature=s",
            1_700_000_000
        ));
        assert!(!expired(
            "AWSAccessKeyId=a&Expires=1700000000&Signature=s",
            1_699_999_999
        ));
        for silent in [
            "",
            "X-Amz-Date=yesterday&X-Amz-Expires=7200",
            "Expires=soon",
            "X-Amz-Expires=1",
        ] {
            assert!(!expired(silent, u64::from(u32::MAX)), "{silent}");
        }
    }
}
