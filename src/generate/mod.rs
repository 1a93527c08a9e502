//! How cases are made.

mod seed;
mod shrink;
mod strategy;
mod value;

pub use seed::{CaseRng, Seed};
pub use shrink::{JsonTree, Label};
pub use strategy::{LabelledTree, ValidBody, ViolatingBody, valid_body, violating_body};
pub use value::{Labelled, Recipe, Texts, Unsupported, ViolationKind, intent};
