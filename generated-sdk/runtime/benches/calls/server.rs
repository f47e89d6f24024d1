//! The test server. It runs in a separate process so that its CPU time is not measured, sends prepared
//! responses over keep-alive connections, and exits when its standard input is closed.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixtures;

struct PreparedResponses {
    fixtures: Vec<u8>,
    page: [String; 2],
}

/// Serves on a free port, which is printed to standard output.
pub fn serve() -> std::io::Result<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        let responses = Arc::new(PreparedResponses {
            fixtures: response_bytes(&fixtures::fixtures()),
            page: fixtures::page(),
        });
        loop {
            let (connection, _) = listener.accept().await?;
            tokio::spawn(serve_connection(connection, Arc::clone(&responses)));
        }
    })
}

/// Returns a response with the headers that Cloudflare sends.
fn response_bytes(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: keep-alive\r\nCF-Ray: 8f1c2d3e4f5a6b7c-AMS\r\n\
         CF-Cache-Status: DYNAMIC\r\nCache-Control: no-store, no-cache, must-revalidate\r\n\
         Strict-Transport-Security: max-age=31536000\r\nVary: Accept-Encoding\r\nServer: cloudflare\r\n\
         X-Content-Type-Options: nosniff\r\napi-version: 2025-01-01\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn serve_connection(mut connection: TcpStream, responses: Arc<PreparedResponses>) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut received = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if connection.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&received[..end]);
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        received.drain(..end);
        match list(&target) {
            None => connection.write_all(&responses.fixtures).await?,
            Some(list) => {
                // A timer of zero takes a millisecond.
                if !list.latency.is_zero() {
                    tokio::time::sleep(list.latency).await;
                }
                connection.write_all(&list.response(&responses.page)).await?;
            }
        }
    }
}

/// A request of `/<latency in milliseconds>/<pages>/accounts?page=…`.
struct List {
    latency: Duration,
    pages: u64,
    page: u64,
}

fn list(target: &str) -> Option<List> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut segments = path.strip_suffix("/accounts")?.split('/').skip(1);
    let latency = Duration::from_millis(segments.next()?.parse().ok()?);
    let pages = segments.next()?.parse().ok()?;
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    Some(List { latency, pages, page: page.and_then(|page| page.parse().ok()).unwrap_or(1) })
}

impl List {
    fn response(&self, [before, after]: &[String; 2]) -> Vec<u8> {
        let Self { pages, page, .. } = self;
        let (per_page, total) = (fixtures::PER_PAGE, pages * fixtures::PER_PAGE as u64);
        // Some clients read until a page is empty.
        let items = if page > pages {
            r#"{"success":true,"errors":[],"messages":[],"result":[]"#.to_owned()
        } else {
            format!("{before}{page:032}{after}")
        };
        response_bytes(&format!(
            r#"{items},"result_info":{{"page":{page},"per_page":{per_page},"total_count":{total},"total_pages":{pages}}}}}"#
        ))
    }
}
