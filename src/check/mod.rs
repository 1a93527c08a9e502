//! The oracle: what an answer says about the promises of the contract.
//!
//! Each check is a pure function of operation, case and interaction in a file of its own. What an
//! answer breaks by itself is found by [`Oracle::breaches`]; whether a request was rightly accepted
//! or refused also depends on what became of its twin, and is judged by [`judge`].

mod answered;
mod assigned;
mod beneath;
mod body;
mod breach;
mod content_type;
mod error_code;
mod exchange;
pub mod expectation;
mod judged;
mod latency;
mod leaks;
mod marks;
mod observe;
mod oracle;
mod outer;
mod reading;
pub mod relations;
mod response_headers;
mod response_schema;
mod secret;
mod server_error;
mod status_code;
mod strict_reading;
#[cfg(test)]
pub(crate) mod tests;
mod verdict;

pub(crate) use answered::{CLOSED, TOO_LATE};
pub use body::Unreadable;
pub use breach::{Breach, CheckName, Fingerprint, Severity};
pub use exchange::Exchange;
pub use expectation::judge;
pub use latency::{TOO_SLOW, too_slow};
pub use observe::observations;
pub use oracle::Oracle;
pub use reading::{Disposition, Reading};
pub use verdict::{CaseVerdict, Reason, Twin};
