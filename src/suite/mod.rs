//! A contract as `cargo test` tests: one test a rule, named by the rule's id.
//!
//! In a crate of your own, `tests/contract.rs`:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     fencepost::suite::main("contracts/api.yaml")
//! }
//! ```
//!
//! with this in `Cargo.toml`, since the file brings its own `main`:
//!
//! ```toml
//! [[test]]
//! name = "contract"
//! harness = false
//! ```
//!
//! `cargo test` then runs the suite against the embedded stub, or against `FENCEPOST_TARGET` with the
//! headers of `FENCEPOST_HEADERS`. It runs once, whatever the number of tests, and only if some test
//! is selected: `cargo test --test contract maxLength` sends what probes those rules and no more,
//! and `-- --list` sends nothing.
//!
//! | verdict | test |
//! |---|---|
//! | held, observed | ok |
//! | warned | ok, and the warning on stderr |
//! | not run, or inconclusive and no must | ignored, with the reason |
//! | failed | failed, with the finding as a terminal report shows it |
//! | inconclusive, and a must | failed, with the reason and what to do |
//!
//! One more test, `target`, fails when the target is down or refuses every control.

mod advice;
mod harness;
mod subject;
#[cfg(test)]
mod tests;
mod trial;

pub use harness::main;
pub use subject::{Subject, SubjectError, Tested};
