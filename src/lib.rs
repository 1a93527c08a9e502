//! Fencepost tests whether an HTTP API keeps what its document promises.
pub mod audit;
pub mod case;
pub mod check;
pub mod cli;
pub mod config;
pub mod contract;
pub mod generate;
pub mod http;
pub mod koophone;
pub mod redact;
pub mod report;
pub mod run;
pub mod stub;

// The proof of labels is one file, used by the crate's own tests and by those outside.
#[cfg(test)]
extern crate self as fencepost;
