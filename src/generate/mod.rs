//! How cases are made.

mod bounds;
mod carry;
mod coverage;
mod deal;
mod inputs;
mod other_body;
mod packed;
mod plan;
mod seed;
mod shard;
mod shrink;
mod stateful;
mod strategy;
mod template;
mod text;
mod value;
mod written;

pub use bounds::Bounds;
pub use coverage::Block;
pub use inputs::Inputs;
pub use plan::{Plan, Unplanned, bounds, plan};
pub use seed::{CaseRng, Seed};
pub use shard::{Shard, ShardError};
pub use shrink::{JsonTree, Label};
pub use stateful::{Sequence, SequenceKind};
pub use strategy::{LabelledTree, ValidBody, ViolatingBody, valid_body, violating_body};
pub use value::{Labelled, Recipe, Texts, Unsupported, ViolationKind, intent};
