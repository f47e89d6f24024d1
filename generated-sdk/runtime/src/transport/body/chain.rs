//! Concatenated bodies.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::{Body, BodyError, BodySource, ByteStream};
use crate::transport::future::BoxFuture;

pub(super) struct Chain(Arc<[Body]>);

impl Chain {
    pub(super) fn new(bodies: Vec<Body>) -> Self {
        Self(bodies.into())
    }
}

impl BodySource for Chain {
    fn length(&self) -> Option<u64> {
        self.0.iter().try_fold(0_u64, |sum, body| sum.checked_add(body.length()?))
    }

    fn is_replayable(&self) -> bool {
        self.0.iter().all(Body::is_replayable)
    }

    fn open(&self) -> BoxFuture<'static, io::Result<Body>> {
        let bodies = Arc::clone(&self.0);
        Box::pin(async move {
            let mut opened = Vec::with_capacity(bodies.len());
            for body in bodies.iter() {
                opened.push(match body.open() {
                    Some(open) => open.await?,
                    None => body.clone(),
                });
            }
            Ok(Body::chain(opened))
        })
    }

    fn read(&self) -> ByteStream {
        Box::pin(ChainStream { bodies: self.0.to_vec(), next: 0 })
    }
}

impl Body {
    /// Concatenates bodies.
    pub(crate) fn chain(bodies: Vec<Self>) -> Self {
        Self::from_source(Chain::new(bodies))
    }
}

/// Stream over the chunks of concatenated bodies.
struct ChainStream {
    bodies: Vec<Body>,
    next: usize,
}

impl Stream for ChainStream {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = self.next;
            let Some(body) = self.bodies.get_mut(next) else { return Poll::Ready(None) };
            match ready!(body.poll_chunk(context)) {
                None => self.next += 1,
                some => return Poll::Ready(some),
            }
        }
    }
}
