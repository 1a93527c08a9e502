//! The stateful phase: what a server does over time, and with several requests at once.
//!
//! A long run of valid requests tops up what the other phases send; sequences ask for what only
//! shows in a certain order, or with others under way.

mod make;
mod parameters;
mod sequence;
mod valid;

pub(super) use make::{is_apt, long_run, sequences};
pub use sequence::{Sequence, SequenceKind};
