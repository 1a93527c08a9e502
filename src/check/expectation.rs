//! Was a request rightly accepted or refused? Judged against what became of its twin.

use super::{
    Breach, CaseVerdict, CheckName, Disposition, Exchange, Reason, Severity, Twin, Unreadable,
};
use crate::case::{Expectation, Member, Scenario};
use crate::contract::{Outcome, Schema, Step};
use crate::http::NoAnswerKind;

/// The way in which [`Breach::kind`] names a spelling that is refused as naming something unknown,
/// while the plain one was accepted.
pub const SPELLING_UNKNOWN: &str = "legal spelling refused as unknown";

/// Judges acceptance or refusal of a case.
///
/// `twin` is what became of the case's twin, `breaches` what the answer breaks by itself. The
/// breach that comes back is one of acceptance, refusal, authentication or method.
pub fn judge(
    exchange: &Exchange<'_>,
    twin: Option<&Twin>,
    breaches: &[Breach],
) -> (CaseVerdict, Option<Breach>) {
    if let Some(verdict) = unanswered(exchange, breaches) {
        return (verdict, None);
    }
    let judgement = Judgement { exchange, twin, breaches };
    match &exchange.case.expectation {
        Expectation::Open | Expectation::NotBothAccepted(Member::First) => {
            match judgement.echo_of_offender() {
                Some(breach) => Judgement::broken(breach),
                None => (CaseVerdict::Observed(observed(exchange)), None),
            }
        }
        Expectation::Accepted => judgement.accepted(),
        Expectation::SameAsTwin => judgement.same_as_twin(),
        Expectation::Refused(outcome) if outcome.any => judgement.refused_anyhow(),
        Expectation::Refused(outcome) => judgement.refused(outcome),
        Expectation::NotBothAccepted(Member::Last) => judgement.not_both_accepted(),
    }
}

/// The verdict where there is no answer of the service to judge.
fn unanswered(exchange: &Exchange<'_>, breaches: &[Breach]) -> Option<CaseVerdict> {
    let undecided = |reason| Some(CaseVerdict::Undecided(reason));
    match exchange.reading.disposition {
        Disposition::NoAnswer => match &exchange.interaction.result {
            Err(failure) => match failure.kind {
                NoAnswerKind::Connect | NoAnswerKind::Untrusted(_) => {
                    undecided(Reason::NotConnected)
                }
                NoAnswerKind::Starved => undecided(Reason::Starved),
                NoAnswerKind::Unreadable => undecided(Reason::Unreadable),
                NoAnswerKind::Unsendable => undecided(Reason::NotSendable),
                _ => Some(by_breach(exchange, breaches)),
            },
            Ok(_) => Some(by_breach(exchange, breaches)),
        },
        Disposition::ServerError if exchange.is_not_implemented() => None,
        Disposition::ServerError => Some(by_breach(exchange, breaches)),
        Disposition::Shed => undecided(Reason::Throttled),
        _ => None,
    }
}

/// Where the answer's own fault was held against the case's rule, that rule is broken.
fn by_breach(exchange: &Exchange<'_>, breaches: &[Breach]) -> CaseVerdict {
    if breaches.iter().any(|breach| breach.rule == exchange.case.rule) {
        CaseVerdict::Failed
    } else if exchange.case.expectation == Expectation::Open {
        CaseVerdict::Observed(observed(exchange))
    } else {
        CaseVerdict::NotJudged
    }
}

/// What was seen, in words that are the same for all answers of a kind.
pub(crate) fn observed(exchange: &Exchange<'_>) -> String {
    let answer = || match (exchange.answer(), exchange.reading.code.as_deref()) {
        (Some(answer), Some(code)) => format!("{} {code}", answer.status),
        (Some(answer), None) => answer.status.to_string(),
        (None, _) => exchange.describe_answer(),
    };
    match exchange.reading.disposition {
        Disposition::Accepted => "accepted".to_owned(),
        Disposition::Gateway => format!("refused by the gateway, {}", answer()),
        Disposition::Shed => "turned away for load".to_owned(),
        Disposition::ServerError => format!("server error {}", answer()),
        Disposition::Undefined => format!("neither accepted nor refused, {}", answer()),
        Disposition::NoAnswer => answer(),
        _ => format!("refused, {}", answer()),
    }
}

struct Judgement<'j> {
    exchange: &'j Exchange<'j>,
    twin: Option<&'j Twin>,
    breaches: &'j [Breach],
}

type Verdict = (CaseVerdict, Option<Breach>);

