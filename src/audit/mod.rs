//! Does the harness bite? The suite is run against a faithful stub, against harmless variants of
//! it, and against mutants that each break one promise.
//!
//! The suite knows nothing of mutants: a trial is an ordinary run, ended as soon as it has shown
//! what it was made to show.

mod error;
mod fate;
mod json;
mod list;
mod parallel;
mod score;
mod settings;
mod terminal;
mod trial;

pub use error::AuditError;
pub use fate::{Caught, Fate};
pub use json::{SCHEMA_VERSION, json};
pub use list::{list, select};
pub use score::{Audit, MutantResult, Progress, Requests, Trouble, VariantResult, audit};
pub use settings::AuditSettings;
pub use terminal::render;
