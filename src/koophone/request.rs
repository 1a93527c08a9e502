//! What is sent to the service.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Violation;

/// The body of a request that keeps the contract.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ValidRequest {
    /// At most 32 characters.
    pub user_id: String,
    /// At most 100 entries of at most 32 characters each; repetitions are legal.
    pub instance_ids: Vec<String>,
}

/// A request that breaks exactly one documented rule.
#[derive(Clone, Debug, PartialEq)]
pub struct ViolatingRequest {
    /// The broken rule.
    pub violation: Violation,
    /// What is special about it: `33 characters, entry 7 of 100`.
    pub intent: String,
    /// The headers to send, without the token: add `X-Auth-Token` where
    /// [`Violation::wants_token`] says so.
    pub headers: Vec<(String, String)>,
    /// The body to send.
    pub body: Value,
    /// The valid request that it was made from: the same but for the one place.
    pub twin: ValidRequest,
}
