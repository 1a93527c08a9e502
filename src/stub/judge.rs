//! What the contract says of a request.

use std::collections::HashSet;

use serde_json::Value;

use crate::contract::{Broken, Compiler, Operation, Place, Schema, Validator};

use super::behaviour::{Access, Behaviour, Judging};
use super::credential::Tokens;
use super::incoming::Incoming;
use super::offence::{self, Offence};
use super::parameter::ParameterJudge;
use super::width::too_wide;

/// What the contract says of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Judgement {
    /// It keeps every rule; with the JSON value that its body holds.
    Accepted(Option<Value>),
    /// It breaks one.
    Refused(Refusal),
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No documented path.
    UnknownPath,
    /// A documented path and another method; with the documented ones.
    UnsupportedMethod(Vec<String>),
    /// No proof of who is calling.
    Unauthenticated(Broken),
    /// A parameter or the body breaks a constraint.
    BadParameter(Broken),
    /// Well formed, and names something that doesn't exist.
    Unknown(Broken),
}

/// Judges the requests for one operation; everything in it is compiled once.
pub(super) struct Judge {
    parameters: Vec<ParameterJudge>,
    body: Option<BodyJudge>,
    /// The values that exist, by place; empty where every legal value does.
    known: Vec<(String, HashSet<String>)>,
}

struct BodyJudge {
    required: bool,
    schema: Schema,
    validator: Validator,
}

impl Judge {
    /// Compiles what the document says of the operation's requests.
    pub(super) fn new(
        compiler: &Compiler<'_>,
        operation: &Operation,
        known_only: bool,
    ) -> Result<Self, String> {
        let body = operation.body.as_ref().map(|body| {
            let validator = compiler.compile(&body.schema)?;
            let (required, schema) = (body.required, body.schema.clone());
            Ok::<_, String>(BodyJudge { required, schema, validator })
        });
        let known = operation
            .identifiers
            .iter()
            .filter(|identifier| known_only && !identifier.known.is_empty())
            .map(|identifier| (identifier.at.clone(), identifier.known.iter().cloned().collect()));
        Ok(Self {
            parameters: operation
                .parameters
                .iter()
                .map(|parameter| ParameterJudge::new(compiler, parameter))
                .collect::<Result<_, _>>()?,
            body: body.transpose()?,
            known: known.collect(),
        })
    }

    /// Judges a request whose route led to `operation`.
    pub(super) fn judge(
        &self,
        operation: &Operation,
        tokens: &Tokens,
        path_parameters: &[(String, String)],
        request: &Incoming,
        behaviour: Option<&Behaviour>,
    ) -> Judgement {
        match self.check(operation, tokens, path_parameters, request, behaviour) {
            Ok(body) => Judgement::Accepted(body),
            Err(refusal) => Judgement::Refused(refusal),
        }
    }

    /// Whether the request's parameters keep their rules.
    pub(super) fn keeps_parameters(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
    ) -> bool {
        self.parameters.iter().all(|one| one.check(path_parameters, request).is_ok())
    }

    fn check(
        &self,
        operation: &Operation,
        tokens: &Tokens,
        path_parameters: &[(String, String)],
        request: &Incoming,
        behaviour: Option<&Behaviour>,
    ) -> Result<Option<Value>, Refusal> {
        // Any alternative is enough.
        let mut others = operation.alternatives.iter().filter(|all| *all != operation.credentials);
        let is_let_in = others.any(|all| all.iter().all(|one| tokens.prove(one, request)));
        let asked = operation.credentials.iter().filter(|_| !is_let_in);
        for credential in asked {
            let is_proved = tokens.prove(credential, request);
            let access = Access { credential, request, tokens };
            if !behaviour.map_or(is_proved, |behaviour| behaviour.proves(&access, is_proved)) {
                let location = format!("{}.{}", credential.location.as_str(), credential.name);
                return Err(Refusal::Unauthenticated(Broken::new(location, "required")));
            }
        }
        let body = match behaviour {
            Some(behaviour) => self.deviating(path_parameters, request, behaviour),
            None => self.faithful(path_parameters, request),
        };
        let body = body.map_err(Refusal::BadParameter)?;
        if let Some(value) = body.as_ref().filter(|_| !self.known.is_empty())
            && let Some(broken) = self.unknown(&Place::body(), value)
        {
            return Err(Refusal::Unknown(broken));
        }
        Ok(body)
    }

    fn faithful(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
    ) -> Result<Option<Value>, Broken> {
        for parameter in &self.parameters {
            parameter.check(path_parameters, request)?;
        }
        let Some(judge) = &self.body else { return Ok(None) };
        let body = judge.read(&request.body)?;
        let broken = body.as_ref().and_then(|b| judge.first_broken(b));
        match broken {
            Some(broken) => Err(broken),
            None => Ok(body),
        }
    }

    /// As [`Self::faithful`], but with every broken constraint laid before `behaviour`, which
    /// forgives some and invents others.
    fn deviating(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
        behaviour: &Behaviour,
    ) -> Result<Option<Value>, Broken> {
        let mut offences: Vec<Offence> = Vec::new();
        for parameter in &self.parameters {
            offences.extend(parameter.offences(path_parameters, request));
        }
        let body = match &self.body {
            Some(judge) => behaviour.read(&request.body, judge.read(&request.body))?,
            None => None,
        };
        let broken_by = |value: &Value| match &self.body {
            Some(judge) => judge.offences(value),
            None => Vec::new(),
        };
        offences.extend(body.iter().flat_map(&broken_by));
        let judging = Judging { request, body: body.as_ref(), broken_by: &broken_by };
        behaviour.judge(&judging, &mut offences);
        match offences.into_iter().next() {
            Some(offence) => Err(offence.broken),
            None => Ok(body),
        }
    }

    /// The first value at `place` or below it that must exist and doesn't.
    fn unknown(&self, place: &Place, value: &Value) -> Option<Broken> {
        match value {
            Value::Object(members) => {
                members.iter().find_map(|(name, value)| self.unknown(&place.member(name), value))
            }
            Value::Array(entries) => {
                let place = place.items();
                entries.iter().find_map(|entry| self.unknown(&place, entry))
            }
            scalar => {
                let location = place.to_string();
                let (_, known) = self.known.iter().find(|(at, _)| *at == location)?;
                let exists = match scalar {
                    Value::String(text) => known.contains(text),
                    other => known.contains(&other.to_string()),
                };
                (!exists).then(|| Broken::new(location, "unknown"))
            }
        }
    }
}

impl BodyJudge {
    fn first_broken(&self, value: &Value) -> Option<Broken> {
        let broken = self.validator.first_broken(&Place::body(), value);
        let wide = || too_wide(&self.schema, &Place::body(), value).into_iter().next();
        broken.or_else(|| wide().map(|offence| offence.broken))
    }

    fn offences(&self, value: &Value) -> Vec<Offence> {
        let mut offences = offence::offences(&self.validator, &Place::body(), value);
        offences.extend(too_wide(&self.schema, &Place::body(), value));
        offences
    }

    /// Reads the body as JSON whatever its media type says.
    ///
    /// The reading is `serde_json`'s: nothing may follow the value, a byte-order mark and bytes
    /// that aren't UTF-8 are no JSON, and of two members with one name the last one counts.
    fn read(&self, bytes: &[u8]) -> Result<Option<Value>, Broken> {
        if bytes.is_empty() {
            return if self.required { Err(Broken::new("body", "required")) } else { Ok(None) };
        }
        serde_json::from_slice(bytes).map(Some).map_err(|_| Broken::new("body", "syntax"))
    }
}
