//! A server that keeps the contract, derived from the raw document.
//!
//! A request goes through three steps, each with a type of its own: it is read (`incoming`), judged
//! (`judge`) and answered (`answer`). `service` joins them without a socket; `server` puts wiremock
//! in front, or a raw TCP front where an HTTP library is too well behaved (`wire`). Judging rests on the `jsonschema` crate and the document as
//! written, so that the stub shares no reading of a constraint with the cases sent to it. What a
//! service may do otherwise is a `behaviour`: a mutant's, or a harmless variant's (`mutant`).

mod answer;
mod behaviour;
mod credential;
mod delivery;
mod forget;
mod headers;
mod history;
mod incoming;
mod judge;
mod mutant;
mod offence;
mod parameter;
mod pattern;
mod route;
mod sample;
mod server;
mod service;
mod width;
mod wire;

pub use behaviour::Behaviour;
pub use mutant::{Family, Mutant, Variant, Wire, mutants, variants};
pub use server::{Stub, StubError, StubOptions};
