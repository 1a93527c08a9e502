//! What is sent and why: a case, its label, its expectation and its wire form.

mod expectation;
pub mod label;
mod request;
mod scenario;

use serde_json::Value;

pub use expectation::{Expectation, Member};
pub use request::{FieldValue, HeaderCase, Request, proof};
pub use scenario::{GenerationMode, Phase, Scenario};

use crate::contract::{Place, RuleId, Strength};

/// One request with its intent.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case's own name within its operation, the same in every run with the same settings:
    /// `coverage/StringAboveMaxLength/body.user_id/maxLength/7`.
    pub id: String,
    /// The part of the run it belongs to.
    pub phase: Phase,
    /// Whether it keeps the contract or breaks it.
    pub mode: GenerationMode,
    /// What was done to make it.
    pub scenario: Scenario,
    /// The rule it probes.
    pub rule: RuleId,
    /// What the rule is worth in this case: at most the rule's own strength.
    pub strength: Strength,
    /// What the contract says of the answer.
    pub expectation: Expectation,
    /// What is special about it, in words: `33 characters, entry 7 of 100`.
    pub intent: String,
    /// The place in the body that was chosen for it, where there is one.
    pub place: Option<Place>,
    /// The JSON value that the body holds; `None` where it holds none, or where a JSON value
    /// can't say what the bytes say (malformed bodies, duplicate members).
    pub body: Option<Value>,
    /// What is sent.
    pub request: Request,
    /// The id of the case that this one differs from in one place: its control. A case without
    /// one is judged by itself.
    pub twin: Option<String>,
}
