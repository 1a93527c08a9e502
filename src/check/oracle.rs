//! The compiled contract of one operation, ready to judge answers.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::judged::AnswerRules;
use super::marks::Marks;
use super::observe::ObservedRules;
use super::{Breach, CheckName, Exchange, Reading};
use super::{
    answered, beneath, content_type, error_code, leaks, relations, response_headers,
    response_schema, secret, server_error, status_code, strict_reading,
};
use crate::case::Case;
use crate::contract::{Compiler, Node, Operation, RuleId, Schema, TapeValidator, Validator};
use crate::http::Interaction;

/// One operation's promises, compiled, with the secrets that no answer may give away.
pub struct Oracle {
    operation: Arc<Operation>,
    /// A validator for each content of each documented answer that has a schema.
    validators: Vec<Vec<Option<TapeValidator>>>,
    /// Those that say what is broken, made where one is asked for.
    telling: Vec<OnceLock<Option<Validator>>>,
    /// The same without formats.
    formless: Vec<OnceLock<Option<Validator>>>,
    /// Those of headers, by the place of their schemas, made where one of them is asked for.
    of_headers: OnceLock<HashMap<String, Validator>>,
    /// Names of members that answers don't carry, made where one is asked for.
    write_only: OnceLock<HashSet<String>>,
    /// The texts in the document's account of answers, put together where they are asked for.
    documented: OnceLock<String>,
    answer_rules: AnswerRules,
    /// The secrets that no answer may give away, in each spelling that is looked for.
    secrets: Vec<String>,
    marks: Marks,
    /// Where the envelope's code stands, in the words of rules.
    code_location: Option<String>,
    observed: ObservedRules,
}

impl fmt::Debug for Oracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oracle({})", self.operation.id)
    }
}

impl Oracle {
    /// Compiles the operation's response schemas. An error names the answer and what the
    /// `jsonschema` crate says of its schema.
    pub fn new(operation: Arc<Operation>, secrets: &[String]) -> Result<Self, String> {
        let mut validators = Vec::new();
        let schemas = operation.responses.iter().flat_map(|response| &response.content);
        let mut schemas = schemas.filter_map(|(_, schema)| schema.as_ref());
        let document = schemas.next().map(|schema| Arc::clone(schema.document()));
        let compiler = document.as_ref().map(|document| Compiler::new(document)).transpose()?;
        let compile = |schema: &Schema| match &compiler {
            Some(compiler) => compiler.compile_for_tapes(schema),
            None => Compiler::new(schema.document())?.compile_for_tapes(schema),
        };
        for response in &operation.responses {
            let mut row = Vec::new();
            for (media_type, schema) in &response.content {
                let built = schema.as_ref().map(compile).transpose();
                row.push(built.map_err(|error| {
                    format!(
                        "the {media_type} answer {:?} can't be checked: {error}",
                        response.status
                    )
                })?);
            }
            validators.push(row);
        }
        let answer_rules = AnswerRules::of(&operation);
        let secrets: Vec<_> = secrets.iter().flat_map(|s| secret::spellings(s)).collect();
        let marks = leaks::marks(&secrets);
        let code_location = operation.envelope.as_deref().map(error_code::code_location);
        let observed = ObservedRules::of(&operation);
        let (telling, formless) =
            operation.responses.iter().map(|_| (OnceLock::new(), OnceLock::new())).unzip();
        Ok(Self {
            operation,
            validators,
            telling,
            formless,
            of_headers: OnceLock::new(),
            write_only: OnceLock::new(),
            documented: OnceLock::new(),
            answer_rules,
            secrets,
            marks,
            code_location,
            observed,
        })
    }

    /// The operation.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The secrets that no answer may give away, in each spelling that is looked for.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// What gives something away.
    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Where the envelope's code stands, in the words of rules: `response.error_code`.
    pub(super) fn code_location(&self) -> Option<&str> {
        self.code_location.as_deref()
    }

    /// The open rules about answers.
    pub(super) fn observed(&self) -> &ObservedRules {
        &self.observed
    }

    /// Whether a JSON answer with this status breaks nothing that is documented of it.
    pub(super) fn is_as_documented(&self, status: u16, answer: Node<'_>) -> bool {
        let content = self.json_content(status);
        let validator = content.and_then(|(index, json)| self.validators[index][json].as_ref());
        validator.is_none_or(|validator| validator.is_valid(answer))
    }

    /// The validator that says what a JSON answer with this status breaks.
    pub(super) fn validator(&self, status: u16) -> Option<&Validator> {
        self.made(&self.telling, status, Validator::compile)
    }

    /// The same, with formats as notes that forbid nothing.
    pub(super) fn formless_validator(&self, status: u16) -> Option<&Validator> {
        self.made(&self.formless, status, Validator::without_formats)
    }

