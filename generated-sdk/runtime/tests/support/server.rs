//! An HTTP server on a raw socket that sends scripted bytes and records the requests that it receives.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use super::received::Received;
use super::received::{read_body, read_head};

/// Behaviour of the server for one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends the bytes and keeps the connection.
    Keep(Vec<u8>),
    /// Sends the bytes and closes the connection.
    Close(Vec<u8>),
    /// Sends nothing and resets the connection.
    Reset,
    /// Resets a new connection before reading from it.
    ResetUnread,
    /// Sends the bytes, then nothing more, and keeps the connection open.
    Stall(Vec<u8>),
    /// Sends the pieces with a pause after each, and keeps the connection.
    Drip(Vec<Vec<u8>>, Duration),
    /// Sends the bytes and resets the connection after the test calls [`Server::release`].
    Break(Vec<u8>),
    /// Sends the bytes and resets the connection immediately. On some systems the client cannot read the
    /// bytes.
    ResetAfter(Vec<u8>),
    /// Sends the first bytes once, then the second ones repeatedly until the client disconnects.
    Flood(Vec<u8>, Vec<u8>),
    /// Sends the bytes after the head of the request, without reading its body.
    Early(Vec<u8>),
    /// Like `Early`, but closes the connection.
    EarlyAndClose(Vec<u8>),
}

/// Returns a complete response. `headers` are lines such as `retry-after: 0`.
pub fn reply(status: &str, headers: &[&str], body: &str) -> Reply {
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    Reply::Keep(format!("{head}\r\n{body}").into_bytes())
}

/// Returns a successful response with `result` in the envelope.
pub fn ok(result: &str) -> Reply {
    let body = format!(r#"{{"result":{result},"success":true,"errors":[],"messages":[]}}"#);
    reply("200 OK", &["content-type: application/json"], &body)
}

/// Returns an error response in Cloudflare's envelope.
pub fn error_reply(status: &str, code: i64, message: &str) -> Reply {
    let body = format!(
        r#"{{"result":null,"success":false,"errors":[{{"code":{code},"message":"{message}"}}],"messages":[]}}"#
    );
    reply(status, &["content-type: application/json", "cf-ray: 8f1c2d3e4f5a6b7c-AMS"], &body)
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Reply>,
    /// Reply after the end of the script.
    default_reply: Option<Reply>,
    /// If set, computes the reply from the request and replaces the script.
    reply_fn: Option<fn(&Received) -> Reply>,
    started: usize,
    received: Vec<Received>,
    connections: usize,
    attempts: usize,
    stalled: usize,
    disconnected: usize,
    closed: usize,
    is_released: bool,
}

impl State {
    fn peek(&self) -> Option<&Reply> {
        self.script.front().or(self.default_reply.as_ref())
    }

    fn next(&mut self) -> Reply {
        self.attempts += 1;
        let next = self.script.pop_front().or_else(|| self.default_reply.clone());
        next.unwrap_or_else(|| reply("418 I'm a teapot", &[], "the script has ended"))
    }
}

/// A server that stops accepting connections when dropped.
#[derive(Debug)]
pub struct Server {
    pub url: String,
    state: watch::Sender<State>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts a server that sends the replies in order. Further requests get 418, which is not retried.
    pub async fn script(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(script.into_iter().collect(), None).await
    }

    /// Starts a server that sends the same reply to every request.
    pub async fn always(reply: Reply) -> Self {
        Self::start(VecDeque::new(), Some(reply)).await
    }

    /// Starts a server that computes each reply from the request.
    pub async fn reply_with(reply: fn(&Received) -> Reply) -> Self {
        let server = Self::start(VecDeque::new(), None).await;
        server.state.send_modify(|state| state.reply_fn = Some(reply));
        server
    }

    /// Starts a server that sends the same reply to every request. The reply is computed from the server's
    /// URL.
    pub async fn with_url(reply: impl FnOnce(&str) -> Reply) -> Self {
        let server = Self::start(VecDeque::new(), None).await;
        let reply = reply(&server.url);
        server.state.send_modify(|state| state.default_reply = Some(reply));
        server
    }

    async fn start(script: VecDeque<Reply>, default_reply: Option<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = watch::Sender::new(State { script, default_reply, ..State::default() });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.send_modify(|state| state.connections += 1);
                let state = shared.clone();
                tokio::spawn(async move {
                    serve(stream, &state).await;
                    state.send_modify(|state| state.closed += 1);
                });
            }
        });
        Self { url, state, task }
    }

    /// Appends replies to the script.
    pub fn enqueue(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.send_modify(|state| state.script.extend(replies));
    }

    /// Lets pending and future [`Reply::Break`] replies reset their connections.
    pub fn release(&self) {
        self.state.send_modify(|state| state.is_released = true);
    }

    /// Returns all requests received so far.
    pub fn received(&self) -> Vec<Received> {
        self.state.borrow().received.clone()
    }

    /// Returns the only request received. Panics if there is not exactly one.
    pub fn only_request(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received[0].clone()
    }

    /// Returns the number of complete requests received so far.
    pub fn count(&self) -> usize {
        self.state.borrow().received.len()
    }

    /// Returns the number of replies started so far: [`count`](Self::count) plus the connections that were
    /// reset before anything was read.
    pub fn attempts(&self) -> usize {
        self.state.borrow().attempts
    }

    /// Returns the number of connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.borrow().connections
    }

    /// Waits until the heads of `count` requests were received.
    pub async fn until_started(&self, count: usize) {
        self.until(|state| state.started >= count).await;
    }

    /// Waits until `count` responses have stalled.
    pub async fn until_stalled(&self, count: usize) {
        self.until(|state| state.stalled >= count).await;
    }

    /// Waits until clients have disconnected from `count` responses that stalled or are endless.
    pub async fn until_disconnected(&self, count: usize) {
        self.until(|state| state.disconnected >= count).await;
    }

    /// Waits until `count` connections are closed.
    pub async fn until_closed(&self, count: usize) {
        self.until(|state| state.closed >= count).await;
    }

    async fn until(&self, condition: impl FnMut(&State) -> bool) {
        let mut state = self.state.subscribe();
        // No test takes nearly as long, so the condition will not become true.
        let wait = tokio::time::timeout(Duration::from_secs(300), state.wait_for(condition));
        wait.await.expect("the condition did not become true within 300 s").unwrap();
    }

    /// Awaits a call and advances the clock by `limit` whenever a response stalls. Timeouts of the call can
    /// therefore be long enough for the slowest machine without slowing the test down.
    pub async fn advance_through_stalls<T>(&self, limit: Duration, call: impl IntoFuture<Output = T>) -> T {
        let stalled = self.state.borrow().stalled;
        let pass = async {
            for count in stalled + 1.. {
                self.until_stalled(count).await;
                let _paused = PausedClock::new();
                tokio::time::advance(limit).await;
            }
            std::future::pending().await
        };
        tokio::select! {
            result = call.into_future() => result,
            () = pass => unreachable!("the loop is endless"),
        }
    }
}

