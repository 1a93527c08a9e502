//! The wire: the one room that knows the HTTP client.

mod client;
mod coding;
mod connections;
mod curl;
mod direct;
mod encode;
mod event_loop;
mod failure;
mod interaction;
mod lateness;
mod library;
mod pieces;
mod progress;
mod proxy;
mod quote;
mod target;
mod transport;
mod trust;
mod way;

pub use client::{Client, ClientError, ClientOptions};
pub use curl::curl;
pub use event_loop::event_loop;
pub use interaction::{Answer, Interaction, NoAnswer, NoAnswerKind};
pub use lateness::Lateness;
pub use proxy::{Proxy, ProxyError, ProxyVariables};
/// Names and values of headers.
pub use reqwest::header;
pub use target::{Target, TargetError};
pub use trust::{CaBundle, CaBundleError, CertificateFault, Trust};
pub use way::curl_flags;
