//! One request with its answer, as checks see it.

use super::{Breach, CheckName, Disposition, Oracle, Reading, Severity};
use crate::case::{Case, Expectation, Scenario};
use crate::contract::{Operation, RuleId};
use crate::http::{Answer, Interaction};

/// One request with its answer, read once.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The compiled contract of the operation, and the secrets that must not leak.
    pub oracle: &'a Oracle,
    /// The request and its intent.
    pub case: &'a Case,
    /// What came of it.
    pub interaction: &'a Interaction,
    /// The answer as a strict reader takes it.
    pub reading: &'a Reading,
}

impl<'a> Exchange<'a> {
    /// The operation that was called.
    pub fn operation(&self) -> &'a Operation {
        self.oracle.operation()
    }

    /// The answer, where there is one.
    pub fn answer(&self) -> Option<&'a Answer> {
        self.interaction.result.as_ref().ok()
    }

    /// The answer, where it is the service's own on the documented method and path, so that all
    /// that is documented of answers applies to it.
    ///
    /// Not so: answers of the gateway, shed load, and refusals whose shape the contract leaves open.
    pub(crate) fn service_answer(&self) -> Option<&'a Answer> {
        let answer = self.answer()?;
        if matches!(self.reading.disposition, Disposition::Gateway | Disposition::Shed) {
            return None;
        }
        if self.case.scenario.is_elsewhere() {
            return None;
        }
        // Many a front refuses large bodies in words of its own.
        if self.case.scenario == Scenario::LargeBody && answer.status == 413 {
            return None;
        }
        if self.is_denied_control() {
            return None;
        }
        let open_shape = match &self.case.expectation {
            Expectation::Refused(outcome) => outcome.any && !self.is_documented_denial(answer),
            _ => matches!(self.case.scenario, Scenario::UndocumentedMediaType),
        };
        let refused =
            !matches!(self.reading.disposition, Disposition::Accepted | Disposition::ServerError);
        (!(open_shape && refused)).then_some(answer)
    }

    /// Whether the answer refuses somebody who doesn't prove who he is, where the document says how that is
    /// done, and there is no gateway whose words are its own.
    fn is_documented_denial(&self, answer: &Answer) -> bool {
        let operation = self.operation();
        self.case.scenario.is_credential()
            && operation.envelope.is_none()
            && matches!(answer.status, 401 | 403)
            && [401, 403].iter().any(|status| operation.documents_exactly(*status))
    }

    /// Whether a plain valid request was refused for who is calling: a credential that is unknown or
    /// no longer valid, whose refusal is of open shape and says nothing of the request.
    pub(crate) fn is_denied_control(&self) -> bool {
        let reading = self.reading;
        let is_plain = matches!(self.case.scenario, Scenario::Control | Scenario::Example);
        let is_denied = self.answer().is_some_and(|a| matches!(a.status, 401 | 403 | 407))
            && !reading.disposition.is_legal();
        is_plain && (is_denied || reading.disposition == Disposition::Denied)
    }

    /// Whether the answer says, in HTTP's own word for it, that nobody serves this method.
    pub(crate) fn is_not_implemented(&self) -> bool {
        self.case.scenario == Scenario::UnsupportedMethod
            && self.answer().is_some_and(|answer| answer.status == 501)
    }

    /// A breach of the rule `keyword` at `location`, at that rule's strength; `None` where the
    /// contract leaves it open or doesn't have it.
    pub(crate) fn breach(
        &self,
        check: CheckName,
        location: &str,
        keyword: &str,
        kind: &'static str,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Option<Breach> {
        let rule = self.operation().rule_id(location, keyword);
        let strength = self.operation().rule(&rule)?.strength;
        let severity = Severity::of(strength)?;
        let (expected, actual) = (expected.into(), actual.into());
        Some(Breach { check, rule, severity, kind, expected, actual })
    }

    /// The rule a fault of the whole answer is held against: the one the case probes where that
    /// is a must, else `keyword` of the response.
    pub(crate) fn narrowest(&self, keyword: &str) -> RuleId {
        let general = matches!(
            self.case.scenario,
            Scenario::Control | Scenario::Example | Scenario::ValidRequest
        );
        if self.case.strength == crate::contract::Strength::Must && !general {
            self.case.rule.clone()
        } else {
            self.operation().rule_id("response", keyword)
        }
    }

    /// The answer in one line: `200 "0"`.
    pub fn describe_answer(&self) -> String {
        match &self.interaction.result {
            Ok(answer) => describe(answer, self.reading),
            Err(failure) => failure.kind.to_string(),
        }
    }
}

fn describe(answer: &Answer, reading: &Reading) -> String {
    match (&reading.code, &reading.tape) {
        (Some(code), _) => format!("{} {code:?}", answer.status),
        (None, Ok(_)) => format!("{}, JSON without a code", answer.status),
        (None, Err(why)) => format!("{}, {}", answer.status, why.as_str()),
    }
}
