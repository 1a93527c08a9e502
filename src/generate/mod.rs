//! How cases are made.

mod seed;
mod shrink;
mod value;

pub use seed::{CaseRng, Seed};
pub use shrink::{JsonTree, Label};
pub use value::{Labelled, Recipe, Texts, Unsupported, ViolationKind, intent};
