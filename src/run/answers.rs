//! What the answers to each kind of request look like.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::Shape;
use super::word::{self, Word};
use crate::case::{Case, Expectation, Phase, Scenario};
use crate::check::{Disposition, Exchange};
use crate::contract::{RuleId, Strength};
use crate::redact::{Redactor, printable};

/// Kinds of answers to one kind of request that are told apart.
const MOST_KINDS: usize = 32;

/// Characters of a code or media type that are kept.
const LONGEST: usize = 80;

/// What the answers of one operation look like, as far as it doesn't depend on the seed: taken
/// from the cases of Examples and Coverage alone, and from answers that break nothing.
///
/// Left out is what says more about the moment than about the server: shed load, failures, the
/// gateway where the service was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerShapes {
    /// Answers to requests of which some source decides what becomes.
    pub decided: BTreeMap<Scenario, KindsOfAnswers>,
    /// Answers to requests of which nobody decides what becomes, or how they are refused.
    pub open: BTreeMap<Scenario, KindsOfAnswers>,
    /// What was observed of open rules.
    pub observations: BTreeMap<RuleId, BTreeSet<String>>,
}

/// The kinds of answers to one kind of request, each with its shape.
///
/// They print as blocks: `400 application/json "KOOPHONE.API.1000"`, and below it the shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(KindOfAnswer, Shape)>", into = "Vec<(KindOfAnswer, Shape)>")]
pub struct KindsOfAnswers(BTreeMap<KindOfAnswer, Shape>);

impl From<Vec<(KindOfAnswer, Shape)>> for KindsOfAnswers {
    fn from(kinds: Vec<(KindOfAnswer, Shape)>) -> Self {
        Self(kinds.into_iter().collect())
    }
}

impl From<KindsOfAnswers> for Vec<(KindOfAnswer, Shape)> {
    fn from(kinds: KindsOfAnswers) -> Self {
        kinds.0.into_iter().collect()
    }
}

/// What an answer is apart from its body's shape.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KindOfAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The media type without its parameters.
    pub media_type: Option<String>,
    /// The code in the envelope.
    pub code: Option<String>,
    /// Why the body is no JSON, where it is none.
    #[serde(deserialize_with = "word::of_optional_text")]
    pub unreadable: Option<Word>,
}

/// What one answer adds.
#[derive(Debug)]
pub(super) struct Sight {
    scenario: Scenario,
    is_open: bool,
    kind: KindOfAnswer,
    shape: Shape,
}

impl Sight {
    /// What an answer that breaks nothing looks like, if that is worth remembering.
    pub(super) fn of(exchange: &Exchange<'_>) -> Option<Self> {
        let Exchange { case, reading, .. } = *exchange;
        let is_open = is_open(case);
        let is_lasting = match reading.disposition {
            Disposition::Accepted
            | Disposition::BadParameter
            | Disposition::Unknown
            | Disposition::Refused
            | Disposition::Undefined => true,
            Disposition::Gateway | Disposition::Denied => is_open,
            Disposition::Shed | Disposition::ServerError | Disposition::NoAnswer => false,
        };
        let answer = exchange.answer()?;
        if matches!(case.phase, Phase::Fuzzing | Phase::Stateful)
            || !is_lasting
            || answer.status >= 500
        {
            return None;
        }
        let shape = reading.root().map(|root| Shape::of(root, case.body.as_ref()));
        let shape = shape.unwrap_or_default();
        let unreadable = reading.tape.as_ref().err().map(|why| why.as_str());
        let short = |text: &str| text.chars().take(LONGEST).collect();
        let kind = KindOfAnswer {
            status: answer.status,
            media_type: answer.media_type().as_deref().map(short),
            code: reading.code.as_deref().map(short),
            unreadable,
        };
        Some(Self { scenario: case.scenario, is_open, kind, shape })
    }
}

/// Whether nobody decides what becomes of the request, or how it is refused.
fn is_open(case: &Case) -> bool {
    case.strength == Strength::Open
        || match &case.expectation {
            Expectation::Refused(outcome) => outcome.any,
            Expectation::Open | Expectation::NotBothAccepted(_) => true,
            Expectation::Accepted | Expectation::SameAsTwin => false,
        }
}

