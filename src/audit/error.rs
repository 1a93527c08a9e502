//! Why an audit can't be done.

use crate::http::ClientError;
use crate::stub::StubError;

/// Why an audit can't be done.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// No mutant or variant has this name.
    #[error("no mutant or variant is called `{0}`; `fencepost audit --list` names them all")]
    NoSuchMutant(String),
    /// The system gives no event loop.
    #[error("the system gives no event loop")]
    Runtime(#[source] std::io::Error),
    /// A stub doesn't start.
    #[error("a stub of the contract doesn't start")]
    Stub(#[from] StubError),
    /// The HTTP client doesn't start.
    #[error("the HTTP client doesn't start")]
    Client(#[from] ClientError),
    /// A schema of the contract can't be used.
    #[error("a response schema of the contract can't be compiled: {0}; correct it there")]
    Schema(String),
    /// No operation of the contract can be tested.
    #[error("no operation of the contract can be audited: {0}")]
    NothingToTest(String),
}
