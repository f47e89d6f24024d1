//! Spans and events of the `tracing` feature.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use sdk_runtime::RequestOptions;
use support::server::{Server, error_reply, ok};
use support::{ACCOUNT, THING, TOKEN, builder, create_thing, get_thing};
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Takes the lines logged since the last call.
    fn lines(&self) -> Vec<String> {
        let log = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        log.lines().map(|line| line.trim().to_owned()).collect()
    }
}

#[tokio::test]
async fn every_attempt_is_a_span_with_opentelemetry_attributes() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = Server::script([
        error_reply("500 Internal Server Error", 1, "first"),
        ok(r#"{"id":7,"name":"hidden"}"#),
        error_reply("404 Not Found", 2, "unsaid"),
        ok(r#"{"id":7}"#),
    ])
    .await;
    let client = builder(&server.url).build().unwrap();
    get_thing(&client, ACCOUNT, THING).await.unwrap();
    create_thing(&client).name("hidden").await.unwrap_err();
    let lines: Vec<String> = log.lines().into_iter().filter(|line| line.contains("sdk_runtime")).collect();
    let [first, retry, second, refused] = lines.as_slice() else { panic!("{lines:#?}") };
    let port = server.url.rsplit(':').next().unwrap();
    for span in [first, second] {
        for part in [
            "INFO request{",
            "otel.name=\"GET /accounts/{account_id}/things/{thing_id}\"",
            "otel.kind=\"client\"",
            "http.request.method=\"GET\"",
            "url.template=\"/accounts/{account_id}/things/{thing_id}\"",
            "server.address=\"127.0.0.1\"",
            &format!("server.port={port}"),
        ] {
            assert!(span.contains(part), "{part} is missing in {span}");
        }
    }
    assert!(first.contains("http.response.status_code=500") && first.contains("error.type=\"500\""), "{first}");
    assert!(first.contains("otel.status_code=\"ERROR\"") && !first.contains("resend_count"), "{first}");
    assert!(
        retry.starts_with("DEBUG") && retry.contains("retrying the request") && retry.contains("resend_count=1"),
        "{retry}"
    );
    assert!(second.contains("resend_count=1") && second.contains("status_code=200"), "{second}");
    assert!(!second.contains("error.type") && !second.contains("ERROR"), "{second}");
    assert!(
        refused.contains("error.type=\"404\"") && refused.contains("request_id=\"8f1c2d3e4f5a6b7c-AMS\""),
        "{refused}"
    );
    for secret in [TOKEN, ACCOUNT, THING, "hidden", "unsaid"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret} in {lines:#?}");
    }

    // Bodies are only logged if enabled.
    let client = builder(&server.url).trace_bodies(true).build().unwrap();
    create_thing(&client).name("shown").with_max_retries(0).await.unwrap();
    let lines = log.lines().join("\n");
    assert!(lines.contains(r#"body={"name":"shown"}"#) && lines.contains(r#"{"id":7}"#), "{lines}");
    assert!(!lines.contains(TOKEN), "{lines}");
}
