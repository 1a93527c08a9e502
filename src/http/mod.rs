//! The wire: the one room that knows the HTTP client.

mod client;
mod curl;
mod encode;
mod failure;
mod interaction;
mod library;
mod quote;
mod target;

pub use client::{Client, ClientError, ClientOptions};
pub use curl::curl;
pub use interaction::{Answer, Interaction, NoAnswer, NoAnswerKind};
pub use target::{Target, TargetError};
