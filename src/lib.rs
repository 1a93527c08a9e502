//! Fencepost tests whether an HTTP API keeps what its document promises.
//!
//! It reads an OpenAPI document, takes every promise of it as a [`Rule`](contract::Rule), sends valid
//! requests and requests that break exactly one rule, and gives a verdict for every rule.
//!
//! # In three ways
//!
//! *From the command line*: `fencepost test api.yaml --target http://127.0.0.1:8080`.
//!
//! *As strategies in your own property tests.* A value of [`koophone::violating_request`] breaks the
//! one rule that its label names, and comes with the legal request it was made from:
//!
//! ```
//! use fencepost::koophone::{valid_request, violating_request};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig::with_cases(8))]
//!     # /*
//!     #[test]
//!     # */
//!     fn ids_are_short(request in valid_request()) {
//!         prop_assert!(request.user_id.chars().count() <= 32);
//!     }
//! }
//! # fn main() { ids_are_short(); let _ = violating_request(); }
//! ```
//!
//! *As a library*: [`Contract`](contract::Contract) → [`RunPlan`](run::RunPlan) →
//! [`Outcome`](run::Outcome).
//!
//! ```
//! use fencepost::contract::Contract;
//!
//! let contract = Contract::builtin("koophone").expect("is built in");
//! let prepare = &contract.operations[0];
//! let limit = prepare.rules.iter().find(|rule| rule.id.as_str() == "prepare/body.user_id/maxLength");
//! assert_eq!(limit.map(|rule| rule.summary.as_str()), Some("at most 32 characters"));
//! ```
//!
//! `ARCHITECTURE.md` shows how the modules stand to each other.

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
pub mod suite;

// The proof of labels is one file, used by the crate's own tests and by those outside.
#[cfg(test)]
extern crate self as fencepost;