    /// A validator for what a header of answers holds, with formats as notes.
    pub(super) fn header_validator(&self, schema: &Schema) -> Option<&Validator> {
        let all = self.of_headers.get_or_init(|| {
            let headers = self.operation.responses.iter().flat_map(|response| &response.headers);
            let schemas = headers.filter_map(|header| header.schema.as_ref());
            let made = |schema: &Schema| {
                Some((schema.pointer().to_owned(), Validator::without_formats(schema).ok()?))
            };
            schemas.filter_map(made).collect()
        });
        all.get(schema.pointer())
    }

    /// A validator for a JSON answer with this status, made by `make` where it wasn't yet.
    fn made<'o>(
        &self,
        held: &'o [OnceLock<Option<Validator>>],
        status: u16,
        make: fn(&Schema) -> Result<Validator, String>,
    ) -> Option<&'o Validator> {
        let (index, json) = self.json_content(status)?;
        let (_, schema) = &self.operation.responses[index].content[json];
        held[index].get_or_init(|| make(schema.as_ref()?).ok()).as_ref()
    }

    /// The names of members that only requests carry, wherever they stand in answers.
    pub(super) fn write_only(&self) -> &HashSet<String> {
        self.write_only.get_or_init(|| {
            let contents = self.operation.responses.iter().flat_map(|response| &response.content);
            beneath::write_only(contents.filter_map(|(_, schema)| schema.as_ref()))
        })
    }

    /// The texts in the document's account of the operation's answers: examples, descriptions.
    pub(super) fn documented(&self) -> &str {
        self.documented.get_or_init(|| {
            let mut text = String::new();
            let contents = self.operation.responses.iter().flat_map(|response| &response.content);
            let schemas: Vec<&Schema> = contents.filter_map(|(_, s)| s.as_ref()).collect();
            for schema in &schemas {
                leaks::strings(schema.raw(), &mut text);
            }
            let document = schemas.first().map(|schema| schema.document());
            let responses = format!("{}/responses", self.operation.pointer);
            if let Some(responses) = document.and_then(|document| document.pointer(&responses)) {
                leaks::strings(responses, &mut text);
            }
            text
        })
    }

    /// The index of the documented answer with this status, and of JSON among its contents.
    fn json_content(&self, status: u16) -> Option<(usize, usize)> {
        let response = self.operation.response(status)?;
        let index =
            self.operation.responses.iter().position(|held| std::ptr::eq(held, response))?;
        let json = response.content.iter().position(|(media_type, _)| is_json(media_type))?;
        Some((index, json))
    }

    /// Reads an answer.
    pub fn read(&self, interaction: &Interaction) -> Reading {
        Reading::of(&self.operation, interaction)
    }

    /// All that an answer breaks by itself, whatever became of other requests.
    ///
    /// Acceptance and refusal are not among it: those are held against the case's twin
    /// ([`expectation`](super::expectation)).
    pub fn breaches(
        &self,
        case: &Case,
        interaction: &Interaction,
        reading: &Reading,
    ) -> Vec<Breach> {
        let exchange = Exchange { oracle: self, case, interaction, reading };
        let mut breaches = Vec::new();
        for check in CheckName::ALL {
            breaches.extend(match check {
                CheckName::Answered => answered::check(&exchange),
                CheckName::NotAServerError => server_error::check(&exchange),
                CheckName::StatusCodeConformance => status_code::check(&exchange),
                CheckName::ContentTypeConformance => content_type::check(&exchange),
                CheckName::StrictReading => strict_reading::check(&exchange),
                CheckName::ResponseSchemaConformance => response_schema::check(&exchange),
                CheckName::ResponseHeadersConformance => response_headers::check(&exchange),
                CheckName::ErrorCodeConformance => error_code::check(&exchange),
                CheckName::Relations => relations::check(&exchange),
                CheckName::Leaks => leaks::check(&exchange),
                CheckName::PositiveDataAcceptance
                | CheckName::NegativeDataRejection
                | CheckName::IgnoredAuth
                | CheckName::UnsupportedMethod
                // What is slow may be right in every other respect, so it is asked for apart.
                | CheckName::MaxResponseTime => Vec::new(),
            });
        }
        breaches
    }
}

impl Oracle {
    /// The rules about answers.
    pub fn answer_rules(&self) -> impl Iterator<Item = &RuleId> {
        self.answer_rules.ids()
    }

    /// The rules about answers that this answer says something about, kept or broken, each with its
    /// index among [`answer_rules`](Self::answer_rules).
    pub fn judged<'o>(
        &'o self,
        exchange: &'o Exchange<'_>,
    ) -> impl Iterator<Item = (usize, &'o RuleId)> {
        self.answer_rules.judged(exchange)
    }
}

/// Whether a media type is JSON: `application/json`, or anything ending in `+json`.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or(media_type).trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.to_ascii_lowercase().ends_with("+json")
}
