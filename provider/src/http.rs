//! The one HTTP client of the process: for Glue and for the reply. See docs/adr/0003.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The TLS library refused its own defaults.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP library refused its settings.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

/// A client that follows no redirect, repeats nothing by itself and trusts Mozilla's roots, which
/// are part of the binary: reading the system's store would cost time and memory on each cold
/// start.
pub fn client() -> Result<Client, HttpError> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(HttpError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(Duration::from_secs(3))
        // Lambda freezes the process between requests; what lay idle for long is not trusted.
        .pool_idle_timeout(Duration::from_secs(10))
        .build()
        .map_err(|error| HttpError::Client(error.without_url()))
}
