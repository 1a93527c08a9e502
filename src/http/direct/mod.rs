//! Exchanges straight over TCP, with neither TLS nor a proxy in between.
//!
//! Each connection is driven by the exchange that goes on over it, so that an exchange costs no task
//! and no wake of another one.

mod connection;

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;
use url::Position;

pub(super) use self::connection::IDLE;
use self::connection::{Connection as Open, Rest, Unheard};
use crate::case::{self, HeaderCase};
use crate::http::client::ClientOptions;
use crate::http::coding::{self, CODINGS};
use crate::http::encode::{self, ReadyHeaders, ReadyPaths, Unsendable};
use crate::http::failure::{Stage, classify, innermost};
use crate::http::pieces::Pieces;
use crate::http::progress::Progress;
use crate::http::transport::{Connection, Failed, held};
use crate::http::{Answer, NoAnswer, NoAnswerKind, Target};

/// A client without TLS and without a proxy.
#[derive(Debug)]
pub(super) struct Direct {
    target: Target,
    /// The target itself, as one connects to it.
    origin: Uri,
    host: HeaderValue,
    user_agent: HeaderValue,
    max_body: usize,
    connect_timeout: Duration,
    connector: HttpConnector,
    idle: Mutex<Vec<Open>>,
    paths: ReadyPaths<Uri>,
    headers: ReadyHeaders,
    /// The server serves few connections at once.
    is_sparing: AtomicBool,
    /// Its answers have very many headers.
    has_many_headers: AtomicBool,
}

