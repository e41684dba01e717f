//! One task that reads messages, hands each to the service before it looks at the next, and
//! writes what comes out. It waits for nothing but the client: handlers send an event and wait
//! for its answer, so the first poll of each, in the order of the stream, is all that orders them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{Sink, Stream};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::Sleep;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::ls_types::notification::{Notification as _, PublishDiagnostics};
use tower_lsp::ls_types::{PublishDiagnosticsParams, Uri};
use tower_lsp::{ClientSocket, ExitedError};
use tower_service::Service;

use super::announce::INITIALIZE;
use super::crash;
use super::front_door::{FrontDoor, Incoming, Lost, MAX_MESSAGE_BYTES, Message, misshapen, sifted};
use super::manners::{Admission, Stage, admit};
use super::stdio::{Input, Output};
use super::written;
use crate::world::{Event, Publication};

/// Bytes that are read at once: what a pipe holds.
const CHUNK_BYTES: usize = 64 * 1024;

/// Most bytes that wait to be written. Beyond, nothing more is read until the client has read.
const MAX_UNSENT_BYTES: usize = 16 * 1024 * 1024;

/// Memory that is kept for what is written, in bytes.
const KEPT_BYTES: usize = 1024 * 1024;

/// Most requests under way; those beyond are refused. Each waits for a thread of its own or for
/// names, so they cost memory only.
const MAX_REQUESTS: usize = 16 * 1024;

/// How long requests under way, and what is still to be written, may take when the session ends.
const GRACE: Duration = Duration::from_secs(2);

/// How many faults of the client are told in the log, so that a flood of them does not fill it.
const MAX_TOLD: usize = 100;

/// What the protocol calls `RequestFailed`.
const REQUEST_FAILED: i64 = -32803;

type Answering = Pin<Box<dyn Future<Output = Result<Option<Response>, ExitedError>> + Send>>;

/// Both directions of a session.
pub(super) struct Connection<S> {
    input: Input,
    output: Output,
    service: S,
    client: ClientSocket,
    publications: UnboundedReceiver<Publication>,
    events: UnboundedSender<Event>,

    door: FrontDoor,
    chunk: Box<[u8]>,
    stage: Stage,
    under_way: FuturesUnordered<Call>,
    unsent: Unsent,
    /// Diagnostics that the client has no room for: the last of each document.
    held: FxHashMap<Arc<Uri>, Publication>,
    /// Runs when nothing more is read.
    grace: Option<Pin<Box<Sleep>>>,
    told: usize,
}

