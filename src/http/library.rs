//! How the HTTP library is set up.

use std::sync::OnceLock;
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
    title: OnceLock<reqwest::Client>,
    lower: OnceLock<reqwest::Client>,
}

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
    ) -> Result<&reqwest::Client, reqwest::Error> {
        let spellings = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        };
        let cell = match case {
            HeaderCase::Title => &spellings.title,
            HeaderCase::Lower => &spellings.lower,
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let built = build(options, connection, case)?;
        Ok(cell.get_or_init(|| built))
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
