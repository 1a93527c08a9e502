//! What the contract says of the answer to a case.

use crate::contract::Outcome;

/// What the contract says of the answer to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The request is legal: it may be accepted, or refused because it names something that
    /// doesn't exist, never refused as a bad parameter.
    Accepted,
    /// The request says the same as its twin in another legal way: where the twin is accepted, so
    /// is this one.
    SameAsTwin,
    /// The request breaks the case's rule and nothing else: it is refused, in this way.
    Refused(Outcome),
    /// One of this request and its twin breaks the rule, whichever way the server reads them: not
    /// both are accepted.
    NotBothAccepted,
    /// Nobody has decided: any defined answer will do, and is observed.
    Open,
}
