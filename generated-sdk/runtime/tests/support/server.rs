//! A server on a raw socket: it sends what the script says, byte for byte, and records what it received.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use super::received::Received;
use super::received::{read_body, read_head};

/// What the server does with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends the bytes and keeps the connection.
    Keep(Vec<u8>),
    /// Sends the bytes and closes the connection.
    Close(Vec<u8>),
    /// Sends nothing and resets the connection.
    Reset,
    /// Resets the connection as soon as it is made, before anything of the request is read.
    ResetUnread,
    /// Sends the bytes and then nothing more, with the connection open.
    Stall(Vec<u8>),
    /// Sends the pieces with a pause between them, and keeps the connection.
    Drip(Vec<Vec<u8>>, Duration),
    /// Sends the bytes and, when the test lets it [go on](Server::go_on), resets the connection.
    Break(Vec<u8>),
    /// Sends the bytes and, at once, resets the connection: not every system lets the client read them then.
    ResetAfter(Vec<u8>),
    /// Sends the first bytes and then the others over and over, until the client hangs up.
    Flood(Vec<u8>, Vec<u8>),
    /// Sends the bytes when the head of the request is there, and never reads its body.
    Interrupt(Vec<u8>),
    /// As `Interrupt`, and closes the connection.
    InterruptAndClose(Vec<u8>),
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

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Reply>,
    /// Sent when the script has ended.
    for_ever: Option<Reply>,
    /// Makes the replies of the requests, whatever their order.
    by_request: Option<fn(&Received) -> Reply>,
    begun: usize,
    received: Vec<Received>,
    connections: usize,
    tries: usize,
    stalled: usize,
    hung_up: usize,
    ended: usize,
    may_go_on: bool,
}

impl State {
    fn peek(&self) -> Option<&Reply> {
        self.script.front().or(self.for_ever.as_ref())
    }

    fn next(&mut self) -> Reply {
        self.tries += 1;
        let next = self.script.pop_front().or_else(|| self.for_ever.clone());
        next.unwrap_or_else(|| reply("418 I'm a teapot", &[], "the script has ended"))
    }
}

/// Ends when it is dropped.
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
    /// Sends the replies in their order. A request too many gets 418, which no client retries.
    pub async fn script(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(script.into_iter().collect(), None).await
    }

    /// Sends the same reply to every request.
    pub async fn always(reply: Reply) -> Self {
        Self::start(VecDeque::new(), Some(reply)).await
    }

    /// Sends to every request what is made of it.
    pub async fn by_request(reply: fn(&Received) -> Reply) -> Self {
        let server = Self::start(VecDeque::new(), None).await;
        server.state.send_modify(|state| state.by_request = Some(reply));
        server
    }

    /// Sends to every request the reply that is made of the server's own URL.
    pub async fn with(reply: impl FnOnce(&str) -> Reply) -> Self {
        let server = Self::start(VecDeque::new(), None).await;
        let reply = reply(&server.url);
        server.state.send_modify(|state| state.for_ever = Some(reply));
        server
    }

    async fn start(script: VecDeque<Reply>, for_ever: Option<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = watch::Sender::new(State { script, for_ever, ..State::default() });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.send_modify(|state| state.connections += 1);
                let state = shared.clone();
                tokio::spawn(async move {
                    serve(stream, &state).await;
                    state.send_modify(|state| state.ended += 1);
                });
            }
        });
        Self { url, state, task }
    }

    /// Sends these replies behind the others.
    pub fn play(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.send_modify(|state| state.script.extend(replies));
    }

    /// Lets answers that break do so.
    pub fn go_on(&self) {
        self.state.send_modify(|state| state.may_go_on = true);
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.state.borrow().received.clone()
    }

    /// The only request.
    pub fn only(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received[0].clone()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        self.state.borrow().received.len()
    }

    /// How many replies were begun so far: as [`count`](Self::count), with connections that were reset before
    /// anything was read.
    pub fn tries(&self) -> usize {
        self.state.borrow().tries
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.state.borrow().connections
    }

    /// Waits until the heads of so many requests came.
    pub async fn until_begun(&self, count: usize) {
        self.until(|state| state.begun >= count).await;
    }

    /// Waits until so many answers have stalled.
    pub async fn until_stalled(&self, count: usize) {
        self.until(|state| state.stalled >= count).await;
    }

    /// Waits until so many clients hung up on an answer that stalled or has no end.
    pub async fn until_hung_up(&self, count: usize) {
        self.until(|state| state.hung_up >= count).await;
    }

    /// Waits until so many connections have come to their end.
    pub async fn until_ended(&self, count: usize) {
        self.until(|state| state.ended >= count).await;
    }

    async fn until(&self, condition: impl FnMut(&State) -> bool) {
        let mut state = self.state.subscribe();
        // No test takes nearly as long: what is waited for doesn't come any more.
        let wait = tokio::time::timeout(Duration::from_secs(300), state.wait_for(condition));
        wait.await.expect("it does not happen").unwrap();
    }

    /// Makes a call with time standing still but where an answer stalls: then `limit` passes at once. So the call's
    /// limits can be long enough for the slowest machine.
    pub async fn let_stalls_last<T>(&self, limit: Duration, call: impl IntoFuture<Output = T>) -> T {
        let stalled = self.state.borrow().stalled;
        let pass = async {
            for count in stalled + 1.. {
                self.until_stalled(count).await;
                let _stopped = StoppedClock::new();
                tokio::time::advance(limit).await;
            }
            std::future::pending().await
        };
        tokio::select! {
            result = call.into_future() => result,
            () = pass => unreachable!("it never ends"),
        }
    }
}

/// While it lives the clock moves by the hand of the test alone.
struct StoppedClock;

impl StoppedClock {
    fn new() -> Self {
        tokio::time::pause();
        Self
    }
}

impl Drop for StoppedClock {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

/// Plays one connection until either side closes it.
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
        change(|state| state.begun += 1);
        let mut received = Received { head, body: String::new() };
        if !is_next(|reply| matches!(reply, Reply::Interrupt(_) | Reply::InterruptAndClose(_))) {
            let Some(body) = read_body(&received, &mut stream, &mut buffer).await else { return };
            received.body = body;
        }
        let mut next = None;
        state.send_modify(|state| {
            let made = state.by_request.map(|reply| reply(&received));
            state.received.push(received);
            let scripted = state.next();
            next = Some(made.unwrap_or(scripted));
        });
        let (bytes, keep) = match next.unwrap() {
            Reply::Keep(bytes) => (bytes, true),
            Reply::Close(bytes) | Reply::InterruptAndClose(bytes) => (bytes, false),
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
                // Until the client hangs up.
                stream.read_exact(&mut [0]).await.ok();
                change(|state| state.hung_up += 1);
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
                state.subscribe().wait_for(|state| state.may_go_on).await.ok();
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::Flood(begin, more) => {
                stream.write_all(&begin).await.ok();
                while stream.write_all(&more).await.is_ok() {}
                change(|state| state.hung_up += 1);
                return;
            }
            Reply::Interrupt(bytes) => {
                stream.write_all(&bytes).await.ok();
                return std::future::pending().await;
            }
        };
        if stream.write_all(&bytes).await.is_err() || !keep {
            return;
        }
    }
}
