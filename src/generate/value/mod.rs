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
pub use intent::intent;
pub use recipe::Recipe;
pub use text::Texts;
pub use violate::{Labelled, ViolationKind};