impl AnswerShapes {
    /// Remembers what an answer looks like.
    pub(super) fn add(&mut self, sight: Sight) {
        let Sight { scenario, is_open, kind, shape } = sight;
        let scenarios = if is_open { &mut self.open } else { &mut self.decided };
        scenarios.entry(scenario).or_default().see(kind, &shape);
    }

    /// Adds what another shard saw.
    pub(super) fn add_all(&mut self, other: &Self) {
        for (scenarios, others) in
            [(&mut self.decided, &other.decided), (&mut self.open, &other.open)]
        {
            for (scenario, kinds) in others {
                let held = scenarios.entry(*scenario).or_default();
                kinds.iter().for_each(|(kind, shape)| held.see(kind.clone(), shape));
            }
        }
        for (rule, seen) in &other.observations {
            self.observations.entry(rule.clone()).or_default().extend(seen.iter().cloned());
        }
    }

    /// The same without secrets.
    #[must_use]
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        let text = |text: &String| redactor.redact(text).into_owned();
        let kinds = |kinds: &KindsOfAnswers| {
            let redacted = kinds.iter().map(|(kind, shape)| {
                let kind = KindOfAnswer {
                    media_type: kind.media_type.as_ref().map(text),
                    code: kind.code.as_ref().map(text),
                    ..*kind
                };
                (kind, shape.redacted(redactor))
            });
            KindsOfAnswers(redacted.collect())
        };
        let all = |scenarios: &BTreeMap<Scenario, KindsOfAnswers>| {
            scenarios.iter().map(|(scenario, held)| (*scenario, kinds(held))).collect()
        };
        let observations = self.observations.iter();
        Self {
            decided: all(&self.decided),
            open: all(&self.open),
            observations: observations
                .map(|(rule, seen)| (rule.clone(), seen.iter().map(text).collect()))
                .collect(),
        }
    }

    /// Remembers what a case shows of a rule that nobody decides.
    pub(super) fn observe(&mut self, case: &Case, rule: &RuleId, what: &str) {
        if !matches!(case.phase, Phase::Fuzzing | Phase::Stateful) {
            self.observations.entry(rule.clone()).or_default().insert(what.to_owned());
        }
    }

    /// The observations, a line each: `body.instance_ids/minItems: accepted`.
    pub fn observations_text(&self) -> String {
        let mut text = String::new();
        for (rule, seen) in &self.observations {
            let line = format!("{}: {}", rule.within_operation(), join(seen));
            let _ = writeln!(text, "{}", printable(&line));
        }
        text.truncate(text.trim_end().len());
        text
    }
}

impl KindsOfAnswers {
    fn see(&mut self, kind: KindOfAnswer, shape: &Shape) {
        if let Some(held) = self.0.get_mut(&kind) {
            held.merge(shape);
        } else if self.0.len() < MOST_KINDS {
            self.0.insert(kind, shape.clone());
        }
    }

    /// The kinds with their shapes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&KindOfAnswer, &Shape)> {
        self.0.iter()
    }
}

impl fmt::Display for KindsOfAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, shape)) in self.iter().enumerate() {
            let gap = if at > 0 { "\n\n" } else { "" };
            write!(f, "{gap}{kind}\n{}", shape_text(kind, shape))?;
        }
        Ok(())
    }
}

fn join(texts: &BTreeSet<String>) -> String {
    texts.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

fn shape_text(kind: &KindOfAnswer, shape: &Shape) -> String {
    kind.unreadable.map_or_else(|| shape.to_string(), str::to_owned)
}

impl fmt::Display for KindOfAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let media_type = self.media_type.as_deref().unwrap_or("without a media type");
        write!(f, "{} {}", self.status, printable(media_type))?;
        match &self.code {
            Some(code) => write!(f, " \"{}\"", printable(code)),
            None => Ok(()),
        }
    }
}
