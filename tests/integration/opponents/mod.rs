//! Servers of another make: the KooPhone operation by hand, on sockets by hand.
//!
//! They share nothing with the stub: no wiremock, no `jsonschema`, no contract. [`faults`]
//! break one promise each, [`HARMLESS`] differ only in what the page leaves open.

mod faults;
mod harmless;
mod koophone;
mod proof;
mod server;
mod traits;
mod wire;

use std::sync::Arc;

pub use faults::{Fault, WARNINGS, faults};
pub use harmless::{HARMLESS, Harmless};
pub use server::{Seen, Server};
pub use traits::{TOKEN, Traits};

/// A running opponent; it stops when it is dropped.
pub struct Opponent {
    server: Server,
}

impl Opponent {
    /// Starts one on a free loopback port, on a thread of its own.
    pub fn start(traits: Traits) -> Self {
        let handler = Arc::new(move |seen: &Seen| koophone::answer(&traits, seen));
        Self { server: Server::start(handler) }
    }

    /// Where it listens: `http://127.0.0.1:40123`.
    pub fn uri(&self) -> &str {
        &self.server.uri
    }

    /// Everything that was asked so far, in order of arrival.
    pub fn requests(&self) -> Vec<Seen> {
        self.server.requests()
    }

    /// Stops listening and closes every connection.
    pub fn stop(&mut self) {
        self.server.stop();
    }
}
