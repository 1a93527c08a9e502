//! What is wrong with an answer, held against what becomes of the same request alone.

use std::collections::BTreeSet;

use super::alone::{Baseline, entries};
use crate::case::{Case, GenerationMode};
use crate::check::{CheckName, Disposition, Exchange, Severity};
use crate::generate::SequenceKind;
use crate::http::Interaction;
use crate::run::confirm::says_nothing;
use crate::run::session::Session;
use crate::run::word::word;

/// Something that only shows in company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) way: Way,
    pub(super) severity: Severity,
    /// What came.
    pub(super) actual: String,
}

/// The ways in which an answer differs from that to the same request alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ServerError,
    NoAnswer,
    Refused,
    Unknown,
    /// It answers another request.
    Foreign,
    Otherwise,
    /// What is refused alone is accepted.
    NotEnforced,
}

impl Way {
    /// The check that it is a matter of.
    pub(super) fn check(self) -> CheckName {
        match self {
            Self::ServerError => CheckName::NotAServerError,
            Self::NoAnswer => CheckName::Answered,
            Self::Refused | Self::Unknown => CheckName::PositiveDataAcceptance,
            Self::Foreign => CheckName::Relations,
            Self::Otherwise => CheckName::ResponseSchemaConformance,
            Self::NotEnforced => CheckName::NegativeDataRejection,
        }
    }

    /// The way in words, and in which company it shows.
    pub(super) fn kind(self, among: SequenceKind) -> &'static str {
        let way = match self {
            Self::ServerError => "server error",
            Self::NoAnswer => "no answer",
            Self::Refused => "legal request refused",
            Self::Unknown => "refused as unknown",
            Self::Foreign => "another request's answer",
            Self::Otherwise => "answered otherwise",
            Self::NotEnforced => "not enforced",
        };
        let among = match among {
            SequenceKind::Repetition => "on kept connections only",
            SequenceKind::FreshRepetition => "when sent again",
            SequenceKind::Alternation => "in turn with others",
            SequenceKind::AfterRefusal | SequenceKind::Refusals => "right behind a refused one",
            SequenceKind::Burst(_) => "with others under way",
        };
        word(&format!("{way} {among}"))
    }
}

impl Session<'_> {
    /// What is wrong with an answer. `others` are the values that other requests of the sequence ask
    /// for.
    pub(super) fn trouble(
        &self,
        case: &Case,
        alone: &Baseline,
        interaction: &Interaction,
        others: &BTreeSet<String>,
    ) -> Option<Trouble> {
        let reading = &self.oracle.read(interaction);
        if says_nothing(interaction, reading) {
            return None;
        }
        let exchange = Exchange { oracle: self.oracle, case, interaction, reading };
        let trouble = |way, severity, actual: String| Some(Trouble { way, severity, actual });
        let answer = exchange.describe_answer();
        let has_envelope = self.oracle.operation().envelope.is_some();
        let by_code = if has_envelope { Severity::Failure } else { Severity::Warning };
        match (case.mode, reading.disposition) {
            (_, Disposition::ServerError) => trouble(Way::ServerError, Severity::Failure, answer),
            (_, Disposition::NoAnswer) => trouble(Way::NoAnswer, Severity::Failure, answer),
            (GenerationMode::Negative, Disposition::Accepted) => {
                trouble(Way::NotEnforced, Severity::Failure, answer)
            }
            (GenerationMode::Negative, _) => None,
            (_, Disposition::BadParameter) => trouble(Way::Refused, by_code, answer),
            (_, Disposition::Unknown) if alone.disposition == Disposition::Accepted => {
                trouble(Way::Unknown, Severity::Warning, answer)
            }
            (_, Disposition::Refused | Disposition::Undefined) => {
                trouble(Way::Otherwise, Severity::Warning, answer)
            }
            _ => self.mixed_up(&exchange, alone, others),
        }
    }

    /// An answer of the right kind that is not this request's, or is broken.
    fn mixed_up(
        &self,
        exchange: &Exchange<'_>,
        alone: &Baseline,
        others: &BTreeSet<String>,
    ) -> Option<Trouble> {
        for (now, then) in entries(exchange).iter().zip(&alone.entries) {
            let foreign = now.difference(then).find(|value| others.contains(*value));
            let missing = then.difference(now).next();
            let way = if foreign.is_some() { Way::Foreign } else { Way::Otherwise };
            let actual = match (foreign, missing) {
                (Some(foreign), _) => format!("an entry for {foreign:?}, which another asked for"),
                (None, Some(missing)) => {
                    format!("no entry for {missing:?}, which has one when it is asked for alone")
                }
                (None, None) => continue,
            };
            return Some(Trouble { way, severity: Severity::Failure, actual });
        }
        let (case, interaction) = (exchange.case, exchange.interaction);
        let breaches = self.oracle.breaches(case, interaction, exchange.reading);
        let is_new = |breach: &&crate::check::Breach| {
            breach.severity == Severity::Failure
                && breach.check != CheckName::Relations
                && !alone.broken.contains(&breach.fingerprint())
        };
        let breach = breaches.iter().find(is_new)?;
        let actual = format!("{}: {}", breach.kind, breach.actual);
        Some(Trouble { way: Way::Otherwise, severity: breach.severity, actual })
    }
}
