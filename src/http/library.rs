//! Exchanges through the HTTP library, which knows TLS and proxies.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Mutex;

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::header::ACCEPT_ENCODING;
use reqwest::{Body, Url};

use crate::case::{HeaderCase, Request};
use crate::http::client::ClientOptions;
use crate::http::coding::{self, CODINGS};
use crate::http::direct::IDLE;
use crate::http::encode::{self, ReadyHeaders, ReadyPaths, Unsendable};
use crate::http::failure::{Stage, classify_library, local_address};
use crate::http::pieces::Pieces;
use crate::http::progress::Progress;
use crate::http::transport::{Connection, Failed, held};
use crate::http::{Answer, NoAnswer, NoAnswerKind, Trust};

/// A client that goes through the HTTP library.
#[derive(Debug)]
pub(super) struct Library {
    options: ClientOptions,
    clients: Clients,
    urls: ReadyPaths<Url>,
    headers: ReadyHeaders,
    /// Local addresses of connections that have carried an answer.
    used: Mutex<HashSet<SocketAddr>>,
}

/// One client of the library for each way of sending, as it takes such settings for a whole
/// client only. Each is made when it is first needed: that takes some milliseconds.
#[derive(Debug, Default)]
struct Clients {
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
    /// A client with these options, with no connection yet.
    ///
    /// # Errors
    /// If the library refuses to start: no TLS, or a user agent that is no header value.
    pub(super) fn new(options: &ClientOptions) -> Result<Self, reqwest::Error> {
        let library = Self {
            options: options.clone(),
            clients: Clients::default(),
            urls: ReadyPaths::default(),
            headers: ReadyHeaders::default(),
            used: Mutex::default(),
        };
        library.client(Connection::Kept, HeaderCase::Title)?;
        Ok(library)
    }

    /// Sends a request, and reads the whole answer.
    pub(super) async fn exchange(
        &self,
        on: Connection,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, Failed> {
        let built = self.encode(request)?;
        let client = self
            .client(on, request.header_case)
            .map_err(|error| classify_library(error, Stage::Head))?;
        let response = client.execute(built).await.map_err(|error| {
            let was_used = local_address(&error).is_some_and(|a| held(&self.used).remove(&a));
            let why = classify_library(error, Stage::Head);
            Failed { stale: was_used && why.kind == NoAnswerKind::Closed, why }
        })?;
        if on != Connection::Fresh
            && let Some(info) = response.extensions().get::<HttpInfo>()
        {
            held(&self.used).insert(info.local_addr());
        }
        Ok(self.answer(response, progress).await?)
    }

    /// Closes the kept connections that are idle; whether there may have been any.
    pub(super) fn close_idle(&self) -> bool {
        held(&self.used).clear();
        // They go with the client whose they are, once nothing is under way on it.
        let clients = [HeaderCase::Title, HeaderCase::Lower]
            .map(|case| held(self.clients.kept.slot(case)).take());
        clients.iter().any(Option::is_some)
    }

    /// The client for this way of sending.
    ///
    /// # Errors
    /// If the library refuses the options; if it took them once, it always does.
    fn client(
        &self,
        connection: Connection,
        case: HeaderCase,
    ) -> Result<reqwest::Client, reqwest::Error> {
        let spellings = match connection {
            Connection::Kept | Connection::Another => &self.clients.kept,
            Connection::Fresh => &self.clients.fresh,
        };
        let mut slot = held(spellings.slot(case));
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        let built = build(&self.options, connection, case)?;
        Ok(slot.insert(built).clone())
    }

    /// Reads the whole answer, as far as the size limit goes.
    async fn answer(
        &self,
        mut response: reqwest::Response,
        progress: &Progress,
    ) -> Result<Answer, NoAnswer> {
        let status = response.status().as_u16();
        progress.head(response.content_length());
        let mut pieces = Pieces::of(response.content_length());
        while let Some(piece) =
            response.chunk().await.map_err(|error| classify_library(error, Stage::Body))?
        {
            progress.body(piece.len());
            pieces.add(piece, self.options.max_body)?;
        }
        let headers = std::mem::take(response.headers_mut());
        let body = coding::content(&headers, pieces.whole(), self.options.max_body)?;
        Ok(Answer { status, headers, body })
    }

    fn encode(&self, request: &Request) -> Result<reqwest::Request, Unsendable> {
        let path = &request.path;
        let mut url = self.urls.get(path, || encode::url(&self.options.target, path))?;
        if let Some(query) = encode::query(request) {
            url.set_query(Some(&query));
        }
        let method = encode::method(request)?;
        let mut headers = self.headers.get(request, |headers| {
            headers.entry(ACCEPT_ENCODING).or_insert(CODINGS);
        })?;
        encode::announce_emptiness(request, &mut headers);
        let mut built = reqwest::Request::new(method, url);
        *built.headers_mut() = headers;
        let body = request.body.clone().filter(|body| !body.is_empty());
        *built.body_mut() = body.map(Body::from);
        Ok(built)
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
        // What the environment says of proxies is the settings' matter.
        .no_proxy()
        .user_agent(&options.user_agent)
        .pool_idle_timeout(IDLE)
        .connect_timeout(options.connect_timeout());
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
