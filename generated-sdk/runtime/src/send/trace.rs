//! Spans and events for `tracing`, named by OpenTelemetry's semantic conventions for HTTP clients. They
//! contain neither credentials nor values of parameters, and bodies only if enabled with `trace_bodies`.

use std::time::Duration;

use bytes::Bytes;
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::error::{Error, RequestInfo};
use crate::operation::Operation;
use crate::transport::{AttemptResult, Prepared};

/// Target of all spans and events, for filters.
const TARGET: &str = "sdk_runtime";

/// Creates the span of an attempt.
pub(crate) fn attempt(operation: &Operation, request: &Prepared, info: RequestInfo) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = operation.method,
        url.template = operation.path,
        server.address = request.url.host_str(),
        server.port = request.url.port_or_known_default(),
        http.request.resend_count = (info.attempts > 1).then(|| info.attempts - 1),
        http.response.status_code = Empty,
        http.response.request_id = Empty,
        error.type = Empty,
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{} {}", operation.method, operation.path));
    }
    span
}

/// Records the outcome of an attempt.
pub(crate) fn outcome(span: &Span, result: &AttemptResult) {
    if span.is_disabled() {
        return;
    }
    let kind = match result {
        Ok(response) => {
            span.record("http.response.status_code", response.status.as_u16());
            if let Some(id) = response.request.request_id(&response.headers) {
                span.record("http.response.request_id", id);
            }
            match response.status.is_client_error() || response.status.is_server_error() {
                true => response.status.as_str(),
                false => return,
            }
        }
        Err(Error::Timeout(_)) => "timeout",
        Err(Error::Connection(_)) => "connection",
        Err(_) => "_OTHER",
    };
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

/// Emits an event before the delay of a retry.
pub(crate) fn retry(info: RequestInfo, delay: Duration) {
    // `debug!` with a target and names that have dots is ambiguous to Rust 1.85.
    tracing::event!(
        target: TARGET,
        Level::DEBUG,
        {
            http.request.method = info.method,
            url.template = info.path,
            http.request.resend_count = info.attempts,
            delay_seconds = delay.as_secs_f64(),
        },
        "retrying the request"
    );
}

/// Emits an event with a body.
pub(crate) fn body(message: &'static str, body: Option<&Bytes>) {
    let Some(body) = body.filter(|body| !body.is_empty()) else { return };
    if tracing::enabled!(target: TARGET, Level::TRACE) {
        tracing::trace!(target: TARGET, body = %String::from_utf8_lossy(body), "{message}");
    }
}
