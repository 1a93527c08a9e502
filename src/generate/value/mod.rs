//! Values drawn from a schema: valid ones, and ones that break a single rule.
//!
//! A [`Recipe`] is compiled once per schema. It draws whole JSON values from a seed, without trees
//! of strategies: a body of a hundred strings takes microseconds.

mod breaks;
mod compile;
mod container;
mod dice;
mod ecma;
mod format;
mod intent;
mod keywords;
mod near;
mod node;
mod numeric;
mod pattern;
mod plant;
#[cfg(test)]
#[path = "../../../tests/integration/proof.rs"]
mod proof;
mod recipe;
mod repair;
mod text;
mod violate;

pub use compile::Unsupported;
pub(crate) use compile::{LONGEST_LEAST, MOST_LEAST};
pub(crate) use format::is_known as is_known_format;
pub use intent::intent;
pub(crate) use near::near_misses;
pub use recipe::Recipe;
pub use text::Texts;
pub use violate::{Labelled, ViolationKind};