/// Guard that pauses tokio's clock until it is dropped.
struct PausedClock;

impl PausedClock {
    fn new() -> Self {
        tokio::time::pause();
        Self
    }
}

impl Drop for PausedClock {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

/// Serves one connection until either side closes it.
async fn serve(mut stream: TcpStream, state: &watch::Sender<State>) {
    let change = |change: fn(&mut State)| state.send_modify(change);
    let is_next = |kind: fn(&Reply) -> bool| state.borrow().peek().is_some_and(kind);
    if is_next(|reply| matches!(reply, Reply::ResetUnread)) {
        state.send_modify(|state| drop(state.next()));
        stream.set_zero_linger().unwrap();
        return;
    }
    let mut buffer = Vec::new();
    while let Some(head) = read_head(&mut stream, &mut buffer).await {
        change(|state| state.started += 1);
        let mut received = Received { head, body: String::new() };
        if !is_next(|reply| matches!(reply, Reply::Early(_) | Reply::EarlyAndClose(_))) {
            let Some(body) = read_body(&received, &mut stream, &mut buffer).await else { return };
            received.body = body;
        }
        let mut next = None;
        state.send_modify(|state| {
            let made = state.reply_fn.map(|reply| reply(&received));
            state.received.push(received);
            let scripted = state.next();
            next = Some(made.unwrap_or(scripted));
        });
        let (bytes, keep) = match next.unwrap() {
            Reply::Keep(bytes) => (bytes, true),
            Reply::Close(bytes) | Reply::EarlyAndClose(bytes) => (bytes, false),
            Reply::Reset | Reply::ResetUnread => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::ResetAfter(bytes) => {
                stream.write_all(&bytes).await.ok();
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::Stall(bytes) => {
                stream.write_all(&bytes).await.ok();
                change(|state| state.stalled += 1);
                // Returns when the client disconnects.
                stream.read_exact(&mut [0]).await.ok();
                change(|state| state.disconnected += 1);
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
                state.subscribe().wait_for(|state| state.is_released).await.ok();
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::Flood(begin, more) => {
                stream.write_all(&begin).await.ok();
                while stream.write_all(&more).await.is_ok() {}
                change(|state| state.disconnected += 1);
                return;
            }
            Reply::Early(bytes) => {
                stream.write_all(&bytes).await.ok();
                return std::future::pending().await;
            }
        };
        if stream.write_all(&bytes).await.is_err() || !keep {
            return;
        }
    }
}
