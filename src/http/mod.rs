//! The wire: the one room that knows the HTTP client.

mod interaction;

pub use interaction::{Answer, Interaction, NoAnswer, NoAnswerKind};
