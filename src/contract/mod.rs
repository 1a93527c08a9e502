//! What is promised: operations, parameters, schemas, and rules with their citations.

mod accept;
mod alternatives;
mod derive;
mod expression;
pub mod extension;
pub(crate) mod hash;
mod loader;
mod media_type;
mod operation;
mod outcome;
mod paths;
mod place;
pub(crate) mod reference;
mod rule;
mod schema;
mod strength;
mod tape;
pub(crate) mod validator;

pub use alternatives::Alternatives;
pub use expression::{Expression, Source};
pub use extension::{
    Code, Envelope, Identifier, Meaning, OutcomeEntry, Relation, Success, ToleratedStatus,
};
pub use loader::{LoadError, LoadErrorKind};
pub use operation::{
    Credential, ListStyle, Operation, OtherBody, Parameter, ParameterLocation, RequestBody,
    Response, ResponseHeader, StatusPattern, header_at, header_location,
};
pub use outcome::Outcome;
pub use paths::PathTemplates;
pub use place::{Place, Step};
pub use rule::{Citation, Rule, RuleId};
pub use schema::{AdditionalProperties, Schema, UNREADABLE_PATTERN};
pub use strength::{Basis, Strength};
pub use tape::{Node, Tape};
pub use validator::{Broken, Compiler, PatternJudge, TapeValidator, Validator};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an API promises: a loaded document.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The short name: `koophone`, or the file's name without its ending.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// The whole document; where schemas were of another dialect (OpenAPI 3.0), rewritten to JSON
    /// Schema 2020-12, every schema where it stood.
    pub document: Arc<Value>,
    /// The operations that can be tested, in the document's order.
    pub operations: Vec<Arc<Operation>>,
    /// The operations that can't, each with the reason.
    pub skipped: Vec<Skipped>,
    /// What else was left out, each with its place: examples that their schema refuses, optional
    /// parameters that can't be written.
    pub warnings: Vec<String>,
}

impl Contract {
    /// A hash of all that the document says, the same on every machine: 16 hexadecimal digits.
    ///
    /// It tells documents apart that differ by accident; it is no defence against a forger.
    pub fn content_hash(&self) -> String {
        format!("{:016x}", hash::fnv1a(&self.document.to_string()))
    }
}

/// An operation of the document that can't be tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its method and path.
    pub operation: String,
    /// Why.
    pub reason: String,
}
