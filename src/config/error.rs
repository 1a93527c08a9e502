//! Why a run can't be set up.

use thiserror::Error;

use super::HeaderError;
use crate::contract::LoadError;
use crate::http::TargetError;

/// Why a run can't be set up: what is wrong, where, and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The contract can't be loaded.
    #[error("contract {0}")]
    Contract(LoadError),
    /// A header in the contract's place.
    #[error("what stands in the contract's place looks like a header; put -H in front of it")]
    HeaderForContract,
    /// A variable of the environment holds no text.
    #[error("the environment variable {0} is not UTF-8; set it again")]
    NotText(&'static str),
    /// `FENCEPOST_TARGET` names no target.
    #[error("in FENCEPOST_TARGET: {0}")]
    Target(TargetError),
    /// A header can't be sent.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A name that the contract doesn't have.
    #[error("{flag}: there is no {what} `{name}` in the contract; {hint}")]
    UnknownName {
        /// The flag: `--operation`.
        flag: &'static str,
        /// What it names: `operation`.
        what: &'static str,
        /// The name as given.
        name: String,
        /// The names there are, or the nearest of them.
        hint: String,
    },
    /// A number that must be at least 1.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// No check is left.
    #[error("--exclude-check leaves no check; leave one of them in")]
    NoCheck,
    /// Two reports to one place.
    #[error("two reports go to {0}; give each a place of its own")]
    SameReport(String),
    /// A report's directory doesn't exist.
    #[error("the report {path} can't be written: {reason}")]
    ReportPlace {
        /// The report's path.
        path: String,
        /// Why, and what to do.
        reason: String,
    },
}
