//! What was accepted among few is not unknown among many.

use serde_json::Value;

use super::session::Session;
use super::twice;
use crate::case::{Expectation, Scenario};
use crate::check::expectation::SPELLING_UNKNOWN;
use crate::check::{Breach, CheckName, Disposition, Exchange, Severity};

/// The way in which [`Breach::kind`] names a refusal of values that are known elsewhere.
const KNOWN_REFUSED: &str = "known values refused as unknown";

/// Whether breaches of this kind say that something known is refused as unknown, which may have gone
/// meanwhile: a contradiction only where it is so each time.
pub(super) fn is_of_something_gone(kind: &str) -> bool {
    [KNOWN_REFUSED, SPELLING_UNKNOWN].contains(&kind)
}

impl Session<'_> {
    /// What contradicts its own answers by twins and by other requests of this run, beyond what one
    /// answer tells.
    pub(super) fn contradiction(&self, exchange: &Exchange<'_>) -> Option<Breach> {
        twice::breach(exchange, self.uses_last).or_else(|| self.known_refused(exchange))
    }

    /// A server that refuses what was asked before, whatever it is, says nothing of known values:
    /// the plain request is accepted still, or there is no contradiction.
    pub(super) async fn ask_again(&mut self, index: usize) {
        let plain = self.bounds.plain_request();
        let answer = self.wire.send_fresh(&plain).await;
        let disposition = answer.map(|answer| self.oracle.read(&answer).disposition);
        if disposition != Some(Disposition::Accepted) {
            self.suspects.acquit(index);
        }
    }

    /// A legal request that is refused as naming something unknown, while everything that it names
    /// was answered elsewhere in this run: the server contradicts itself.
    ///
    /// Only requests are judged that differ from the plain one in the list of what they ask for.
    fn known_refused(&self, exchange: &Exchange<'_>) -> Option<Breach> {
        let case = exchange.case;
        // The plain request itself is repeated: that is a rule of its own.
        if case.scenario == Scenario::Control
            || case.expectation != Expectation::Accepted
            || exchange.reading.disposition != Disposition::Unknown
            || exchange.operation().envelope.is_none()
        {
            return None;
        }
        let (body, template) = (case.body.as_ref()?, self.bounds.template()?);
        let plain = self.bounds.plain_request();
        if plain.path != case.request.path || plain.query != case.request.query {
            return None;
        }
        let operation = exchange.operation();
        let relations = operation.relations.iter().zip(&self.answered);
        let mut pointers = Vec::new();
        for (relation, answered) in relations {
            let asked = relation.asked.read(body)?.as_array()?;
            let is_answered =
                |value: &Value| value.as_str().is_some_and(|text| answered.contains(text));
            if asked.is_empty() || !asked.iter().all(is_answered) {
                return None;
            }
            pointers.push(relation.asked.pointer());
        }
        if pointers.is_empty() || without(body, &pointers) != without(template, &pointers) {
            return None;
        }
        Some(Breach {
            check: CheckName::PositiveDataAcceptance,
            rule: case.rule.clone(),
            severity: Severity::of(case.strength)?,
            kind: KNOWN_REFUSED,
            expected: "an entry for each value, as other requests for them were given".to_owned(),
            actual: exchange.describe_answer(),
        })
    }
}

/// The body with nothing at these places.
fn without(body: &Value, pointers: &[&str]) -> Value {
    let mut body = body.clone();
    for pointer in pointers {
        if let Some(place) = body.pointer_mut(pointer) {
            *place = Value::Null;
        }
    }
    body
}
