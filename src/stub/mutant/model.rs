//! What a mutant is, and what a variant is.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::contract::{RuleId, Strength};
use crate::stub::behaviour::Behaviour;

/// A service that breaks one promise of its contract in one way.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its stable name: the promise and the operator,
    /// `prepare/body.user_id/maxLength/loosened-by-one`.
    pub id: String,
    /// The kind of fault.
    pub family: Family,
    /// The promise that it breaks.
    pub rule: RuleId,
    /// What that is worth: a must is caught by a failure, a should by a warning.
    pub strength: Strength,
    /// What it does, in words.
    pub description: String,
    /// What the HTTP library can't do, so that the raw TCP front serves it.
    pub needs: Option<Wire>,
    /// What it does, for [`StubOptions`](crate::stub::StubOptions).
    pub behaviour: Behaviour,
}

impl Mutant {
    /// The same where each request takes this long and connections are seen.
    pub(super) fn think(&mut self, thinks: Duration) {
        self.needs.get_or_insert(Wire::Connections);
        self.behaviour = self.behaviour.clone().thinking(thinks);
    }
}

/// A service that does otherwise what its contract leaves open.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its stable name: `chunked`.
    pub id: String,
    /// What it does, in words.
    pub description: String,
    /// What it does, for [`StubOptions`](crate::stub::StubOptions).
    pub behaviour: Behaviour,
}

/// The kind of fault that a mutant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Requests are judged otherwise than documented.
    RequestRules,
    /// Callers are let in who prove nothing.
    Credentials,
    /// Refusals and acceptances are told otherwise than documented.
    Outcomes,
    /// Answers hold something else than documented.
    Answers,
    /// Some input makes the service fail.
    Robustness,
    /// It depends on what went before.
    Time,
    /// Answers give away what they should not.
    Leaks,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::RequestRules => "request rules",
            Self::Credentials => "credentials",
            Self::Outcomes => "outcomes",
            Self::Answers => "answers",
            Self::Robustness => "robustness",
            Self::Time => "behaviour over time",
            Self::Leaks => "leaks",
        })
    }
}

/// What only the raw TCP front can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// Break the framing of an answer, or the connection.
    Framing,
    /// See how the names of headers are spelled.
    HeaderNames,
    /// See connections, and requests that are under way at the same time.
    Connections,
}
