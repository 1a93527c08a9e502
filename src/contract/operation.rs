//! One operation of the contract and all that is promised about it.

use std::sync::Arc;

use serde_json::Value;

use super::alternatives::Alternatives;
use super::extension::{Envelope, Identifier, OutcomeEntry, Relation, ToleratedStatus};
use super::{Outcome, PathTemplates, Rule, RuleId, Schema};

/// One operation: a method on a path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The short id that rule names begin with: `prepare`.
    pub id: String,
    /// The method in upper case: `POST`.
    pub method: String,
    /// The path template with the document's base path in front: `/v1/instances/prepare`.
    pub path: String,
    /// Where the operation stands in the document: a JSON pointer.
    pub pointer: String,
    /// Parameters in path, query, headers and cookies, credentials apart.
    pub parameters: Vec<Parameter>,
    /// What proves who is calling: from the security schemes that apply, where those leave a choice
    /// from the alternative in use.
    pub credentials: Vec<Credential>,
    /// Other ways to prove who is calling, one of which is enough.
    pub alternatives: Alternatives,
    /// What proves callers anywhere in the document.
    pub schemes: Arc<[Credential]>,
    /// The request's body, where there is one.
    pub body: Option<RequestBody>,
    /// A body that is no JSON: it is sent as it is, and none of its rules is tested.
    pub other_body: Option<OtherBody>,
    /// The documented answers, in the document's order.
    pub responses: Vec<Response>,
    /// Methods that the document describes on the same path, this one among them.
    pub documented_methods: Vec<String>,
    /// Every path template that the document describes, with the base path in front.
    pub documented_paths: Arc<PathTemplates>,
    /// How answers tell what became of the request; `None` where the status alone does.
    pub envelope: Option<Arc<Envelope>>,
    /// Documented outcomes of violations.
    pub outcomes: Vec<OutcomeEntry>,
    /// Statuses that another source documents.
    pub tolerated: Vec<ToleratedStatus>,
    /// Request members whose values must exist on the server.
    pub identifiers: Vec<Identifier>,
    /// What binds an answer to its request.
    pub relations: Vec<Relation>,
    /// Every promise, in the order of the document.
    pub rules: Vec<Rule>,
    /// Places in answers whose schema is that of a place above, each with that place: the rules
    /// there say what holds here (`response.kids/items` is as `response`).
    pub recursions: Vec<(String, String)>,
}

/// Where a parameter is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterLocation {
    /// In the path template, between braces.
    Path,
    /// Behind the question mark.
    Query,
    /// In a request header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

impl ParameterLocation {
    /// The word that OpenAPI and rule ids use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A documented parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it is carried.
    pub location: ParameterLocation,
    /// Whether a request without it breaks the contract.
    pub required: bool,
    /// What its value must be.
    pub schema: Schema,
    /// Example values, from the parameter and its schema.
    pub examples: Vec<Value>,
    /// How a list's entries are written, by `style` and `explode`.
    pub lists: ListStyle,
}

/// How the entries of a list are written in a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// A pair for each entry: `ids=1&ids=2` (`form` with `explode`, in a query).
    Repeated,
    /// `1,2` (`simple`, and `form` without `explode`).
    Commas,
    /// `1%202` (`spaceDelimited`).
    Spaces,
    /// `1%7C2` (`pipeDelimited`).
    Pipes,
}

impl ListStyle {
    /// What stands between two entries; `None` where each has a pair of its own.
    pub fn delimiter(self) -> Option<char> {
        match self {
            Self::Repeated => None,
            Self::Commas => Some(','),
            Self::Spaces => Some(' '),
            Self::Pipes => Some('|'),
        }
    }
}

/// Something that proves who is calling: a token in a header, a query parameter or a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The header, query parameter or cookie that carries it: `X-Auth-Token`.
    pub name: String,
    /// Where it is carried.
    pub location: ParameterLocation,
    /// What stands in front of the secret: `Bearer ` for HTTP bearer authentication, else empty.
    pub prefix: &'static str,
}

/// A request's body.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Whether a request without one breaks the contract.
    pub required: bool,
    /// The media type that is sent: `application/json`.
    pub media_type: String,
    /// What the body must be.
    pub schema: Schema,
    /// Documented example bodies, each with its name.
    pub examples: Vec<(String, Value)>,
}

/// A body that is no JSON.
#[derive(Clone, Debug)]
pub struct OtherBody {
    /// The media type without parameters, in lower case: `multipart/form-data`.
    pub media_type: String,
    /// What the body's parts must be, where that is documented.
    pub schema: Option<Schema>,
    /// The first documented example.
    pub example: Option<Value>,
}

