//! The faulty server. It runs in a separate process so that memory and connections of the main process are
//! only those of the SDK. It exits when its standard input is closed.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::plan::{self, Fault, ITEMS, PAGES};

/// Statistics of received requests.
#[derive(Default)]
struct Statistics {
    /// Attempts by the number of the request.
    attempts: Vec<u8>,
    /// POST attempts that the server may have acted on, by the number of the request.
    posts_acted_on: Vec<u8>,
    requests: u64,
    open: usize,
    max_open: usize,
}

type SharedStatistics = Arc<Mutex<Statistics>>;

/// Serves `calls` calls on a free port, which is printed to standard output.
pub fn serve(calls: usize) -> io::Result<()> {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        io::stdout().flush()?;
        let (attempts, posts_acted_on) = (vec![0; calls * PAGES], vec![0; calls * PAGES]);
        let statistics = Arc::new(Mutex::new(Statistics { attempts, posts_acted_on, ..Statistics::default() }));
        loop {
            let (connection, _) = listener.accept().await?;
            let statistics = Arc::clone(&statistics);
            update(&statistics, |statistics| {
                statistics.open += 1;
                statistics.max_open = statistics.max_open.max(statistics.open);
            });
            tokio::spawn(async move {
                // The client may disconnect at any time.
                let _ = serve_connection(connection, &statistics).await;
                update(&statistics, |statistics| statistics.open -= 1);
            });
        }
    })
}

fn update<T>(statistics: &SharedStatistics, update: impl FnOnce(&mut Statistics) -> T) -> T {
    update(&mut statistics.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Received {
    method: String,
    path: String,
    body: Vec<u8>,
}

async fn receive(connection: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Received>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if connection.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    while buffer.len() < end + length {
        if connection.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = buffer[end..end + length].to_vec();
    buffer.drain(..end + length);
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Ok(Some(Received { method, path, body }))
}

async fn serve_connection(mut connection: TcpStream, statistics: &SharedStatistics) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(received) = receive(&mut connection, &mut buffer).await? {
        if received.path == "/summary" {
            let text = update(statistics, |statistics| statistics.summary());
            connection.write_all(response_bytes(200, "", &text).as_bytes()).await?;
            continue;
        }
        let (path, query) = received.path.split_once('?').unwrap_or((&received.path, ""));
        let number = match received.method.as_str() {
            // `{"id":…}`
            "POST" => String::from_utf8_lossy(&received.body).trim_matches(|c: char| !c.is_ascii_digit()).parse(),
            _ => path.rsplit('/').next().unwrap_or_default().parse(),
        };
        let call: usize = number.map_err(|_| io::ErrorKind::InvalidData)?;
        let page = query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).unwrap_or(1);
        let request = plan::request(call, page);
        let attempt = update(statistics, |statistics| {
            statistics.requests += 1;
            statistics.attempts[request] = statistics.attempts[request].saturating_add(1);
            statistics.attempts[request]
        });
        let fault = plan::fault(request, attempt);
        if received.method == "POST" && fault.may_have_acted() {
            update(statistics, |statistics| {
                statistics.posts_acted_on[request] = statistics.posts_acted_on[request].saturating_add(1)
            });
        }
        let response = match path {
            _ if path.starts_with("/lists/") => page_of(call, page),
            _ if path.starts_with("/streams/") => stream(call),
            _ => response_bytes(200, "", &format!(r#"{{"id":{call},"seen":{attempt}}}"#)),
        };
        if !reply(&mut connection, fault, &response).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends the response with the fault. Returns `false` if the connection must be closed.
async fn reply(connection: &mut TcpStream, fault: Fault, response: &str) -> io::Result<bool> {
    let error = r#"{"error":"not now"}"#;
    match fault {
        Fault::None => connection.write_all(response.as_bytes()).await?,
        Fault::Reset => {
            connection.set_zero_linger()?;
            return Ok(false);
        }
        Fault::Truncated => {
            connection.write_all(&response.as_bytes()[..response.len() - 5]).await?;
            return Ok(false);
        }
        Fault::Garbage => {
            connection.write_all(b"\x16\x03\x01\x02 not HTTP\r\n\r\n").await?;
            return Ok(false);
        }
        Fault::NotJson => connection.write_all(response_bytes(200, "", "<html>Oops</html>").as_bytes()).await?,
        Fault::Limited => {
            connection.write_all(response_bytes(429, "retry-after: 0\r\n", error).as_bytes()).await?
        }
        Fault::Unavailable => connection.write_all(response_bytes(503, "", error).as_bytes()).await?,
        Fault::Failed => connection.write_all(response_bytes(500, "", error).as_bytes()).await?,
        Fault::Stall => {
            // Returns when the client disconnects.
            connection.read_buf(&mut Vec::new()).await?;
            return Ok(false);
        }
        Fault::Slow => {
            for piece in response.as_bytes().chunks(response.len().div_ceil(3)) {
                connection.write_all(piece).await?;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Fault::Close => {
            let response = response.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            connection.write_all(response.as_bytes()).await?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn response_bytes(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

fn item(call: usize, index: usize) -> String {
    format!(r#"{{"id":{call},"seen":{index}}}"#)
}

fn page_of(call: usize, page: usize) -> String {
    let items: Vec<String> = (0..ITEMS).map(|index| item(call, (page - 1) * ITEMS + index)).collect();
    let body = format!(r#"{{"items":[{}],"info":{{"page":{page},"total_pages":{PAGES}}}}}"#, items.join(","));
    response_bytes(200, "", &body)
}

/// Returns a chunked response with one line in each chunk.
fn stream(call: usize) -> String {
    let chunk = |index: usize| {
        let line = item(call, index);
        format!("{:x}\r\n{line}\n\r\n", line.len() + 1)
    };
    let chunks: String = (0..ITEMS).map(chunk).collect();
    format!(
        "HTTP/1.1 200 x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
    )
}

impl Statistics {
    /// Returns space-separated numbers: requests, POST requests that may have been acted on more than once,
    /// requests with too many attempts, open connections, and the maximum of open connections.
    fn summary(&self) -> String {
        let duplicated = self.posts_acted_on.iter().filter(|times| **times > 1).count();
        let exceeded = self.attempts.iter().filter(|times| **times > plan::ATTEMPTS).count();
        format!("{} {duplicated} {exceeded} {} {}", self.requests, self.open, self.max_open)
    }
}
