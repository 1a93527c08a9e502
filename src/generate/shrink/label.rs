//! What a shrinking value must go on being.

use crate::case::label::Broken;
use crate::contract::Place;

/// What is true of a value and stays true while it shrinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// It keeps every rule.
    Valid,
    /// It breaks this rule and no other.
    Breaks {
        /// The rule's place.
        place: Place,
        /// The broken keyword.
        keyword: String,
    },
}

impl Label {
    /// Whether these broken rules are what the label says.
    pub fn is_true(&self, found: &[Broken]) -> bool {
        match self {
            Self::Valid => found.is_empty(),
            Self::Breaks { place, keyword } => {
                let same = |one: &Broken| one.place == *place && one.keyword == *keyword;
                !found.is_empty() && found.iter().all(same)
            }
        }
    }
}
