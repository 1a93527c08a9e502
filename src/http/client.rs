//! Sends requests, and gets an answer or a reason for each, in bounded time and space.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::case::Request;
use crate::http::progress::Progress;
use crate::http::target::Target;
use crate::http::transport::{Connection, Failed, Transport, held};
use crate::http::{Answer, Interaction, Lateness, NoAnswer, NoAnswerKind, Proxy, Trust};

/// A timer that is later than this is late for a reason.
const GRACE: Duration = Duration::from_millis(5);

/// How often idle connections are looked at while an answer is waited for.
const LOOK: Duration = Duration::from_secs(1);

/// Connections that are found closed within so long were closed at one moment.
const MOMENT: Duration = Duration::from_millis(30);

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

    /// The longest time for connecting: shorter than that for the whole exchange, so that the failure
    /// says which it was.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.timeout * 3 / 4
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client can't be set up")]
pub struct ClientError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// An HTTP/1.1 client for one target.
///
/// It follows no redirects, decodes gzip, deflate and brotli, keeps connections alive, and never
/// panics or hangs on what a server does. Over TLS it offers HTTP/1.1 alone. It needs a tokio runtime
/// with I/O and time.
#[derive(Debug)]
pub struct Client {
    options: ClientOptions,
    transport: Transport,
    reconnects: AtomicU64,
    /// The moments at which that was so, and when the last of them began.
    moments: Mutex<(u64, Option<Instant>)>,
    /// An answer didn't come in time, or a connection was refused or closed, since idle ones were
    /// last closed.
    in_vain: AtomicBool,
    /// The server serves few connections at once.
    is_sparing: AtomicBool,
    lateness: Lateness,
}

impl Client {
    /// A client for the target, with no connection yet.
    ///
    /// # Errors
    /// If the HTTP library refuses to start: no TLS, or a user agent that is no header value.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let transport = Transport::new(&options).map_err(ClientError)?;
        Ok(Self {
            options,
            transport,
            reconnects: AtomicU64::new(0),
            moments: Mutex::default(),
            in_vain: AtomicBool::new(false),
            is_sparing: AtomicBool::new(false),
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

    /// At how many moments that happened: a server that is started anew closes many connections at one.
    pub fn reconnect_moments(&self) -> u64 {
        held(&self.moments).0
    }

    fn note_reconnect(&self) {
        self.reconnects.fetch_add(1, Ordering::Relaxed);
        let (count, begun) = &mut *held(&self.moments);
        if begun.is_none_or(|begun| begun.elapsed() > MOMENT) {
            *count += 1;
            *begun = Some(Instant::now());
        }
    }

    /// Sends a request, on a kept connection if there is one.
    ///
    /// If that connection turns out to be closed the request is sent once more on a new one, and
    /// only what comes of that counts.
    pub async fn send(&self, request: &Request) -> Interaction {
        self.send_within(self.options.timeout, request).await
    }

    /// The same, with another limit to the time for the exchange.
    pub fn send_within(
        &self,
        limit: Duration,
        request: &Request,
    ) -> impl Future<Output = Interaction> {
        // No future around this one, which is large and would be moved into it.
        self.bounded(limit, async move |progress| {
            match self.transport.exchange(Connection::Kept, request, progress).await {
                Err(failed) if failed.stale => {
                    self.note_reconnect();
                    self.transport.exchange(Connection::Fresh, request, progress).await
                }
                result => result,
            }
        })
    }

    /// Whether a kept connection is open still, as far as is known without waiting; `None` where the HTTP
    /// library sees to connections itself.
    pub fn has_open(&self) -> Option<bool> {
        self.transport.has_open()
    }

    /// Sends a request on a kept connection if there is one, and never once more; whether that
    /// connection, which had carried an answer before, turned out to be closed.
    pub async fn send_once_within(
        &self,
        limit: Duration,
        request: &Request,
    ) -> (Interaction, bool) {
        let was_closed = AtomicBool::new(false);
        let interaction = self
            .bounded(limit, async |progress| {
                let sent = self.transport.exchange(Connection::Kept, request, progress).await;
                sent.inspect_err(|failed| was_closed.store(failed.stale, Ordering::Relaxed))
            })
            .await;
        (interaction, was_closed.into_inner())
    }

    /// Sends a request on a connection of its own, closed afterwards.
    ///
    /// A server that serves one connection at a time may be held by an idle one of ours, and one that
    /// takes few may refuse more. So this one takes the place of an idle one, and of all of them where an
    /// answer didn't come before; and where this one's doesn't come in time, they are closed, the request
    /// is sent once more, and only what comes of that counts.
    pub async fn send_fresh(&self, request: &Request) -> Interaction {
        self.send_fresh_within(self.options.timeout, request).await
    }

    /// The same, with another limit to the time for each exchange.
    pub async fn send_fresh_within(&self, limit: Duration, request: &Request) -> Interaction {
        if self.in_vain.load(Ordering::Relaxed) || self.is_sparing.load(Ordering::Relaxed) {
            self.close_idle().await;
        }
        self.transport.make_room();
        let interaction = self.send_alone_within(limit, request).await;
        if interaction.is_late() && self.close_idle().await {
            return self.send_alone_within(limit, request).await;
        }
        interaction
    }

    /// Sends a request on one connection more, which is kept. Only straight over TCP: the HTTP library
    /// sees to its connections itself.
    pub async fn send_on_another(&self, limit: Duration, request: &Request) -> Interaction {
        self.bounded(limit, async |progress| {
            self.transport.exchange(Connection::Another, request, progress).await
        })
        .await
    }

    /// Sends a request on a connection of its own, whatever else is held open.
    pub async fn send_alone(&self, request: &Request) -> Interaction {
        self.send_alone_within(self.options.timeout, request).await
    }

    /// The same, with another limit to the time for the exchange.
    pub async fn send_alone_within(&self, limit: Duration, request: &Request) -> Interaction {
        self.bounded(limit, async |progress| {
            self.transport.exchange(Connection::Fresh, request, progress).await
        })
        .await
    }

    /// Closes the kept connections that are idle; whether there may have been any.
    pub async fn close_idle(&self) -> bool {
        self.in_vain.store(false, Ordering::Relaxed);
        let had_any = self.transport.close_idle();
        if had_any {
            tokio::time::sleep(CLOSING).await;
        }
        had_any
    }

    /// Takes note that the server serves few connections at once: from now on idle ones are closed
    /// before another is opened.
    pub fn be_sparing(&self) {
        self.is_sparing.store(true, Ordering::Relaxed);
        self.transport.be_sparing();
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
        limit: Duration,
        exchange: impl AsyncFnOnce(&Progress) -> Result<Answer, Failed>,
    ) -> Interaction {
        let begun = Instant::now();
        let progress = Progress::none();
        let mut exchange = pin!(exchange(&progress));
        let mut deadline = begun + limit;
        let mut look = begun + LOOK;
        let result = loop {
            let next = deadline.min(look);
            let due = tokio::time::timeout_at(next.into(), &mut exchange).await;
            if due.is_err() && next < deadline {
                // One that is idle for too long may be what the server waits for.
                self.transport.close_expired();
                look += LOOK;
                continue;
            }
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
            let detail = format!("{limit:?} passed, {progress}");
            break Err(NoAnswer { kind: NoAnswerKind::Timeout, detail });
        };
        let ended = Instant::now();
        let late = self.lateness.between(begun, ended);
        Interaction { result, elapsed: (ended - begun).saturating_sub(late) }
    }
}
