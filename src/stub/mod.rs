//! A server that keeps the contract, derived from the raw document.
//!
//! A request goes through three steps, each with a type of its own: it is read (`incoming`), judged
//! (`judge`) and answered (`answer`). `service` joins them without a socket; `server` puts wiremock
//! in front. Judging rests on the `jsonschema` crate and the document as
//! written, so that the stub shares no reading of a constraint with the cases sent to it.

mod answer;
mod credential;
mod incoming;
mod judge;
mod parameter;
mod pattern;
mod route;
mod sample;
mod server;
mod service;

pub use server::{Stub, StubError, StubOptions};
