//! Blocking calls, for programs that are not async.
//!
//! All blocking calls share one tokio runtime, so that threads can reuse each other's connections. A
//! background thread of the runtime drives sockets, timers and connections. The future of a call is polled
//! in the thread that waits for it.

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

/// Extension trait that sends requests and blocks until the response is received.
///
/// It is for programs that are not async. All requests implement this trait. Any number of threads can
/// block at the same time. They share a runtime in the background and the connections of the client.
///
/// In async code, blocking would stop other tasks, so these functions return [`Error::Config`] there. Call them
/// inside `tokio::task::spawn_blocking` or `tokio::task::block_in_place` instead.
///
/// # Examples
/// ```no_run
/// # use sdk_runtime::{Blocking, Call, Value};
/// # fn example(request: Call<Value>) -> sdk_runtime::Result<()> {
/// let result = request.clone().send_blocking()?;
/// // Or the complete response:
/// let response = request.send().wait()?;
/// println!("{result} {}", response.status);
/// # Ok(())
/// # }
/// ```
pub trait Blocking: IntoFuture + Sized {
    /// Sends the request and blocks until it is complete. Returns the same value as awaiting the request.
    ///
    /// # Errors
    /// Returns any [`Error`]. In async code, returns [`Error::Config`].
    fn send_blocking(self) -> Self::Output
    where
        Self: RequestOptions,
    {
        self.wait()
    }

    /// Blocks until a future is ready, for futures that are not requests themselves, such as those returned by
    /// `send()` and `chunks()`.
    ///
    /// # Errors
    /// Returns any [`Error`]. In async code, returns [`Error::Config`].
    fn wait(self) -> Self::Output;
}

impl<F: IntoFuture<Output = Result<T>>, T> Blocking for F {
    fn wait(self) -> Result<T> {
        let mut future = pin!(self.into_future());
        let mut output = None;
        block_on(&mut |context| future.as_mut().poll(context).map(|result| output = Some(result)))?;
        // `block_on` returns when the future is ready, so there is an output.
        output.unwrap_or_else(|| Err(Error::config("the call ended without a result")))
    }
}

/// Iterator over a list or stream that blocks until the next item is received, for programs that are not async.
///
/// In async code, where blocking is not allowed (see [`Blocking`]), the only item is [`Error::Config`].
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct BlockingIter<S> {
    stream: S,
    has_failed: bool,
}

impl<S> BlockingIter<S> {
    fn new(stream: S) -> Self {
        Self { stream, has_failed: false }
    }
}

impl<S: Stream<Item = Result<T>> + Unpin, T> Iterator for BlockingIter<S> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.has_failed {
            return None;
        }
        let mut item = None;
        let mut stream = Pin::new(&mut self.stream);
        match block_on(&mut |context| stream.as_mut().poll_next(context).map(|next| item = next)) {
            Ok(()) => item,
            Err(error) => {
                // Without an end, a loop that skips errors would not terminate.
                self.has_failed = true;
                Some(Err(error))
            }
        }
    }
}

impl<T> Items<T> {
    /// Converts into a blocking iterator over the items.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl<T> Pages<T> {
    /// Converts into a blocking iterator over the pages.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl<T> Streaming<T> {
    /// Converts into a blocking iterator over the items.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

impl Chunks {
    /// Converts into a blocking iterator over the chunks.
    pub fn blocking(self) -> BlockingIter<Self> {
        BlockingIter::new(self)
    }
}

/// Polls until ready, and parks the thread in between. Not generic, so that it is compiled once.
///
/// # Errors
/// Returns [`Error::Config`] in async code, in a destructor of a thread-local value, or if the runtime cannot
/// be started.
fn block_on(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) -> Result<()> {
    if is_async_task() {
        return Err(Error::config(
            "blocking call inside async code, where it would stop other tasks; await it instead, or call it inside \
             `tokio::task::spawn_blocking`",
        ));
    }
    if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
        return Err(Error::config(
            "blocking call in a destructor of a thread-local value, where the runtime is not available; call it before \
             the thread ends",
        ));
    }
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let thread_waker = Arc::new(ThreadWaker { thread: std::thread::current(), is_woken: AtomicBool::new(false) });
    let waker = Waker::from(Arc::clone(&thread_waker));
    let mut context = Context::from_waker(&waker);
    while poll(&mut context).is_pending() {
        while !thread_waker.is_woken.swap(false, Ordering::Acquire) {
            std::thread::park();
        }
    }
    Ok(())
}

/// Waker that unparks a thread. `block_on` of tokio is not used, because it panics in async code.
struct ThreadWaker {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Returns `true` in a task of a tokio runtime, where blocking is not allowed.
///
/// Threads of `spawn_blocking` have a runtime handle as well, but no cooperative budget. The budget of a
/// task is used up after at most 255 steps. Using it up is harmless: it only makes the task yield to other
/// tasks.
fn is_async_task() -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let mut has_budget = || pin!(tokio::task::consume_budget()).poll(&mut context).is_ready();
    Handle::try_current().is_ok() && !(0..=u8::MAX).all(|_| has_budget())
}

/// Returns the runtime of all blocking calls. The first call starts it.
fn runtime() -> Result<Handle> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    let mut started = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*started {
        return Ok(handle.clone());
    }
    let failed = |error| Error::config(format!("the runtime for blocking calls cannot be started: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("sdk-blocking".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(failed)?;
    Ok(started.insert(handle).clone())
}
