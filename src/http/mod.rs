//! The wire: the one room that knows the HTTP client.

mod client;
mod encode;
mod failure;
mod interaction;
mod target;

pub use client::{Client, ClientError, ClientOptions};
pub use interaction::{Answer, Interaction, NoAnswer, NoAnswerKind};
pub use target::{Target, TargetError};
