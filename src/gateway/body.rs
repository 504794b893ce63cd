//! Bodies that stream through the gateway, frame by frame.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::search::StreamSearch;
use crate::app::gateway::{Placeholder, mask_fields};
use crate::net::StreamBody;
use crate::secret::Secret;

/// Maximum size of a body that is kept for a second attempt, in bytes.
pub(super) const MOST_REPLAYED: usize = 64 << 10;

/// Maximum size of a message to an MCP server, in bytes.
pub(super) const MOST_MESSAGE: usize = 4 << 20;

/// Error of a body.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that fails when nothing has arrived for a while.
struct Limited<B> {
    inner: B,
    idle: Option<(Duration, Pin<Box<Sleep>>)>,
    /// Error when the limit is exceeded.
    message: &'static str,
}

impl<B: Body<Data = Bytes, Error: Into<BodyError>> + Unpin> Limited<B> {
    /// `after`: time limit between two frames.
    fn new(inner: B, after: Option<Duration>, message: &'static str) -> Self {
        Self { inner, idle: after.map(|after| (after, Box::pin(tokio::time::sleep(after)))), message }
    }

    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            if let Some((after, sleep)) = &mut self.idle {
                sleep.as_mut().reset(Instant::now() + *after);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        match &mut self.idle {
            Some((_, sleep)) => sleep.as_mut().poll(context).map(|()| Some(Err(self.message.into()))),
            None => Poll::Pending,
        }
    }
}

/// What is known about a request body while it is sent.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<ProgressState>,
    misplaced: AtomicBool,
}

#[derive(Debug)]
struct ProgressState {
    kept: Vec<Bytes>,
    size: usize,
    complete: bool,
    last: Instant,
}

impl Progress {
    fn new() -> Self {
        let state = ProgressState { kept: Vec::new(), size: 0, complete: false, last: Instant::now() };
        Self { state: Mutex::new(state), misplaced: AtomicBool::new(false) }
    }

    fn with<T>(&self, work: impl FnOnce(&mut ProgressState) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether the body held the placeholder, so that it was not sent to its end.
    pub(super) fn is_misplaced(&self) -> bool {
        self.misplaced.load(Ordering::Acquire)
    }

    /// Returns when the last frame was sent.
    pub(super) fn last(&self) -> Instant {
        self.with(|state| state.last)
    }

    /// Returns the whole body if it was sent to its end and is small enough.
    pub(super) fn replay(&self) -> Option<Bytes> {
        self.with(|state| {
            (state.complete && state.size <= MOST_REPLAYED).then(|| {
                let mut whole = BytesMut::with_capacity(state.size);
                state.kept.iter().for_each(|chunk| whole.extend_from_slice(chunk));
                whole.freeze()
            })
        })
    }
}

/// Body of a request: searched for the placeholder, kept for a second attempt while it is small.
pub(super) struct RequestBody {
    inner: Limited<Incoming>,
    search: StreamSearch,
    placeholder: Placeholder,
    progress: Arc<Progress>,
    ended: bool,
}

impl RequestBody {
    pub(super) fn new(inner: Incoming, placeholder: &Placeholder, idle: Duration) -> (Self, Arc<Progress>) {
        let progress = Arc::new(Progress::new());
        let body = Self {
            inner: Limited::new(inner, Some(idle), "the caller sends nothing"),
            search: StreamSearch::new(placeholder.secret().expose().as_bytes()),
            placeholder: placeholder.clone(),
            progress: Arc::clone(&progress),
            ended: false,
        };
        (body, progress)
    }

    fn pass(&self, chunk: Bytes) -> Bytes {
        self.progress.with(|state| {
            state.last = Instant::now();
            state.size = state.size.saturating_add(chunk.len());
            match state.size <= MOST_REPLAYED {
                true => state.kept.push(chunk.clone()),
                false => state.kept.clear(),
            }
        });
        chunk
    }

