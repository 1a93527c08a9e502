//! Structural shrinking inside the label.
//!
//! A failing value is made smaller as a person would do it: everything that doesn't matter at once,
//! lists by cutting off ends, strings to their least length, characters to `a`, numbers towards
//! their limit. A candidate that would break another rule, or none, is never proposed: the label
//! stays true at every step, and a step that needs no request costs none.

mod edit;
mod label;
mod least;
mod step;
#[cfg(test)]
mod tests;
mod tree;

pub use label::Label;
pub use tree::JsonTree;
