//! Why a run can't be set up.

use thiserror::Error;

use super::HeaderError;
use crate::contract::{LoadError, RuleId};
use crate::generate::ShardError;
use crate::http::{ProxyError, TargetError};

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
    /// A proxy is none.
    #[error("in {place}: {error}")]
    Proxy {
        /// Where it stands: `--proxy`.
        place: &'static str,
        /// What is wrong with it.
        error: ProxyError,
    },
    /// The file of certificates to trust can't be used.
    #[error("--ca-file {path}: {reason}")]
    CaFile {
        /// The file's path.
        path: String,
        /// Why.
        reason: String,
    },
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
    /// Only random cases are asked for, and none of them.
    #[error(
        "--cases 0 leaves nothing of --phase fuzzing; raise --cases, or name another phase too"
    )]
    NoCases,
    /// An identifier that the contract forbids at its place.
    #[error(
        "{flag} {name}: {found} breaks {rule} ({limit}); give a value that the contract allows there"
    )]
    ForbiddenValue {
        /// The flag: `--known`.
        flag: &'static str,
        /// The identifier's name.
        name: String,
        /// The value in a few words.
        found: String,
        /// The rule that it breaks.
        rule: RuleId,
        /// What the rule says: `at most 32 characters`.
        limit: String,
    },
    /// Something names no shard.
    #[error("{source_name}: {error}")]
    Shard {
        /// The flag or the variables.
        source_name: &'static str,
        /// What is wrong.
        error: ShardError,
    },
    /// A number of shards, and not which one this is.
    #[error(
        "{total} is set and {index} is not; set both, or FENCEPOST_SHARD=1/1 for the whole run"
    )]
    NoShardIndex {
        /// The variable that is missing.
        index: &'static str,
        /// The variable that is set.
        total: &'static str,
    },
    /// A variable that holds no number.
    #[error("{name} is `{text}`, which is no whole number; set it again")]
    NotANumber {
        /// The variable.
        name: &'static str,
        /// What it holds.
        text: String,
    },
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
