//! Lets the SDK use the process's one HTTP client, instead of bringing a second one with its own
//! TLS library and its own copy of the system's certificates. See docs/adr/0003.

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use reqwest::{Client, Method, Request, Url, header};

/// The SDK's view of a [`Client`].
///
/// Timeouts are not its business: every call is bounded as a whole by whoever makes it.
#[derive(Debug, Clone)]
pub(super) struct ReqwestClient(pub(super) Client);

impl HttpClient for ReqwestClient {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for ReqwestClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move { send(&client, &request).await })
    }
}

async fn send(client: &Client, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let answer = client
        .execute(outgoing(request)?)
        .await
        .map_err(|error| failure(error.without_url()))?;
    let status = StatusCode::try_from(answer.status().as_u16())
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let headers = answer.headers().clone();
    let body = answer
        .bytes()
        .await
        .map_err(|error| failure(error.without_url()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_vec()));
    for (name, value) in &headers {
        // A header that is no text is none that the SDK reads.
        if let Ok(value) = value.to_str() {
            response
                .headers_mut()
                .append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(response)
}

fn outgoing(request: &HttpRequest) -> Result<Request, ConnectorError> {
    let method = Method::from_bytes(request.method().as_bytes())
        .map_err(|error| ConnectorError::user(error.into()))?;
    let url = Url::parse(request.uri()).map_err(|error| ConnectorError::user(error.into()))?;
    let mut outgoing = Request::new(method, url);
    for (name, value) in request.headers() {
        let name = header::HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| ConnectorError::user(error.into()))?;
        let value = header::HeaderValue::from_str(value)
            .map_err(|error| ConnectorError::user(error.into()))?;
        outgoing.headers_mut().append(name, value);
    }
    let body = request.body().bytes().unwrap_or_default().to_vec();
    *outgoing.body_mut() = Some(body.into());
    Ok(outgoing)
}

fn failure(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_connect() {
        ConnectorError::io(error.into()).never_connected()
    } else {
        ConnectorError::io(error.into())
    }
}
