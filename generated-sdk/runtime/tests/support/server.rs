//! A server on a raw socket: it sends what the script says, byte for byte, and records what it received.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends the bytes and keeps the connection.
    Keep(Vec<u8>),
    /// Sends the bytes and closes the connection.
    Close(Vec<u8>),
    /// Sends nothing and resets the connection.
    Reset,
    /// Sends the bytes and then nothing more, with the connection open.
    Stall(Vec<u8>),
    /// Sends the pieces with a pause between them, and keeps the connection.
    Drip(Vec<Vec<u8>>, Duration),
    /// Sends the bytes and, after a pause in which they arrive, resets the connection.
    Break(Vec<u8>),
}

/// A whole answer. `headers` are lines such as `retry-after: 0`.
pub fn reply(status: &str, headers: &[&str], body: &str) -> Reply {
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    Reply::Keep(format!("{head}\r\n{body}").into_bytes())
}

/// A successful answer in the envelope.
pub fn ok(result: &str) -> Reply {
    let body = format!(r#"{{"result":{result},"success":true,"errors":[],"messages":[]}}"#);
    reply("200 OK", &["content-type: application/json"], &body)
}

/// An error in the envelope, as Cloudflare sends it.
pub fn refusal(status: &str, code: i64, message: &str) -> Reply {
    let body = format!(
        r#"{{"result":null,"success":false,"errors":[{{"code":{code},"message":"{message}"}}],"messages":[]}}"#
    );
    reply(status, &["content-type: application/json", "cf-ray: 8f1c2d3e4f5a6b7c-AMS"], &body)
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Everything before the empty line.
    pub head: String,
    pub body: String,
}

impl Received {
    /// The request line.
    pub fn line(&self) -> &str {
        self.head.split("\r\n").next().unwrap()
    }

    /// The path and query, as they came.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap()
    }

    /// All values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Reply>,
    /// Sent when the script has ended.
    for_ever: Option<Reply>,
    received: Vec<Received>,
    connections: usize,
    hung_up: usize,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    pub url: String,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Sends the replies in their order. A request too many gets 418, which no client retries.
    pub async fn script(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(script.into_iter().collect(), None).await
    }

    /// Sends the same reply to every request.
    pub async fn always(reply: Reply) -> Self {
        Self::start(VecDeque::new(), Some(reply)).await
    }

    /// Sends to every request the reply that is made of the server's own URL.
    pub async fn with(reply: impl FnOnce(&str) -> Reply) -> Self {
        let server = Self::start(VecDeque::new(), None).await;
        server.state.lock().unwrap().for_ever = Some(reply(&server.url));
        server
    }

    async fn start(script: VecDeque<Reply>, for_ever: Option<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { script, for_ever, ..State::default() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { url, state, task }
    }

    /// Sends these replies behind the others.
    pub fn play(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.lock().unwrap().script.extend(replies);
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// The only request.
    pub fn only(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received[0].clone()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().received.len()
    }

    /// How many clients hung up on an answer that stalled.
    pub fn hung_up(&self) -> usize {
        self.state.lock().unwrap().hung_up
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

/// Plays one connection until either side closes it.
async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut buffer = Vec::new();
    while let Some(received) = read_request(&mut stream, &mut buffer).await {
        let reply = {
            let mut state = state.lock().unwrap();
            state.received.push(received);
            let next = state.script.pop_front().or_else(|| state.for_ever.clone());
            next.unwrap_or_else(|| reply("418 I'm a teapot", &[], "the script has ended"))
        };
        let (bytes, keep) = match reply {
            Reply::Keep(bytes) => (bytes, true),
            Reply::Close(bytes) => (bytes, false),
            Reply::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::Stall(bytes) => {
                stream.write_all(&bytes).await.ok();
                // Until the client hangs up.
                stream.read_exact(&mut [0]).await.ok();
                state.lock().unwrap().hung_up += 1;
                return;
            }
            Reply::Drip(pieces, pause) => {
                for piece in pieces {
                    if stream.write_all(&piece).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
                continue;
            }
            Reply::Break(bytes) => {
                stream.write_all(&bytes).await.ok();
                tokio::time::sleep(Duration::from_millis(100)).await;
                stream.set_zero_linger().unwrap();
                return;
            }
        };
        if stream.write_all(&bytes).await.is_err() || !keep {
            return;
        }
    }
}

/// Nothing at the end of the connection.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Received> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer.drain(..end + 4).take(end).collect()).unwrap();
    let mut received = Received { head, body: String::new() };
    if received.header("transfer-encoding") == ["chunked"] {
        received.body = read_chunks(stream, buffer).await?;
        return Some(received);
    }
    let length = received.header("content-length").first().map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    received.body = String::from_utf8(buffer.drain(..length).collect()).unwrap();
    Some(received)
}

/// The content of a body in chunks.
async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            match buffer.windows(2).position(|window| window == b"\r\n") {
                Some(end) => break buffer.drain(..end + 2).take(end).collect::<Vec<u8>>(),
                None if stream.read_buf(buffer).await.ok()? == 0 => return None,
                None => {}
            }
        };
        let length = usize::from_str_radix(std::str::from_utf8(&line).unwrap(), 16).unwrap();
        while buffer.len() < length + 2 {
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        body.extend(buffer.drain(..length + 2).take(length));
        if length == 0 {
            return Some(String::from_utf8(body).unwrap());
        }
    }
}
