//! The signed URL that takes the reply. Whoever holds it can answer in our name, so it is never
//! shown: not by `Debug`, not in an error.

use std::{borrow::Cow, fmt, net::IpAddr};

use reqwest::Url;

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

    /// The URL itself, for the one who sends the reply.
    pub(super) fn expose(&self) -> &Url {
        &self.0
    }
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
}
