//! How cases are made.

mod seed;
mod value;

pub use seed::{CaseRng, Seed};
pub use value::{Labelled, Recipe, Texts, Unsupported, ViolationKind};