impl Direct {
    /// A client for the target of `options`, with no connection yet.
    ///
    /// # Errors
    /// If the user agent is no header value, or the target one that hyper can't connect to.
    pub(super) fn new(options: &ClientOptions) -> Result<Self, hyper::http::Error> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            origin: options.target.label().parse()?,
            host: options.target.host_header(),
            target: options.target.clone(),
            user_agent: HeaderValue::from_str(&options.user_agent)?,
            max_body: options.max_body,
            connect_timeout: options.connect_timeout(),
            connector,
            idle: Mutex::default(),
            paths: ReadyPaths::default(),
            headers: ReadyHeaders::default(),
            is_sparing: AtomicBool::new(false),
            has_many_headers: AtomicBool::new(false),
        })
    }

    /// Sends a request, and reads the whole answer.
    pub(super) async fn exchange(
        &self,
        on: Connection,
        request: &case::Request,
        progress: &Progress,
    ) -> Result<Answer, Failed> {
        let built = self.encode(request)?;
        let case = request.header_case;
        let kept = if on == Connection::Kept { self.take_idle(case) } else { None };
        let stale = kept.is_some();
        let mut open = match kept {
            Some(open) => open,
            None => Box::pin(self.open(case)).await?,
        };
        let head = match open.send(built).await {
            Ok(head) => head,
            Err(Unheard::Flooded) => {
                let detail = "interim answers without end, and no answer".to_owned();
                return Err(NoAnswer { kind: NoAnswerKind::TooLarge, detail }.into());
            }
            Err(Unheard::Failed(error)) if error.is_parse_too_large() && !open.has_many_headers => {
                // Its head may have more headers than usual: then it is heard the second time.
                self.take_more();
                let why = classify(&error, Stage::Head);
                return Err(Failed { why, stale: on == Connection::Kept });
            }
            Err(Unheard::Failed(error)) => {
                let mut why = classify(&error, Stage::Head);
                let is_closed = why.kind == NoAnswerKind::Closed;
                // One that is closed for being idle ends without a byte.
                let has_bytes = is_closed && open.has_bytes();
                if has_bytes {
                    why.kind = NoAnswerKind::Truncated;
                }
                return Err(Failed { why, stale: stale && is_closed && !has_bytes });
            }
        };
        if stale && head.status() == StatusCode::REQUEST_TIMEOUT && closes(&head) {
            // It was on its way before the request was: the connection was closed for being idle.
            let detail = "closed while it was idle".to_owned();
            return Err(Failed { stale, why: NoAnswer { kind: NoAnswerKind::Closed, detail } });
        }
        let answer = self.answer(head, &mut open, progress).await?;
        if open.is_open() {
            // Few requests spell headers otherwise: a connection for them is not held beside the others,
            // nor is one that takes fewer headers than others do by now.
            let is_usual = case == HeaderCase::default()
                && open.has_many_headers == self.has_many_headers.load(Ordering::Relaxed);
            if on != Connection::Fresh && is_usual {
                open.answered = Some(Instant::now());
                held(&self.idle).push(open);
            }
            return Ok(answer);
        }
        let detail = match open.rest() {
            Rest::Answer => "another answer behind the whole one",
            Rest::Bytes if may_have_content(request, answer.status) => {
                "more behind the whole answer than its headers say"
            }
            Rest::Bytes | Rest::Nothing => return Ok(answer),
        };
        Err(NoAnswer { kind: NoAnswerKind::Malformed, detail: detail.to_owned() }.into())
    }

    /// Reads the whole answer whose head came on a connection, as far as the size limit goes.
    async fn answer(
        &self,
        head: Response<Incoming>,
        open: &mut Open,
        progress: &Progress,
    ) -> Result<Answer, NoAnswer> {
        let (parts, incoming) = head.into_parts();
        let announced = incoming.size_hint().exact();
        progress.head(announced);
        let mut body = open.body(incoming, progress);
        let mut pieces = Pieces::of(announced);
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let frame = frame.map_err(|error| classify(&error, Stage::Body))?;
            // Trailers say nothing of the body.
            if let Ok(piece) = frame.into_data() {
                pieces.add(piece, self.max_body)?;
            }
        }
        let body = coding::content(&parts.headers, pieces.whole(), self.max_body)?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// Closes the kept connections that are idle; whether there were any.
    pub(super) fn close_idle(&self) -> bool {
        !std::mem::take(&mut *held(&self.idle)).is_empty()
    }

    /// Whether a kept connection is open still, as far as is known without waiting; others are dropped.
    pub(super) fn has_open(&self) -> bool {
        let mut idle = held(&self.idle);
        idle.retain_mut(|open| open.is_kept() && open.is_open());
        !idle.is_empty()
    }

    /// Closes the kept connection that was used last, so that another may be opened in its place.
    pub(super) fn make_room(&self) {
        held(&self.idle).pop();
    }

    /// Closes the kept connections that were idle for long.
    pub(super) fn close_expired(&self) {
        held(&self.idle).retain(Open::is_kept);
    }

    /// From now on, closes idle connections before another is opened.
    pub(super) fn be_sparing(&self) {
        self.is_sparing.store(true, Ordering::Relaxed);
    }

    /// The idle connection that was used last, if there is one. Where headers are spelled otherwise than
    /// those on it, it makes place for another.
    fn take_idle(&self, case: HeaderCase) -> Option<Open> {
        if case != HeaderCase::default() {
            self.make_room();
            return None;
        }
        let mut idle = held(&self.idle);
        while let Some(mut open) = idle.pop() {
            if open.is_kept() && open.is_open() {
                return Some(open);
            }
        }
        None
    }

    async fn open(&self, case: HeaderCase) -> Result<Open, NoAnswer> {
        if self.is_sparing.load(Ordering::Relaxed) {
            self.close_idle();
        }
        let unconnected = |detail: String| NoAnswer { kind: NoAnswerKind::Connect, detail };
        let socket = tokio::time::timeout(self.connect_timeout, self.connect())
            .await
            .map_err(|_| unconnected("connecting takes too long".to_owned()))?
            .map_err(unconnected)?;
        let has_many_headers = self.has_many_headers.load(Ordering::Relaxed);
        let open = Open::open(socket, case, has_many_headers).await;
        open.map_err(|error| classify(&error, Stage::Head))
    }

    /// Takes answers with more headers from now on.
    fn take_more(&self) {
        if !self.has_many_headers.swap(true, Ordering::Relaxed) {
            self.close_idle();
        }
    }

    async fn connect(&self) -> Result<TokioIo<TcpStream>, String> {
        let mut connector = self.connector.clone();
        let text = |error: &(dyn Error + 'static)| innermost(error).to_string();
        poll_fn(|cx| connector.poll_ready(cx)).await.map_err(|e| text(&e))?;
        connector.call(self.origin.clone()).await.map_err(|error| text(&error))
    }

    fn encode(&self, request: &case::Request) -> Result<Request<Full<Bytes>>, Unsendable> {
        let mut uri = self.path(&request.path)?;
        if let Some(query) = encode::query(request) {
            let whole = format!("{}?{query}", uri.path());
            uri = whole.parse().map_err(|_| Unsendable::path(&request.path))?;
        }
        let method = encode::method(request)?;
        let mut headers = self.headers.get(request, |headers| {
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
            headers.entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
            headers.entry(ACCEPT_ENCODING).or_insert(CODINGS);
            headers.entry(HOST).or_insert_with(|| self.host.clone());
        })?;
        encode::announce_emptiness(request, &mut headers);
        let mut built = Request::new(Full::new(request.body.clone().unwrap_or_default()));
        *built.method_mut() = method;
        *built.uri_mut() = uri;
        *built.headers_mut() = headers;
        Ok(built)
    }

    /// A path behind the target's prefix, as it stands in a request's first line.
    fn path(&self, path: &str) -> Result<Uri, Unsendable> {
        self.paths.get(path, || {
            let url = encode::url(&self.target, path)?;
            let uri = url[Position::BeforePath..Position::AfterPath].parse();
            uri.map_err(|_| Unsendable::path(path))
        })
    }
}

/// Whether an answer with this status has content at all. Where it has none, many servers send some (RFC
/// 9110, 6.4.1).
fn may_have_content(request: &case::Request, status: u16) -> bool {
    !request.method.eq_ignore_ascii_case("HEAD") && !matches!(status, 204 | 304)
}

/// Whether the connection ends with this answer.
fn closes(head: &Response<Incoming>) -> bool {
    let value = head.headers().get(CONNECTION).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.to_ascii_lowercase().contains("close"))
}
