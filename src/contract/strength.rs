//! How much an expectation is worth, and what it rests on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What breaking an expectation amounts to.
///
/// The order is that of weight: `Open < Should < Must`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// No source decides: what is seen is an observation.
    Open,
    /// One source decides while another, or common practice, says otherwise: a warning.
    Should,
    /// Decided: a failure.
    #[default]
    Must,
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Open => "open",
            Self::Should => "should",
            Self::Must => "must",
        })
    }
}

/// Where an expectation comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The contract's document says so, at the rule's [`Citation`](super::Citation).
    #[default]
    Documented,
    /// HTTP or JSON says so.
    Protocol,
    /// Two answers of the same server would contradict each other.
    Metamorphic,
    /// No API should do this, whatever its document says.
    House,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Protocol => "protocol",
            Self::Metamorphic => "metamorphic",
            Self::House => "house",
        })
    }
}
