//! What the contract says of the answer to a case.

use crate::contract::Outcome;

/// One of two members of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// The one that comes first.
    First,
    /// The one that comes last.
    Last,
}

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
    /// A member stands twice in the request, and this one of the two breaks the rule. The twin of
    /// the case for the last is the case for the first: whichever a server uses, it doesn't accept
    /// both.
    NotBothAccepted(Member),
    /// Nobody has decided: any defined answer will do, and is observed.
    Open,
}
