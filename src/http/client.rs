//! Sends requests, and gets an answer or a reason for each, in bounded time and space.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::Url;

use crate::case::{HeaderCase, Request};
use crate::http::encode::{encode, url};
use crate::http::failure::{Stage, classify, local_address};
use crate::http::library::{Connection, Library};
use crate::http::target::Target;
use crate::http::{Answer, Interaction, Lateness, NoAnswer, NoAnswerKind, Proxy, Trust};

/// Paths whose URL is kept ready; paths with many parameter values go beyond it.
const KEPT_URLS: usize = 1024;

/// A timer that is later than this is late for a reason.
const GRACE: Duration = Duration::from_millis(5);

/// The time in which connections that are closed are gone for the server as well.
const CLOSING: Duration = Duration::from_millis(20);

/// What a [`Client`] is made of.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Where to send.
    pub target: Target,
    /// The longest time for one exchange, from connecting to the last byte.
    pub timeout: Duration,
    /// The largest body of an answer, in bytes after content decoding.
    pub max_body: usize,
    /// The `User-Agent` header of requests that have none of their own.
    pub user_agent: String,
    /// The proxy to go through; the environment is not asked.
    pub proxy: Option<Proxy>,
    /// Whose certificates are believed.
    pub trust: Trust,
}

impl ClientOptions {
    /// The usual limits: 10 seconds and 4 MiB.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            timeout: Duration::from_secs(10),
            max_body: 4 << 20,
            user_agent: concat!("fencepost/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            trust: Trust::System,
        }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client can't be set up")]
pub struct ClientError(#[source] reqwest::Error);

/// An HTTP/1.1 client for one target.
///
/// It follows no redirects, decodes gzip, deflate and brotli, keeps connections alive, and never
/// panics or hangs on what a server does. Over TLS it offers HTTP/1.1 alone. It needs a tokio runtime
/// with I/O and time.
#[derive(Debug)]
pub struct Client {
    options: ClientOptions,
    library: Library,
    urls: Mutex<HashMap<String, Url>>,
    /// Local addresses of connections that have carried an answer.
    used: Mutex<HashSet<SocketAddr>>,
    reconnects: AtomicU64,
    /// An answer didn't come in time, or a connection was refused or closed, since idle ones were
    /// last closed.
    in_vain: AtomicBool,
    /// The server serves one connection at a time.
    in_turn: AtomicBool,
    lateness: Lateness,
}

/// An attempt that brought no answer.
struct Failed {
    why: NoAnswer,
    /// Nothing came on a connection that had carried an answer before: the server may have closed
    /// it while it was idle, which says nothing of this request.
    stale: bool,
}

impl From<NoAnswer> for Failed {
    fn from(why: NoAnswer) -> Self {
        Self { why, stale: false }
    }
}

impl Client {
    /// A client for the target, with no connection yet.
    ///
    /// # Errors
    /// If the HTTP library refuses to start: no TLS, or a user agent that is no header value.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let library = Library::default();
        library.client(&options, Connection::Kept, HeaderCase::Title).map_err(ClientError)?;
        Ok(Self {
            options,
            library,
            urls: Mutex::default(),
            used: Mutex::default(),
            reconnects: AtomicU64::new(0),
            in_vain: AtomicBool::new(false),
            in_turn: AtomicBool::new(false),
            lateness: Lateness::default(),
        })
    }

    /// Where this client sends.
    pub fn target(&self) -> &Target {
        &self.options.target
    }

    /// Whether certificates go unchecked.
    pub fn trusts_anyone(&self) -> bool {
        matches!(self.options.trust, Trust::Anyone)
    }

    /// How late the event loop was, as far as somebody watches it.
    pub fn lateness(&self) -> &Lateness {
        &self.lateness
    }

    /// How many requests were sent a second time, because the server had closed the connection
    /// that they were sent on.
    pub fn reconnects(&self) -> u64 {
        self.reconnects.load(Ordering::Relaxed)
    }

    /// Sends a request, on a kept connection if there is one.
    ///
    /// If that connection turns out to be closed the request is sent once more on a new one, and
    /// only what comes of that counts.
    pub async fn send(&self, request: &Request) -> Interaction {
        self.send_within(self.options.timeout, request).await
    }

    /// The same, with another limit to the time for the exchange.
    pub async fn send_within(&self, limit: Duration, request: &Request) -> Interaction {
        let begun = Instant::now();
        let exchange = async {
            match self.attempt(Connection::Kept, request).await {
                Err(failed) if failed.stale => {
                    self.reconnects.fetch_add(1, Ordering::Relaxed);
                    self.attempt(Connection::Fresh, request).await
                }
                result => result,
            }
        };
        self.bounded(begun, limit, exchange).await
    }

    /// Sends a request on a connection of its own, closed afterwards.
    ///
    /// A server that serves one connection at a time may be held by an idle one of ours, and one that
    /// takes few may refuse more. So idle ones are closed first where an answer didn't come before;
    /// and where this one doesn't come in time, they are closed, the request is sent once more, and
    /// only what comes of that counts.
    pub async fn send_fresh(&self, request: &Request) -> Interaction {
        if self.in_vain.load(Ordering::Relaxed) || self.in_turn.load(Ordering::Relaxed) {
            self.close_idle().await;
        }
        let interaction = self.send_alone(request).await;
        if interaction.is_late() && self.close_idle().await {
            return self.send_alone(request).await;
        }
        interaction
    }

    /// Sends a request on a connection of its own, whatever else is held open.
    pub async fn send_alone(&self, request: &Request) -> Interaction {
        self.send_alone_within(self.options.timeout, request).await
    }

    /// The same, with another limit to the time for the exchange.
    pub async fn send_alone_within(&self, limit: Duration, request: &Request) -> Interaction {
        let exchange = self.attempt(Connection::Fresh, request);
        self.bounded(Instant::now(), limit, exchange).await
    }

    /// Closes the kept connections that are idle; whether there may have been any.
    pub async fn close_idle(&self) -> bool {
        self.in_vain.store(false, Ordering::Relaxed);
        held(&self.used).clear();
        let had_any = self.library.close_idle();
        if had_any {
            tokio::time::sleep(CLOSING).await;
        }
        had_any
    }

    /// Takes note that the server serves one connection at a time: from now on idle ones are closed
    /// before another is opened.
    pub fn take_turns(&self) {
        self.in_turn.store(true, Ordering::Relaxed);
    }

    /// Whether a proxy stands in between.
    pub fn has_proxy(&self) -> bool {
        self.options.proxy.is_some()
    }

    /// The longest time for one exchange.
    pub fn timeout(&self) -> Duration {
        self.options.timeout
    }

    async fn bounded(
        &self,
        begun: Instant,
        limit: Duration,
        exchange: impl Future<Output = Result<Answer, Failed>>,
    ) -> Interaction {
        let mut exchange = std::pin::pin!(exchange);
        let mut deadline = begun + limit;
        let result = loop {
            let due = tokio::time::timeout_at(deadline.into(), &mut exchange).await;
            if let Ok(result) = due {
                let result = result.map_err(|failed| failed.why);
                let is_refused = |why: &NoAnswer| {
                    matches!(why.kind, NoAnswerKind::Connect | NoAnswerKind::Closed)
                };
                if result.as_ref().is_err_and(is_refused) {
                    self.in_vain.store(true, Ordering::Relaxed);
                }
                break result;
            }
            // The target has its whole time only while we are awake to hear it.
            let now = Instant::now();
            let late = self.lateness.between(begun, now).max(now - deadline);
            if late > limit {
                let detail = format!("our own event loop was late for {late:?}");
                break Err(NoAnswer { kind: NoAnswerKind::Starved, detail });
            }
            if now < begun + limit + late && late >= GRACE {
                deadline = begun + limit + late;
                continue;
            }
            self.in_vain.store(true, Ordering::Relaxed);
            let detail = format!("{limit:?} passed");
            break Err(NoAnswer { kind: NoAnswerKind::Timeout, detail });
        };
        let late = self.lateness.between(begun, Instant::now());
        Interaction { result, elapsed: begun.elapsed().saturating_sub(late) }
    }

    async fn attempt(&self, on: Connection, request: &Request) -> Result<Answer, Failed> {
        let built = self
            .url(&request.path)
            .and_then(|url| encode(url, request))
            .map_err(|detail| NoAnswer { kind: NoAnswerKind::Unsendable, detail })?;
        let client = self
            .library
            .client(&self.options, on, request.header_case)
            .map_err(|error| classify(error, Stage::Head))?;
        let response = client.execute(built).await.map_err(|error| {
            let stale = local_address(&error).is_some_and(|a| held(&self.used).remove(&a));
            Failed { stale, why: classify(error, Stage::Head) }
        })?;
        if on == Connection::Kept
            && let Some(info) = response.extensions().get::<HttpInfo>()
        {
            held(&self.used).insert(info.local_addr());
        }
        Ok(self.answer(response).await?)
    }

    /// Reads the whole answer, as far as the size limit goes.
    async fn answer(&self, mut response: reqwest::Response) -> Result<Answer, NoAnswer> {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes()))
            })
            .collect();
        let mut first = Bytes::new();
        let mut body = BytesMut::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| classify(error, Stage::Body))?
        {
            if first.len() + body.len() + chunk.len() > self.options.max_body {
                let detail = format!("more than {} bytes", self.options.max_body);
                return Err(NoAnswer { kind: NoAnswerKind::TooLarge, detail });
            }
            // Most answers come in one piece, which is kept without copying.
            if first.is_empty() && body.is_empty() {
                first = chunk;
            } else {
                body.extend_from_slice(&std::mem::take(&mut first));
                body.extend_from_slice(&chunk);
            }
        }
        let body = if body.is_empty() { first } else { body.freeze() };
        Ok(Answer { status, headers, body })
    }

    fn url(&self, path: &str) -> Result<Url, String> {
        let mut urls = held(&self.urls);
        if let Some(url) = urls.get(path) {
            return Ok(url.clone());
        }
        let url = url(&self.options.target, path)?;
        if urls.len() < KEPT_URLS {
            urls.insert(path.to_owned(), url.clone());
        }
        Ok(url)
    }
}

/// What a lock holds. No code that holds one can panic half-way, so a poisoned one is whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
