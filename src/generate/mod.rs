//! How cases are made.

mod seed;

pub use seed::{CaseRng, Seed};