impl Judgement<'_> {
    fn disposition(&self) -> Disposition {
        self.exchange.reading.disposition
    }

    fn twin_disposition(&self) -> Option<Disposition> {
        self.twin.map(|twin| twin.disposition)
    }

    /// Whether the answer is refused in the very way its twin is.
    fn is_like_its_twin(&self) -> bool {
        self.twin.is_some_and(|twin| *twin == Twin::of(self.exchange))
    }

    fn speaks_of_the_body(&self) -> bool {
        let location = self.exchange.case.rule.location();
        location == "body" || location.starts_with("body.") || location.starts_with("body/")
    }

    fn has_other_failure(&self) -> bool {
        self.breaches.iter().any(|breach| breach.severity == Severity::Failure)
    }

    /// Whether the answer is JSON that this program can't read.
    fn is_beyond_us(&self) -> bool {
        matches!(self.exchange.reading.tape, Err(Unreadable::Beyond))
    }

    fn undecided(reason: Reason) -> Verdict {
        (CaseVerdict::Undecided(reason), None)
    }

    fn broken(breach: Breach) -> Verdict {
        let verdict = match breach.severity {
            Severity::Failure => CaseVerdict::Failed,
            Severity::Warning => CaseVerdict::Warned,
        };
        (verdict, Some(breach))
    }

    /// The case's rule broken in the way of `kind`, at the case's strength.
    fn breaks(&self, kind: &'static str, expected: String) -> Verdict {
        let case = self.exchange.case;
        let Some(severity) = Severity::of(case.strength) else {
            return (CaseVerdict::Observed(observed(self.exchange)), None);
        };
        Self::broken(Breach {
            check: check_of(case.scenario, &case.expectation),
            rule: case.rule.clone(),
            severity,
            kind,
            expected,
            actual: self.exchange.describe_answer(),
        })
    }

    /// The same, a warning whatever the case's strength.
    fn warns(&self, kind: &'static str, expected: String) -> Verdict {
        match self.breaks(kind, expected) {
            (_, Some(breach)) => Self::broken(Breach { severity: Severity::Warning, ..breach }),
            nothing => nothing,
        }
    }

    fn accepted(&self) -> Verdict {
        let case = self.exchange.case;
        let refused = || {
            if self.exchange.operation().envelope.is_none() && case.scenario == Scenario::Control {
                // Status alone doesn't tell a broken rule from a value that doesn't suit.
                return Self::undecided(Reason::ControlRefused);
            }
            self.breaks("legal request refused", "not refused as a bad parameter".to_owned())
        };
        if self.exchange.is_denied_control() {
            return Self::undecided(Reason::ControlRefused);
        }
        match self.disposition() {
            Disposition::Unknown
                if matches!(case.scenario, Scenario::Example | Scenario::Control) =>
            {
                (CaseVerdict::Observed(observed(self.exchange)), None)
            }
            Disposition::Accepted | Disposition::Unknown => (CaseVerdict::Held, None),
            Disposition::Gateway | Disposition::Denied => Self::undecided(Reason::GatewayAnswered),
            Disposition::BadParameter => match self.twin_disposition() {
                // The few are refused as well as the many: it isn't their number.
                Some(Disposition::BadParameter) => (CaseVerdict::NotJudged, None),
                Some(other) if !other.is_legal() => Self::undecided(Reason::ControlRefused),
                _ => refused(),
            },
            _ if self.has_other_failure() || self.is_beyond_us() => (CaseVerdict::NotJudged, None),
            _ => refused(),
        }
    }

    fn same_as_twin(&self) -> Verdict {
        let legal = |expected: &str| self.breaks("legal spelling refused", expected.to_owned());
        match (self.twin_disposition(), self.disposition()) {
            (Some(Disposition::Accepted), Disposition::Accepted)
            | (Some(Disposition::Unknown), Disposition::Accepted | Disposition::Unknown) => {
                (CaseVerdict::Held, None)
            }
            // What is refused in front of the service was not refused for how its body is spelled.
            (Some(twin), Disposition::Gateway | Disposition::Denied)
                if twin.is_legal() && self.speaks_of_the_body() =>
            {
                Self::undecided(Reason::GatewayAnswered)
            }
            (Some(Disposition::Accepted), Disposition::Unknown) => self.breaks(
                SPELLING_UNKNOWN,
                "accepted, as the same request in its plain spelling was".to_owned(),
            ),
            (Some(Disposition::Accepted), disposition)
                if disposition.is_refusal() || disposition == Disposition::Gateway =>
            {
                legal("accepted, as the same request in its plain spelling was")
            }
            (Some(Disposition::Unknown), Disposition::BadParameter) => {
                legal("not refused as a bad parameter, as the plain spelling was not")
            }
            (Some(twin), _) if twin.is_legal() && self.has_other_failure() => {
                (CaseVerdict::NotJudged, None)
            }
            (Some(twin), _) if twin.is_legal() => legal("answered like the plain spelling"),
            _ => Self::undecided(Reason::ControlRefused),
        }
    }

    /// Whether the answer is a redirect that the document names: it may lead to what was asked for, or to
    /// where it is told that the request was wrong.
    fn is_documented_redirect(&self) -> bool {
        let answer = self.exchange.answer();
        self.disposition() == Disposition::Accepted && answer.is_some_and(|a| a.status / 100 == 3)
    }

    fn refused_anyhow(&self) -> Verdict {
        if self.is_documented_redirect() && self.exchange.case.scenario.is_credential() {
            // It may lead to where callers prove who they are.
            return self.warns("neither accepted nor refused", "refused".to_owned());
        }
        if self.is_documented_redirect() {
            return Self::undecided(Reason::Redirected);
        }
        match (self.disposition(), self.twin_disposition()) {
            (Disposition::Accepted, _) => self.breaks("not enforced", "refused".to_owned()),
            (_, None) => Self::undecided(Reason::ControlRefused),
            // Another way of asking, which this server doesn't know: the plain one decides.
            (_, Some(twin)) if !twin.is_legal() && !self.is_held_against_control() => {
                (CaseVerdict::NotJudged, None)
            }
            (_, Some(twin)) if !twin.is_legal() => Self::undecided(Reason::ControlRefused),
            // A path that leads nowhere is told so whatever else is there.
            (Disposition::Unknown, Some(Disposition::Unknown))
                if self.is_said_to_lead_nowhere() =>
            {
                (CaseVerdict::Held, None)
            }
            (_, Some(Disposition::Unknown)) if self.is_like_its_twin() => {
                if self.is_held_against_control() {
                    Self::undecided(Reason::RefusedLikeItsTwin)
                } else {
                    (CaseVerdict::NotJudged, None)
                }
            }
            (Disposition::Undefined, _) if self.exchange.case.scenario.is_credential() => {
                let kind = "neither accepted nor refused";
                // A redirect may lead to where callers prove who they are.
                if self.exchange.answer().is_some_and(|answer| answer.status / 100 == 3) {
                    self.warns(kind, "refused".to_owned())
                } else {
                    self.breaks(kind, "refused".to_owned())
                }
            }
            _ => (CaseVerdict::Held, None),
        }
    }

    /// Whether an undocumented path is answered in HTTP's own word for it.
    fn is_said_to_lead_nowhere(&self) -> bool {
        self.exchange.case.scenario == Scenario::UnknownPath
            && self.exchange.answer().is_some_and(|answer| answer.status == 404)
    }

    fn refused(&self, outcome: &Outcome) -> Verdict {
        let expected = || describe(outcome);
        if self.is_documented_redirect() {
            return Self::undecided(Reason::Redirected);
        }
        match (self.disposition(), self.twin_disposition()) {
            (Disposition::Accepted, _) => return self.breaks("not enforced", expected()),
            (_, Some(Disposition::BadParameter)) if !self.is_held_against_control() => {
                return (CaseVerdict::NotJudged, None);
            }
            (_, Some(twin)) if !twin.is_legal() => return Self::undecided(Reason::ControlRefused),
            (_, None) => return Self::undecided(Reason::ControlRefused),
            (Disposition::Gateway | Disposition::Denied, _) => {
                return Self::undecided(Reason::GatewayAnswered);
            }
            (Disposition::Undefined, _) if self.has_other_failure() => {
                return (CaseVerdict::NotJudged, None);
            }
            (Disposition::Undefined, _) => {
                return self.breaks("neither accepted nor refused", expected());
            }
            _ => {}
        }
        let Some(codes) = &outcome.code else { return self.refused_by_status(outcome) };
        match self.exchange.reading.code.as_deref() {
            Some(code) if codes.iter().any(|held| held.eq_ignore_ascii_case(code)) => {
                self.refused_by_status(outcome)
            }
            Some(code) if outcome.tolerated.iter().any(|held| held.eq_ignore_ascii_case(code)) => {
                self.warns("refused as unknown", expected())
            }
            _ if self.is_like_its_twin() => Self::undecided(Reason::RefusedLikeItsTwin),
            _ if self.has_other_failure() => (CaseVerdict::NotJudged, None),
            _ => self.breaks("answered wrongly", expected()),
        }
    }

    fn refused_by_status(&self, outcome: &Outcome) -> Verdict {
        let status = self.exchange.answer().map(|answer| answer.status);
        match &outcome.status {
            Some(statuses) if !status.is_some_and(|status| statuses.contains(&status)) => {
                self.breaks("answered wrongly", describe(outcome))
            }
            None if outcome.code.is_none() && self.disposition() == Disposition::Unknown => {
                // Of a path it is no matter whether a value is wrong or unknown.
                let is_of_the_path = self.exchange.case.rule.location().starts_with("path.");
                if self.is_like_its_twin() && !is_of_the_path {
                    Self::undecided(Reason::RefusedLikeItsTwin)
                } else if self.is_documented_by_itself() {
                    (CaseVerdict::Held, None)
                } else {
                    Self::undecided(Reason::GatewayAnswered)
                }
            }
            _ => (CaseVerdict::Held, None),
        }
    }

    /// Whether the document names the answer's very status.
    fn is_documented_by_itself(&self) -> bool {
        let operation = self.exchange.operation();
        self.exchange.answer().is_some_and(|answer| operation.documents_exactly(answer.status))
    }

    fn is_held_against_control(&self) -> bool {
        self.exchange.case.twin.as_deref().is_some_and(|twin| twin.starts_with("control/"))
    }

    fn not_both_accepted(&self) -> Verdict {
        if let Some(breach) = self.echo_of_offender() {
            return Self::broken(breach);
        }
        match (self.twin_disposition(), self.disposition()) {
            (Some(Disposition::Accepted), Disposition::Accepted) => self.breaks(
                "not enforced",
                "one of the two orders refused, whichever member is used".to_owned(),
            ),
            (_, Disposition::Gateway | Disposition::Denied) => {
                Self::undecided(Reason::GatewayAnswered)
            }
            (Some(_), _) => (CaseVerdict::Held, None),
            (None, _) => Self::undecided(Reason::ControlRefused),
        }
    }

    /// A member given twice, and the accepting answer speaks of the value that is too long: the
    /// server used it.
    fn echo_of_offender(&self) -> Option<Breach> {
        let case = self.exchange.case;
        if case.scenario != Scenario::DuplicateMember || self.disposition() != Disposition::Accepted
        {
            return None;
        }
        let operation = self.exchange.operation();
        let place = case.place.as_ref()?;
        let most = schema_at(&operation.body.as_ref()?.schema, place.steps())?.max_length()?;
        let response = self.exchange.reading.json()?;
        let echoed = operation.relations.iter().any(|relation| {
            let entries = relation.answered.read(response).and_then(|list| list.as_array());
            entries.into_iter().flatten().any(|entry| {
                let value = relation.key_of(entry).and_then(|value| value.as_str());
                value.is_some_and(|value| value.chars().count() > most)
            })
        });
        let (_, breach) = echoed.then(|| {
            self.breaks("not enforced", format!("what is used has at most {most} characters"))
        })?;
        breach
    }
}