impl<S> Connection<S>
where
    S: Service<Request, Response = Option<Response>, Error = ExitedError, Future = Answering>,
{
    /// A session that has not begun. What the client does to documents that cannot be read is
    /// told to `events`.
    pub(super) fn new(
        (input, output): (Input, Output),
        service: S,
        client: ClientSocket,
        publications: UnboundedReceiver<Publication>,
        events: UnboundedSender<Event>,
    ) -> Self {
        Self {
            input,
            output,
            service,
            client,
            publications,
            events,
            door: FrontDoor::new(MAX_MESSAGE_BYTES),
            chunk: vec![0; CHUNK_BYTES].into(),
            stage: Stage::default(),
            under_way: FuturesUnordered::new(),
            unsent: Unsent::default(),
            held: FxHashMap::default(),
            grace: None,
            told: 0,
        }
    }

    /// Serves until `exit`, or until one of the two streams has ended.
    pub(super) async fn serve(mut self) {
        std::future::poll_fn(|context| self.poll(context)).await;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            self.collect(context);
            let was_full = self.unsent.is_full();
            match self.unsent.poll_write(&mut self.output, context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    tracing::warn!(%error, "nobody reads stdout any more");
                    return Poll::Ready(());
                }
                Poll::Pending => {}
            }
            if let Some(grace) = &mut self.grace {
                let is_done = self.under_way.is_empty() && self.unsent.is_empty();
                if is_done || grace.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
                return Poll::Pending;
            }
            // Room for more wakes the task: there is something to write.
            if self.unsent.is_full() {
                return Poll::Pending;
            }
            if was_full {
                continue;
            }
            match ready!(self.poll_read(context)) {
                Ok(0) => {
                    if let Some(begin) = self.door.end() {
                        tracing::warn!(%begin, "stdin has ended in the middle of a message");
                    }
                    self.end();
                }
                Ok(count) => {
                    self.door.feed(&self.chunk[..count]);
                    while self.grace.is_none()
                        && let Some(incoming) = self.door.next_incoming()
                    {
                        self.take(incoming, context);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "stdin cannot be read any more");
                    self.end();
                }
            }
        }
    }

    /// Reads nothing more.
    fn end(&mut self) {
        self.grace = Some(Box::pin(tokio::time::sleep(GRACE)));
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut chunk = ReadBuf::new(&mut self.chunk);
        ready!(Pin::new(&mut self.input).poll_read(context, &mut chunk))?;
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// Takes what is to be sent: answers, our own requests, diagnostics.
    fn collect(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some(answer)) = Pin::new(&mut self.under_way).poll_next(context) {
            if let Some(answer) = answer {
                self.unsent.push_answer(&answer);
            }
        }
        while !self.unsent.is_full()
            && let Poll::Ready(Some(request)) = Pin::new(&mut self.client).poll_next(context)
        {
            self.unsent.push(&request);
        }
        while let Poll::Ready(Some(publication)) = self.publications.poll_recv(context) {
            if self.unsent.is_full() {
                self.held.insert(publication.uri.clone(), publication);
            } else {
                // A newer one of the same document.
                self.held.remove(&publication.uri);
                self.unsent.push_publication(publication);
            }
        }
        while !self.unsent.is_full()
            && let Some(uri) = self.held.keys().next().cloned()
            && let Some(publication) = self.held.remove(&uri)
        {
            self.unsent.push_publication(publication);
        }
    }

    fn take(&mut self, incoming: Incoming, context: &mut Context<'_>) {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request, context),
            Incoming::Message(Message::Response(response)) => {
                // Nobody waits for an answer to what was never asked.
                _ = Pin::new(&mut self.client).start_send(response);
            }
            Incoming::Refused(refused) => {
                self.tell_fault(&refused.error, &refused.begin);
                if let Some(id) = refused.id {
                    self.unsent
                        .push_answer(&Response::from_error(id, refused.error));
                }
                if let Some(lost) = refused.lost {
                    self.lose(lost);
                }
            }
        }
    }

    fn request(&mut self, request: Request, context: &mut Context<'_>) {
        let id = request.id().cloned();
        match admit(&mut self.stage, request) {
            Admission::Refuse(error) => {
                if let Some(id) = id {
                    self.unsent.push_answer(&Response::from_error(id, error));
                }
            }
            Admission::Exit(request) => {
                _ = catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
                self.end();
            }
            Admission::Handle(request) => {
                if id.is_none()
                    && let Some((uris, error)) = misshapen(&request)
                {
                    self.tell_fault(&Error::invalid_params(error.to_string()), request.method());
                    self.lose(Lost::Documents(uris));
                    return;
                }
                if let Some(id) = &id
                    && self.under_way.len() >= MAX_REQUESTS
                {
                    let error = Error {
                        code: ErrorCode::ServerError(REQUEST_FAILED),
                        message: "Too many requests are under way: ask again.".into(),
                        data: None,
                    };
                    self.unsent
                        .push_answer(&Response::from_error(id.clone(), error));
                    return;
                }
                let (request, left_out) = match id {
                    None => sifted(request),
                    Some(_) => (request, 0),
                };
                if left_out > 0 {
                    let error = Error::invalid_params(format!(
                        "{left_out} entries are no files or folders"
                    ));
                    self.tell_fault(&error, request.method());
                }
                self.call(request, context);
            }
        }
    }

    fn call(&mut self, request: Request, context: &mut Context<'_>) {
        let is_initialize = request.method() == INITIALIZE;
        let mut call = Call::new(&mut self.service, request);
        match Pin::new(&mut call).poll(context) {
            Poll::Ready(answer) => {
                let is_well = answer.as_ref().is_some_and(Response::is_ok);
                if is_initialize && is_well {
                    self.stage = Stage::Running;
                }
                if let Some(answer) = answer {
                    self.unsent.push_answer(&answer);
                }
            }
            Poll::Pending => self.under_way.push(call),
        }
    }

    fn lose(&self, lost: Lost) {
        let documents = match lost {
            Lost::Documents(uris) if uris.is_empty() => return,
            Lost::Documents(uris) => Some(uris),
            Lost::Any => None,
        };
        // The world ends with the process only.
        _ = self.events.send(Event::Lost(documents));
    }

    fn tell_fault(&mut self, error: &Error, begin: &str) {
        self.told += 1;
        if self.told <= MAX_TOLD {
            tracing::warn!(%begin, "refused: {}", error.message);
        }
    }
}