/// A documented answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status as the document writes it: one, a class, or all others.
    pub status: StatusPattern,
    /// The media types with their schemas; empty where no content is documented.
    pub content: Vec<(String, Option<Schema>)>,
    /// The documented headers.
    pub headers: Vec<ResponseHeader>,
}

/// A documented header of an answer.
#[derive(Clone, Debug)]
pub struct ResponseHeader {
    /// The name as the document spells it.
    pub name: String,
    /// Whether every answer of this status has it.
    pub required: bool,
    /// What it holds, where that is a schema.
    pub schema: Option<Schema>,
    /// Where it is documented, as a JSON pointer.
    pub pointer: String,
}

/// What the locations of rules about headers of answers begin with.
const HEADERS: &str = "response/headers.";

/// Where rules about a header of answers stand: `response/headers.Location`.
pub fn header_location(name: &str) -> String {
    format!("{HEADERS}{name}")
}

/// The header of answers that a rule's location names, where it is such a one.
pub fn header_at(location: &str) -> Option<&str> {
    location.strip_prefix(HEADERS)
}

/// A status as OpenAPI writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// One status: `400`.
    Exactly(u16),
    /// A class of statuses by its first digit: `4XX`.
    Class(u16),
    /// `default`: every status that no other entry names.
    Default,
}

impl StatusPattern {
    /// Whether the pattern names this status; `default` names all.
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Exactly(exactly) => exactly == status,
            Self::Class(digit) => status / 100 == digit,
            Self::Default => true,
        }
    }
}

impl Operation {
    /// The rule of this id.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// The id of this operation's rule `keyword` at `location`.
    pub fn rule_id(&self, location: &str, keyword: &str) -> RuleId {
        RuleId::new(&self.id, location, keyword)
    }

    /// The documented answer for a status: the exact entry before the class before `default`.
    pub fn response(&self, status: u16) -> Option<&Response> {
        let rank = |response: &&Response| match response.status {
            StatusPattern::Exactly(_) => 0,
            StatusPattern::Class(_) => 1,
            StatusPattern::Default => 2,
        };
        self.responses.iter().filter(|r| r.status.matches(status)).min_by_key(rank)
    }

    /// Whether the document names this status, or its class.
    pub fn documents(&self, status: u16) -> bool {
        self.response(status).is_some_and(|held| held.status != StatusPattern::Default)
    }

    /// Whether the document names this very status.
    pub fn documents_exactly(&self, status: u16) -> bool {
        self.responses.iter().any(|held| held.status == StatusPattern::Exactly(status))
    }

    /// Whether some documented answer speaks of requests that are refused for what they ask: a `4xx` that
    /// is not about who calls, or how often, all of them, or `default`.
    pub fn documents_refusals(&self) -> bool {
        self.documents_class(4, &[401, 403, 407, 429])
    }

    /// Whether some documented answer speaks of successes: a `2xx`, all of them, or `default`; or
    /// of a redirect, which is an operation's success as well.
    pub fn documents_successes(&self) -> bool {
        self.documents_class(2, &[]) || self.documents_class(3, &[])
    }

    fn documents_class(&self, class: u16, beside: &[u16]) -> bool {
        self.responses.iter().any(|response| match response.status {
            StatusPattern::Exactly(status) => status / 100 == class && !beside.contains(&status),
            StatusPattern::Class(digit) => digit == class,
            StatusPattern::Default => true,
        })
    }

    /// What the contract says a violation of `rule` is answered with.
    pub fn outcome(&self, rule: &RuleId) -> Outcome {
        let mut outcome = Outcome::of(&self.outcomes, rule.location(), rule.keyword());
        // Who refuses these, and how, is open unless the contract says more.
        let is_access = matches!(rule.location(), "method" | "path")
            || self.credentials.iter().any(|credential| {
                rule.location() == format!("{}.{}", credential.location.as_str(), credential.name)
            });
        let says_more = outcome.status.is_some() || outcome.code.is_some();
        outcome.any |= is_access && !says_more;
        outcome
    }

    /// Whether some path template of the document fits `path`.
    pub fn is_documented_path(&self, path: &str) -> bool {
        self.documented_paths.fit(path)
    }

    /// Whether a path template of the document other than the operation's own fits `path`, so that
    /// another operation may answer.
    pub fn may_lead_elsewhere(&self, path: &str) -> bool {
        self.documented_paths.fit_beside(&self.path, path)
    }

    /// The identifier whose values stand at `place` (`body.instance_ids/items`).
    pub fn identifier_at(&self, place: &str) -> Option<&Identifier> {
        self.identifiers.iter().find(|identifier| identifier.at == place)
    }
}