fn schema_at(schema: &Schema, steps: &[Step]) -> Option<Schema> {
    steps.iter().try_fold(schema.clone(), |schema, step| match step {
        Step::Member(name) => schema.property(name),
        Step::Items => schema.items(),
    })
}

/// The check that judges a case of this label and expectation.
pub(super) fn check_of(scenario: Scenario, expectation: &Expectation) -> CheckName {
    match expectation {
        Expectation::Accepted | Expectation::SameAsTwin => CheckName::PositiveDataAcceptance,
        _ if scenario.is_credential() => CheckName::IgnoredAuth,
        _ if scenario == Scenario::UnsupportedMethod => CheckName::UnsupportedMethod,
        _ => CheckName::NegativeDataRejection,
    }
}

/// A documented outcome in words: `400 KOOPHONE.API.1000`.
fn describe(outcome: &Outcome) -> String {
    let status = outcome
        .status
        .as_ref()
        .map(|statuses| statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "));
    match (status, &outcome.code) {
        (Some(status), Some(codes)) => format!("{status} {}", codes.join(" or ")),
        (Some(status), None) => status,
        (None, Some(codes)) => format!("refused with {}", codes.join(" or ")),
        (None, None) => "refused with a 4xx status".to_owned(),
    }
}

#[cfg(test)]
#[path = "expectation_tests.rs"]
mod tests;
