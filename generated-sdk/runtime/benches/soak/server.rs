//! The server, in a process of its own: so memory and connections of the program are those of the SDK alone. It ends when
//! nobody holds its standard input any more.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::plan::{self, Fault, ITEMS, PAGES};

/// What the server has seen.
#[derive(Default)]
struct Seen {
    /// How many times, by the number of the request.
    attempts: Vec<u8>,
    /// How many of them it may have acted on, of those to act on.
    acted: Vec<u8>,
    requests: u64,
    open: usize,
    most_open: usize,
}

type Shared = Arc<Mutex<Seen>>;

/// Serves so many calls on a port that it says on its standard output.
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
        let (attempts, acted) = (vec![0; calls * PAGES], vec![0; calls * PAGES]);
        let seen = Arc::new(Mutex::new(Seen { attempts, acted, ..Seen::default() }));
        loop {
            let (connection, _) = listener.accept().await?;
            let seen = Arc::clone(&seen);
            change(&seen, |seen| {
                seen.open += 1;
                seen.most_open = seen.most_open.max(seen.open);
            });
            tokio::spawn(async move {
                // The client may go at any time.
                let _ = converse(connection, &seen).await;
                change(&seen, |seen| seen.open -= 1);
            });
        }
    })
}

fn change<T>(seen: &Shared, change: impl FnOnce(&mut Seen) -> T) -> T {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A request as it came.
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

async fn converse(mut connection: TcpStream, seen: &Shared) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(received) = receive(&mut connection, &mut buffer).await? {
        if received.path == "/summary" {
            let text = change(seen, |seen| seen.summary());
            connection.write_all(whole(200, "", &text).as_bytes()).await?;
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
        let attempt = change(seen, |seen| {
            seen.requests += 1;
            seen.attempts[request] = seen.attempts[request].saturating_add(1);
            seen.attempts[request]
        });
        let fault = plan::fault(request, attempt);
        if received.method == "POST" && fault.may_have_acted() {
            change(seen, |seen| seen.acted[request] = seen.acted[request].saturating_add(1));
        }
        let answer = match path {
            _ if path.starts_with("/lists/") => page_of(call, page),
            _ if path.starts_with("/streams/") => stream(call),
            _ => whole(200, "", &format!(r#"{{"id":{call},"seen":{attempt}}}"#)),
        };
        if !reply(&mut connection, fault, &answer).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the connection goes on.
async fn reply(connection: &mut TcpStream, fault: Fault, answer: &str) -> io::Result<bool> {
    let error = r#"{"error":"not now"}"#;
    match fault {
        Fault::None => connection.write_all(answer.as_bytes()).await?,
        Fault::Reset => {
            connection.set_zero_linger()?;
            return Ok(false);
        }
        Fault::Truncated => {
            connection.write_all(&answer.as_bytes()[..answer.len() - 5]).await?;
            return Ok(false);
        }
        Fault::Garbage => {
            connection.write_all(b"\x16\x03\x01\x02 what is this?\r\n\r\n").await?;
            return Ok(false);
        }
        Fault::NotJson => connection.write_all(whole(200, "", "<html>Oops</html>").as_bytes()).await?,
        Fault::Limited => connection.write_all(whole(429, "retry-after: 0\r\n", error).as_bytes()).await?,
        Fault::Unavailable => connection.write_all(whole(503, "", error).as_bytes()).await?,
        Fault::Failed => connection.write_all(whole(500, "", error).as_bytes()).await?,
        Fault::Stall => {
            // Until the client goes.
            connection.read_buf(&mut Vec::new()).await?;
            return Ok(false);
        }
        Fault::Slow => {
            for piece in answer.as_bytes().chunks(answer.len().div_ceil(3)) {
                connection.write_all(piece).await?;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Fault::Close => {
            let answer = answer.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            connection.write_all(answer.as_bytes()).await?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn whole(status: u16, headers: &str, body: &str) -> String {
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
    whole(200, "", &body)
}

/// A line in each chunk.
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

impl Seen {
    /// As numbers with blanks between: requests, requests to act on that came more often than once, requests that came
    /// more often than they may, connections that are open, and the most that were.
    fn summary(&self) -> String {
        let twice = self.acted.iter().filter(|times| **times > 1).count();
        let often = self.attempts.iter().filter(|times| **times > plan::ATTEMPTS).count();
        format!("{} {twice} {often} {} {}", self.requests, self.open, self.most_open)
    }
}