/// A request or a notification under way. Whatever happens, a request is answered once.
struct Call {
    /// Whom to answer; `None` for a notification.
    id: Option<Id>,
    method: Cow<'static, str>,
    /// Kept for the log, of requests alone.
    params: Option<Value>,
    /// `None` where it could not even begin.
    answer: Option<Answering>,
}

impl Call {
    fn new<S>(service: &mut S, request: Request) -> Self
    where
        S: Service<Request, Future = Answering>,
    {
        let id = request.id().cloned();
        let method = Cow::Owned(request.method().to_owned());
        let params = request.params().filter(|_| id.is_some()).cloned();
        let answer = catch_unwind(AssertUnwindSafe(|| service.call(request))).ok();
        Self {
            id,
            method,
            params,
            answer,
        }
    }

    fn error(&self, error: Error) -> Option<Response> {
        Some(Response::from_error(self.id.clone()?, error))
    }

    fn tell_crash(&self) {
        let params = self.params.as_ref().map(Value::to_string);
        let params = params.as_deref().map(crash::shortened).unwrap_or_default();
        tracing::error!(method = %self.method, %params, "a request failed; please report it");
    }
}

impl Future for Call {
    type Output = Option<Response>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.get_mut();
        let Some(answer) = &mut call.answer else {
            call.tell_crash();
            return Poll::Ready(call.error(crash::error()));
        };
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        let response = match polled {
            Ok(poll) => ready!(poll).unwrap_or_default(),
            Err(_) => call.error(crash::error()),
        };
        let is_crash = |error: &Error| error.code == ErrorCode::InternalError;
        if response
            .as_ref()
            .and_then(Response::error)
            .is_some_and(is_crash)
        {
            call.tell_crash();
        }
        Poll::Ready(match (&call.id, response) {
            (None, _) => None,
            (Some(_), Some(response)) => Some(response),
            (Some(_), None) => call.error(Error::request_cancelled()),
        })
    }
}

/// What is to be written.
#[derive(Default)]
struct Unsent {
    bytes: VecDeque<u8>,
    body: Vec<u8>,
    needs_flush: bool,
}

#[derive(Serialize)]
struct Notification<P> {
    jsonrpc: &'static str,
    method: &'static str,
    params: P,
}

impl Unsent {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn is_full(&self) -> bool {
        self.bytes.len() >= MAX_UNSENT_BYTES
    }

    fn push(&mut self, message: &impl Serialize) {
        self.push_with(|body| serde_json::to_writer(body, message));
    }

    fn push_answer(&mut self, answer: &Response) {
        self.push_with(|body| written::write(answer, body));
    }

    fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>) {
        self.body.clear();
        if let Err(error) = write(&mut self.body) {
            tracing::error!(%error, "a message cannot be written");
            return;
        }
        let head = format!("Content-Length: {}\r\n\r\n", self.body.len());
        self.bytes.extend(head.as_bytes());
        self.bytes.extend(&self.body);
        if self.body.capacity() > KEPT_BYTES {
            self.body = Vec::new();
        }
    }

    fn push_publication(&mut self, publication: Publication) {
        let Publication {
            uri,
            diagnostics,
            version,
        } = publication;
        self.push(&Notification {
            jsonrpc: "2.0",
            method: PublishDiagnostics::METHOD,
            params: PublishDiagnosticsParams::new((*uri).clone(), diagnostics, version),
        });
    }

    /// Ready when everything is written.
    fn poll_write(
        &mut self,
        output: &mut Output,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !self.bytes.is_empty() {
            let (front, _) = self.bytes.as_slices();
            let written = ready!(Pin::new(&mut *output).poll_write(context, front))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.bytes.drain(..written);
            self.needs_flush = true;
        }
        if self.bytes.capacity() > KEPT_BYTES {
            self.bytes = VecDeque::new();
        }
        if self.needs_flush {
            ready!(Pin::new(output).poll_flush(context))?;
            self.needs_flush = false;
        }
        Poll::Ready(Ok(()))
    }
}
