//! How cases are made.

mod coverage;
mod inputs;
mod plan;
mod seed;
mod template;
mod text;
mod value;

pub use coverage::{Block, planned_requests};
pub use inputs::Inputs;
pub use plan::{Plan, Unplanned, plan};
pub use seed::{CaseRng, Seed};
pub use value::{Labelled, Recipe, Texts, Unsupported, ViolationKind};
