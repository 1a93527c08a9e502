//! From a file to a [`Contract`](super::Contract): reading, checking, and errors that say where.

mod body;
mod consistency;
mod dialect;
mod document;
mod error;
mod extension;
mod load;
mod names;
mod operation;
mod parameter;
mod response;
mod schema;
mod security;
mod server;
mod source;
mod validity;

pub use error::{LoadError, LoadErrorKind};
