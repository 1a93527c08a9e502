//! From a file to a [`Contract`](super::Contract): reading, checking, and errors that say where.

mod body;
mod consistency;
mod dialect;
mod document;
mod envelope;
mod error;
mod extension;
mod lines;
mod load;
mod names;
mod operation;
mod parameter;
mod pattern;
mod requests;
mod response;
mod schema;
mod security;
mod server;
mod source;
#[cfg(test)]
mod tests;
mod validity;

pub use error::{LoadError, LoadErrorKind};
