//! Calls from programs that are not async.
//!
//! One runtime serves all of them, so that a connection that one thread has made is there for the next. It has one
//! thread, which drives sockets, timers and connections; what a call itself has to do happens in the thread that
//! waits for it.

use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_core::Stream;
use tokio::runtime::Handle;

use super::paging::items::Items;
use super::paging::pages::Pages;
use super::stream::chunks::Chunks;
use super::stream::streaming::Streaming;
use crate::error::{Error, Result};
use crate::request::options::RequestOptions;

/// Sends requests from programs that are not async, and waits for their answers. All requests have it.
///
/// ```no_run
/// # use sdk_runtime::{Blocking, Call, Value};
/// # fn example(request: Call<Value>) -> sdk_runtime::Result<()> {
/// let result = request.clone().send_blocking()?;
/// // Or the whole answer.
/// let response = request.send().wait()?;
/// println!("{result} {}", response.status);
/// # Ok(())
/// # }
/// ```
///
/// Any thread may wait, and any number of them at once: they share one runtime in the background, and the client's
/// connections. In async code a wait would stop other tasks, so that there it is an error ([`Error::Config`]);
/// tokio's `spawn_blocking` and `block_in_place` make room for it.
pub trait Blocking: IntoFuture + Sized {
    /// Sends the request and waits for what awaiting it gives.
    ///
    /// # Errors
    /// Any [`Error`].
    fn send_blocking(self) -> Self::Output
    where
        Self: RequestOptions,
    {
        self.wait()
    }

    /// Waits for what is not a request itself: the whole answer that `send()` gives, say, or one that is read in
    /// `chunks()`.
    ///
    /// # Errors
    /// Any [`Error`].
    fn wait(self) -> Self::Output;
}

impl<F: IntoFuture<Output = Result<T>>, T> Blocking for F {
    fn wait(self) -> Result<T> {
        let mut future = pin!(self.into_future());
        let mut output = None;
        drive(&mut |context| future.as_mut().poll(context).map(|result| output = Some(result)))?;
        // `drive` comes back when the future is ready.
        output.unwrap_or_else(|| Err(Error::config("the call has ended without a result")))
    }
}

/// The items of a list or stream, for programs that are not async: each is waited for.
///
/// Where nothing may wait (see [`Blocking`]), the only item is that error.
#[derive(Debug)]
#[must_use = "nothing is fetched until an item is asked for"]
pub struct BlockingIter<S> {
    stream: S,
    is_refused: bool,
}

impl<S> BlockingIter<S> {
    fn new(stream: S) -> Self {
        Self { stream, is_refused: false }
    }
}

impl<S: Stream<Item = Result<T>> + Unpin, T> Iterator for BlockingIter<S> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.is_refused {
            return None;
        }
        let mut item = None;
        let mut stream = Pin::new(&mut self.stream);
        match drive(&mut |context| stream.as_mut().poll_next(context).map(|next| item = next)) {
            Ok(()) => item,
            Err(error) => {
                // Whoever passes over errors would go round for ever.
                self.is_refused = true;
                Some(Err(error))
            }
        }
    }
}

impl<T> Items<T> {
    /// The items one by one, for programs that are not async.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl<T> Pages<T> {
    /// The pages one by one, for programs that are not async.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl<T> Streaming<T> {
    /// The items one by one, for programs that are not async.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl Chunks {
    /// The chunks one by one, for programs that are not async.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

/// Polls until that is ready. It knows nothing of types, so that it is compiled once.
fn drive(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) -> Result<()> {
    if is_task() {
        return Err(Error::config(
            "a call waits for its answer inside async code, where that would stop other tasks; await it instead, or \
             wait inside of `tokio::task::spawn_blocking`",
        ));
    }
    if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
        return Err(Error::config("a call is made while its thread ends, where nothing can be waited for"));
    }
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let parked = Arc::new(Parked { thread: std::thread::current(), is_woken: AtomicBool::new(false) });
    let waker = Waker::from(Arc::clone(&parked));
    let mut context = Context::from_waker(&waker);
    while poll(&mut context).is_pending() {
        while !parked.is_woken.swap(false, Ordering::Acquire) {
            std::thread::park();
        }
    }
    Ok(())
}

/// A thread that waits. It is parked by hand, not by `block_on` of tokio, which panics where it may not wait.
struct Parked {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Whether this is a task of a tokio runtime. Threads of `spawn_blocking` know the runtime too, but nothing counts
/// against a budget there: that of a task is used up in at most 255 steps, after which it only lets others go first.
fn is_task() -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let mut has_budget = || pin!(tokio::task::consume_budget()).poll(&mut context).is_ready();
    Handle::try_current().is_ok() && !(0..=u8::MAX).all(|_| has_budget())
}

/// The runtime behind all calls, made at the first.
fn runtime() -> Result<Handle> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    let mut known = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*known {
        return Ok(handle.clone());
    }
    let failed = |error| Error::config(format!("the runtime for blocking calls can't be set up: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("sdk-blocking".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(failed)?;
    Ok(known.insert(handle).clone())
}
