//! How the HTTP library is set up.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::case::HeaderCase;
use crate::http::Trust;
use crate::http::client::ClientOptions;

/// How long an unused connection is kept: shorter than the five seconds after which many servers
/// close it.
const IDLE: Duration = Duration::from_secs(4);

/// What a request asks of the connection it goes out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that is open already, if there is one; kept afterwards.
    Kept,
    /// A new one, closed afterwards.
    Fresh,
}

/// One client of the library for each way of sending, as it takes such settings for a whole
/// client only. Each is made when it is first needed: that takes some milliseconds.
#[derive(Debug, Default)]
pub(super) struct Library {
    kept: Spellings,
    fresh: Spellings,
}

#[derive(Debug, Default)]
struct Spellings {
    title: Slot,
    lower: Slot,
}

type Slot = Mutex<Option<reqwest::Client>>;

impl Library {
    /// The client for this way of sending.
    ///
    /// # Errors
    /// If the library refuses the options; if it took them once, it always does.
    pub(super) fn client(
        &self,
        options: &ClientOptions,
        connection: Connection,
        case: HeaderCase,
    ) -> Result<reqwest::Client, reqwest::Error> {
        let spellings = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        };
        let mut slot = spellings.slot(case).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        let built = build(options, connection, case)?;
        Ok(slot.insert(built).clone())
    }

    /// Closes the kept connections that are idle; whether there may have been any.
    pub(super) fn close_idle(&self) -> bool {
        // They go with the client whose they are, once nothing is under way on it.
        let clients = [HeaderCase::Title, HeaderCase::Lower]
            .map(|case| self.kept.slot(case).lock().unwrap_or_else(PoisonError::into_inner).take());
        clients.iter().any(Option::is_some)
    }
}

impl Spellings {
    fn slot(&self, case: HeaderCase) -> &Slot {
        match case {
            HeaderCase::Title => &self.title,
            HeaderCase::Lower => &self.lower,
        }
    }
}

fn build(
    options: &ClientOptions,
    connection: Connection,
    case: HeaderCase,
) -> Result<reqwest::Client, reqwest::Error> {
    // Fails only where a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .brotli(true)
        .deflate(true)
        .gzip(true)
        // What the environment says of proxies is the settings' matter.
        .no_proxy()
        .user_agent(&options.user_agent)
        .pool_idle_timeout(IDLE)
        // Sooner than the whole exchange's, so that the failure says which it was.
        .connect_timeout(options.timeout * 3 / 4);
    if connection == Connection::Fresh {
        builder = builder.pool_max_idle_per_host(0);
    }
    if case == HeaderCase::Title {
        builder = builder.http1_title_case_headers();
    }
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(proxy.for_library()?);
    }
    let is_tls_proxy = options.proxy.as_ref().is_some_and(|p| p.label().starts_with("https:"));
    builder = match &options.trust {
        // No TLS at all, so the system's certificates need not be read: that takes milliseconds.
        Trust::System if !options.target.is_https() && !is_tls_proxy => builder.tls_certs_only([]),
        Trust::System => builder,
        Trust::Only(bundle) => builder.tls_certs_only(bundle.certificates()),
        Trust::Anyone => builder.tls_certs_only([]).tls_danger_accept_invalid_certs(true),
    };
    builder.build()
}
