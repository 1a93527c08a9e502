//! The service behind wiremock, or behind the raw TCP front.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use wiremock::{MockServer, Request, ResponseTemplate};

use crate::contract::Contract;

use super::answer::Reply;
use super::behaviour::Behaviour;
use super::credential::Tokens;
use super::forget;
use super::incoming::Incoming;
use super::service::Service;
use super::wire::Front;

/// A running server on loopback that keeps a contract. It stops when it is dropped.
#[derive(Debug)]
pub struct Stub {
    front: AnyFront,
}

/// What stands between the sockets and the service.
#[derive(Debug)]
enum AnyFront {
    Wiremock(Arc<MockServer>),
    Raw(Front),
}

/// How a [`Stub`] behaves where the contract alone doesn't say.
#[derive(Clone, Default)]
pub struct StubOptions {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The values that prove a caller, without what stands in front of them (`Bearer `). With none,
    /// every request to an operation that asks for a credential is refused. Never printed.
    pub tokens: Vec<String>,
    /// Only the identifiers that the contract names as known exist. Otherwise every legal one
    /// does.
    pub known_only: bool,
    /// What the service does otherwise than the contract says: a mutant's behaviour, or a
    /// variant's. Faithful when `None`.
    pub behaviour: Option<Behaviour>,
    /// Serve through the raw TCP front on the caller's runtime, also where wiremock would do.
    pub on_wire: bool,
}

impl fmt::Debug for StubOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StubOptions")
            .field("port", &self.port)
            .field("tokens", &format_args!("{} hidden", self.tokens.len()))
            .field("known_only", &self.known_only)
            .field("behaviour", &self.behaviour)
            .field("on_wire", &self.on_wire)
            .finish()
    }
}

/// Why a [`Stub`] can't start.
#[derive(Debug, thiserror::Error)]
pub enum StubError {
    /// The port can't be listened on.
    #[error("can't listen on 127.0.0.1:{port}: choose another port, or 0 for a free one")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// A schema can't be compiled.
    #[error("operation `{operation}`: its schema can't be compiled: {reason}")]
    Schema {
        /// The operation's id.
        operation: String,
        /// What the `jsonschema` crate says.
        reason: String,
    },
}

impl Stub {
    /// Starts a server for all operations of the contract.
    pub async fn start(contract: &Contract, options: StubOptions) -> Result<Self, StubError> {
        let StubOptions { port, tokens, known_only, behaviour, on_wire } = options;
        let on_wire = on_wire || behaviour.as_ref().is_some_and(Behaviour::needs_wire);
        let service = Service::new(contract, Tokens::new(tokens), known_only, behaviour)
            .map_err(|(operation, reason)| StubError::Schema { operation, reason })?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|source| StubError::Listen { port, source })?;
        if on_wire {
            let front = Front::start(listener, service)
                .map_err(|source| StubError::Listen { port, source })?;
            return Ok(Self { front: AnyFront::Raw(front) });
        }
        let server =
            MockServer::builder().listener(listener).disable_request_recording().start().await;
        let server = Arc::new(server);
        forget::mount(service, &server).await;
        Ok(Self { front: AnyFront::Wiremock(server) })
    }

    /// Where it listens: `http://127.0.0.1:40123`.
    pub fn uri(&self) -> String {
        match &self.front {
            AnyFront::Wiremock(server) => server.uri(),
            AnyFront::Raw(front) => format!("http://{}", front.address()),
        }
    }
}

impl From<&Request> for Incoming {
    fn from(request: &Request) -> Self {
        let headers = request.headers.iter();
        Self {
            method: request.method.as_str().to_owned(),
            path: request.url.path().to_owned(),
            query: request.url.query_pairs().into_owned().collect(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()))
                .collect(),
            body: request.body.clone(),
            spelled: Vec::new(),
        }
    }
}

impl From<Reply> for ResponseTemplate {
    fn from(reply: Reply) -> Self {
        let mut template = Self::new(reply.status).set_delay(reply.pause);
        let bytes = reply.bytes();
        for (name, value) in reply.headers {
            template = template.append_header(name, value);
        }
        match reply.body {
            Some((media_type, _)) if media_type.is_empty() => template.set_body_bytes(bytes),
            Some((media_type, _)) => template.set_body_raw(bytes, &media_type),
            None => template,
        }
    }
}
