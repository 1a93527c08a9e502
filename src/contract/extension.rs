//! `x-fencepost`: what OpenAPI has no words for.
//!
//! The extension stands at the root of the document (how answers are enveloped), at an operation
//! (outcomes, identifiers, relations, weights of rules) and at a schema (its citation). Its JSON
//! Schema is `contracts/x-fencepost.schema.json`; members that it doesn't know are refused.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::reference::value_at;
use super::{Basis, Citation, Expression, Node, Source, Strength};

/// The extension at the root of the document.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentExtension {
    /// How the service wraps its answers; absent where HTTP status alone tells.
    pub envelope: Option<Envelope>,
    /// The citation that rules without one of their own inherit.
    pub citation: Option<Citation>,
}

/// How the answers of a service tell what became of the request.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Where the error code stands: `$response.body#/error_code`.
    #[serde(deserialize_with = "of_response")]
    pub code: Expression,
    /// Where the text for people stands; its wording is never compared.
    #[serde(default)]
    pub message: Option<Expression>,
    /// What success is.
    pub success: Success,
    /// The documented codes.
    pub codes: Vec<Code>,
    /// Codes of the gateway in front of the service, as patterns: an answer with one of them is
    /// not the service's, and proves nothing about its rules.
    #[serde(default)]
    pub gateway: Vec<String>,
}

impl Envelope {
    /// The documented code that an answer's code is, in whatever letter case: how a code is
    /// spelled doesn't change what it says.
    pub fn known(&self, code: &str) -> Option<&Code> {
        let same_letters = || self.codes.iter().find(|k| k.code.eq_ignore_ascii_case(code));
        self.codes.iter().find(|known| known.code == code).or_else(same_letters)
    }

    /// The documented meaning of a code, in whatever letter case.
    pub fn meaning(&self, code: &str) -> Option<Meaning> {
        self.known(code).map(|known| known.meaning)
    }

    /// Whether a code is success's, in whatever letter case.
    pub fn is_success(&self, code: &str) -> bool {
        self.known(code).is_some_and(|known| known.code == self.success.code)
            || code == self.success.code
    }

    /// Whether a code is one of the gateway in front of the service.
    pub fn is_gateway(&self, code: &str) -> bool {
        self.gateway
            .iter()
            .any(|pattern| regex_lite::Regex::new(pattern).is_ok_and(|regex| regex.is_match(code)))
    }
}

/// What an accepted request is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// The HTTP statuses.
    pub status: Vec<u16>,
    /// The code in the envelope.
    pub code: String,
}

/// One documented code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code as spelled in an answer.
    pub code: String,
    /// What it says of the request.
    pub meaning: Meaning,
    /// The HTTP statuses it comes with; empty where nothing is documented.
    #[serde(default)]
    pub status: Vec<u16>,
}

/// What a documented code says of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// It was accepted.
    Success,
    /// It breaks a rule.
    BadParameter,
    /// It is well formed and names something that doesn't exist or may not be used.
    Unknown,
    /// The service failed.
    Internal,
}

/// The extension at an operation.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationExtension {
    /// The short id that rule names begin with; `operationId` when absent. What a rule's name
    /// can't hold (a slash) becomes a hyphen.
    pub id: Option<String>,
    /// The citation that the operation's rules without one of their own inherit.
    pub citation: Option<Citation>,
    /// Documented outcomes of violations. All entries that fit a rule are laid over each other in
    /// order; a later one wins, member by member.
    pub outcomes: Vec<OutcomeEntry>,
    /// Statuses that another source documents: met with one of these codes they are a warning.
    pub tolerated: Vec<ToleratedStatus>,
    /// Request members whose values must exist on the server.
    pub identifiers: Vec<Identifier>,
    /// What binds an answer to its request.
    pub relations: Vec<Relation>,
    /// Weights and sources of rules, by id without the operation, where they are not the default.
    pub rules: BTreeMap<String, RuleOverride>,
}

/// The extension at a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SchemaExtension {
    /// Where the schema's limits are written; schemas below inherit it.
    pub citation: Option<Citation>,
}

/// The documented outcome of a kind of violation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutcomeEntry {
    /// Locations it is for, each with all below it (`body`, `header.X-Auth-Token`); all when empty.
    pub at: Vec<String>,
    /// Keywords it is for; all when empty.
    pub keyword: Vec<String>,
    /// The documented statuses of the refusal.
    pub status: Option<Vec<u16>>,
    /// The documented codes of the refusal.
    pub code: Option<Vec<String>>,
    /// Codes that refuse it too, for a reason that another source allows: a warning.
    pub tolerated: Option<Vec<String>>,
    /// Any refusal will do: its status, code and shape are open.
    pub any: Option<bool>,
}

/// A status outside the operation's list that another source documents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ToleratedStatus {
    /// The status.
    pub status: u16,
    /// The codes it may carry.
    pub code: Vec<String>,
}

/// A request member whose values name things that exist on the server, or don't.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The name that `--known NAME=…` uses.
    pub name: String,
    /// The place: `body.user_id`, `body.instance_ids/items`.
    pub at: String,
    /// Values in the documented examples, which may exist.
    #[serde(default)]
    pub known: Vec<String>,
}

/// What binds an answer to its request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The list that was asked for: `$request.body#/instance_ids`.
    #[serde(deserialize_with = "of_request")]
    pub asked: Expression,
    /// The list that answers it: `$response.body#/data/status_list`.
    #[serde(deserialize_with = "of_response")]
    pub answered: Expression,
    /// Where the asked value stands in an answer's entry, as a JSON pointer: `/instance_id`.
    #[serde(deserialize_with = "pointer")]
    pub key: String,
}

impl Relation {
    /// The value that an entry of the answer is for.
    pub fn key_of<'v>(&self, entry: &'v Value) -> Option<&'v Value> {
        value_at(entry, &self.key)
    }

    /// The same, of an entry on a tape.
    pub fn key_on_tape<'t>(&self, entry: Node<'t>) -> Option<Node<'t>> {
        entry.pointer(&self.key)
    }
}

/// What a rule is worth where that is not the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleOverride {
    /// Its strength.
    pub strength: Option<Strength>,
    /// Its basis.
    pub basis: Option<Basis>,
    /// Its source.
    pub citation: Option<Citation>,
}

fn of_request<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expression, D::Error> {
    of(deserializer, Source::Request)
}

fn of_response<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expression, D::Error> {
    of(deserializer, Source::Response)
}

fn of<'de, D: Deserializer<'de>>(deserializer: D, source: Source) -> Result<Expression, D::Error> {
    let expression = Expression::deserialize(deserializer)?;
    if expression.source() == source {
        return Ok(expression);
    }
    let wanted = match source {
        Source::Request => "the request's",
        Source::Response => "the answer's",
    };
    Err(D::Error::custom(format!("`{expression}` must read {wanted} body")))
}

fn pointer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() || text.starts_with('/') {
        return Ok(text);
    }
    Err(D::Error::custom(format!("`{text}` is no JSON pointer: write `/{text}`")))
}
