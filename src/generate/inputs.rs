//! What a user tells about a server, as far as it shapes the cases.

use std::collections::BTreeMap;

use super::Seed;
use crate::case::{FieldValue, Phase};
use crate::contract::Identifier;

/// All that the planned cases depend on besides the contract.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The run's seed.
    pub seed: Seed,
    /// Headers that every request carries, credentials among them.
    pub headers: Vec<(String, FieldValue)>,
    /// Identifiers that exist on the server, by name; they take the place of the documented ones.
    pub known: BTreeMap<String, Vec<String>>,
    /// Identifiers that don't exist there, by name.
    pub unknown: BTreeMap<String, Vec<String>>,
    /// The phases to plan.
    pub phases: Vec<Phase>,
    /// Random cases for each operation in the fuzzing phase.
    pub cases: usize,
    /// Whether a real credential may go into a URL: on loopback, or when the user asks for it.
    pub credential_in_url: bool,
    /// Plan only what the contract says is refused, controls aside.
    pub only_refused: bool,
}

impl Default for Inputs {
    /// All phases, with 100 random cases, no headers and the seed 0.
    fn default() -> Self {
        Self {
            seed: Seed(0),
            headers: Vec::new(),
            known: BTreeMap::new(),
            unknown: BTreeMap::new(),
            phases: vec![Phase::Examples, Phase::Coverage, Phase::Fuzzing, Phase::Stateful],
            cases: 100,
            credential_in_url: false,
            only_refused: false,
        }
    }
}

impl Inputs {
    /// The values of `identifier` that may exist: the user's, else the documented examples.
    pub fn known<'i>(&'i self, identifier: &'i Identifier) -> &'i [String] {
        self.known.get(&identifier.name).unwrap_or(&identifier.known)
    }
}
