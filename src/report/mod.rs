//! Readers of outcomes and events; each is pure, and somebody else prints what it makes.

mod finding;
mod rules;
mod style;
mod table;
mod terminal;

pub use rules::rules;
pub use terminal::{Detail, TerminalReport};
