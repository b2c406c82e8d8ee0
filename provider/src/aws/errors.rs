//! What an error of the SDK means. Several codes are not modelled for the calls we make, so the
//! code string decides, not the type.

use std::error::Error;

use aws_sdk_glue::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::ports::{CallError, CallErrorKind};

/// The error in the terms of the ports.
pub(super) fn meaning<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let Some(service) = error.as_service_error() else {
        return unanswered(action, status, error);
    };
    let code = service.code().unwrap_or_default();
    let kind = by_code(code).unwrap_or_else(|| by_status(status));
    CallError {
        action,
        kind,
        code: if code.is_empty() {
            status_code(status)
        } else {
            code.to_owned()
        },
        message: service.message().unwrap_or_default().to_owned(),
    }
}

/// No error of the service: no connection, a lost one, or an answer that is not of the service.
fn unanswered<E>(
    action: &'static str,
    status: Option<u16>,
    error: &SdkError<E, HttpResponse>,
) -> CallError
where
    E: Error + 'static,
{
    let cause = root_cause(error);
    if let Some(status) = status {
        return CallError {
            action,
            kind: by_status(Some(status)),
            code: status_code(Some(status)),
            message: format!("the answer is not one of the service's: {cause}"),
        };
    }
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return CallError::local(action, CallErrorKind::Other, cause);
    }
    CallError::local(action, CallErrorKind::Unavailable, cause)
}

/// What lies at the bottom of the error. None of it is secret: Glue's address, at most.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn status_code(status: Option<u16>) -> String {
    status.map_or_else(
        || "NoAnswer".to_owned(),
        |status| format!("HTTP status {status}"),
    )
}

fn by_code(code: &str) -> Option<CallErrorKind> {
    Some(match code {
        "EntityNotFoundException"
        | "ResourceNotFoundException"
        | "TargetResourceNotFound"
        | "IntegrationNotFoundFault" => CallErrorKind::NotFound,
        // Some doubles of Glue answer the second name.
        "ConditionCheckFailureException" | "ConcurrentModificationException" => {
            CallErrorKind::ConditionFailed
        }
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
            CallErrorKind::AccessDenied
        }
        "InvalidInputException" | "ValidationException" | "ValidationError" => {
            CallErrorKind::Invalid
        }
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown" => CallErrorKind::Throttled,
        "InternalServiceException"
        | "InternalServerException"
        | "InternalFailure"
        | "InternalError"
        | "OperationTimeoutException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "RequestTimeout"
        | "RequestTimeoutException" => CallErrorKind::Unavailable,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => CallErrorKind::Credentials,
        _ => return None,
    })
}

fn by_status(status: Option<u16>) -> CallErrorKind {
    match status {
        Some(429) => CallErrorKind::Throttled,
        // A success that cannot be read was mangled on its way; asking again does no harm.
        None | Some(..300 | 408 | 500..) => CallErrorKind::Unavailable,
        Some(403) => CallErrorKind::AccessDenied,
        Some(_) => CallErrorKind::Other,
    }
}