    fn refused(&self) -> BodyError {
        self.progress.misplaced.store(true, Ordering::Release);
        "the placeholder is in the body".into()
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                return Poll::Ready(None);
            }
            let data = match ready!(this.inner.poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.search.refuse(data),
                    Err(frame) => return Poll::Ready(Some(this.trailers(frame))),
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    this.ended = true;
                    let rest = this.search.finish();
                    let passed = (!rest.is_empty()).then(|| this.pass(rest));
                    this.progress.with(|state| state.complete = true);
                    return Poll::Ready(passed.map(|rest| Ok(Frame::data(rest))));
                }
            };
            match data {
                Err(_) => return Poll::Ready(Some(Err(this.refused()))),
                // nothing but a possible start of the placeholder
                Ok(data) if data.is_empty() => {}
                Ok(data) => return Poll::Ready(Some(Ok(Frame::data(this.pass(data))))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended || (self.inner.inner.is_end_stream() && !self.search.is_holding())
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.inner.size_hint()
    }
}

impl RequestBody {
    /// Checks trailers. A body with trailers is not kept: they would be lost.
    fn trailers(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BodyError> {
        let held = |fields: &HeaderMap| fields.values().any(|value| self.placeholder.is_in(value.as_bytes()));
        if self.search.is_holding() || frame.trailers_ref().is_some_and(held) {
            return Err(self.refused());
        }
        self.progress.with(|state| state.size = usize::MAX);
        Ok(frame)
    }
}

/// Called at the end of a response with the number of bytes that were passed on, and whether that was all.
pub(super) type Finish = Box<dyn FnOnce(u64, bool)>;

/// Body of a response: the token is masked, in a compressed body only in its trailers, and the outcome is recorded at the
/// end.
pub(super) struct ResponseBody {
    inner: Limited<StreamBody>,
    token: Option<Secret>,
    search: Option<StreamSearch>,
    bytes: u64,
    ended: bool,
    /// Frame behind the held bytes.
    last: Option<Frame<Bytes>>,
    finish: Option<Finish>,
}

impl ResponseBody {
    /// `token`: masked in trailers, and in the body if it is readable. `idle`: time limit between two frames.
    pub(super) fn new(
        inner: StreamBody,
        token: Option<Secret>,
        is_readable: bool,
        idle: Option<Duration>,
        finish: Finish,
    ) -> Self {
        let masked = token.as_ref().filter(|_| is_readable);
        let mut body = Self {
            ended: inner.is_end_stream(),
            search: masked.map(|token| StreamSearch::new(token.expose().as_bytes())),
            token,
            inner: Limited::new(inner, idle, "the API sends nothing"),
            bytes: 0,
            last: None,
            finish: Some(finish),
        };
        if body.ended {
            body.end(true);
        }
        body
    }

    fn end(&mut self, complete: bool) {
        if let Some(finish) = self.finish.take() {
            finish(self.bytes, complete);
        }
    }

    fn pass(&mut self, data: Bytes) -> Frame<Bytes> {
        self.bytes += u64::try_from(data.len()).unwrap_or_default();
        if self.inner.inner.is_end_stream() && self.search.as_ref().is_none_or(|search| !search.is_holding()) {
            // the server may not poll again
            self.end(true);
        }
        Frame::data(data)
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                let last = this.last.take();
                if last.is_none() {
                    this.end(true);
                }
                return Poll::Ready(last.map(Ok));
            }
            match ready!(this.inner.poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        let data = match &mut this.search {
                            Some(search) => search.mask(data),
                            None => data,
                        };
                        if !data.is_empty() {
                            return Poll::Ready(Some(Ok(this.pass(data))));
                        }
                    }
                    Err(mut trailers) => {
                        if let (Some(fields), Some(token)) = (trailers.trailers_mut(), &this.token) {
                            mask_fields(fields, token);
                        }
                        this.ended = true;
                        this.last = Some(trailers);
                        if let Some(rest) = this.rest() {
                            return Poll::Ready(Some(Ok(rest)));
                        }
                    }
                },
                Some(Err(error)) => {
                    this.end(false);
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.ended = true;
                    if let Some(rest) = this.rest() {
                        return Poll::Ready(Some(Ok(rest)));
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_holding = self.search.as_ref().is_some_and(StreamSearch::is_holding);
        (self.ended && self.last.is_none()) || (self.inner.inner.is_end_stream() && !is_holding)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.inner.size_hint()
    }
}

impl ResponseBody {
    fn rest(&mut self) -> Option<Frame<Bytes>> {
        let rest = self.search.as_mut().map(StreamSearch::finish).filter(|rest| !rest.is_empty())?;
        Some(self.pass(rest))
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// Body of any response of the gateway.
pub(super) enum Outgoing {
    /// Of the gateway itself.
    Own(Option<Bytes>),
    /// Of the API.
    Streamed(Box<ResponseBody>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.get_mut() {
            Self::Own(bytes) => {
                Poll::Ready(bytes.take().filter(|bytes| !bytes.is_empty()).map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::Streamed(body) => Pin::new(body.as_mut()).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Streamed(body) => body.size_hint(),
        }
    }
}
