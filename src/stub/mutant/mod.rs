//! Mutants and harmless variants of a service, derived from any contract.
//!
//! A mutant breaks one promise in one way, by taking one typed step of the service otherwise
//! ([`Behaviour`](super::Behaviour)). Each file here holds one family of operators. A variant does
//! otherwise what the contract leaves open.

mod answers;
mod credentials;
mod derive;
mod dropped;
mod entries;
mod framing;
mod headers;
mod identifiers;
mod kinds;
mod leaks;
mod limits;
mod maker;
mod model;
mod near;
mod node;
mod outcomes;
mod relations;
mod robustness;
mod routes;
mod skipped;
mod spelling;
mod stale;
mod syntax;
mod texts;
mod time;
mod types;
mod units;
mod variants;
mod when;
#[cfg(test)]
mod wrong;

pub use derive::mutants;
pub use model::{Family, Mutant, Variant, Wire};
pub use variants::variants;
