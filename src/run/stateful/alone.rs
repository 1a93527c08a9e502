//! What becomes of a request alone: what it is held against among others.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use serde_json::Value;

use crate::case::{Case, GenerationMode, Scenario};
use crate::check::{Disposition, Exchange, Fingerprint, Severity, relations};
use crate::run::session::Session;

/// What became of requests alone, and what sequences showed so far.
#[derive(Debug, Default)]
pub(super) struct Alone {
    answers: HashMap<String, Option<Baseline>>,
    /// Kinds of trouble that smaller bursts showed already.
    pub(super) shown: BTreeSet<&'static str>,
    /// The server takes requests up one after the other, as far as can be seen.
    pub(super) is_serial: bool,
}

/// What became of a request that was sent alone.
#[derive(Clone, Debug)]
pub(super) struct Baseline {
    pub(super) disposition: Disposition,
    /// What its answer breaks anyway.
    pub(super) broken: Vec<Fingerprint>,
    /// By relation: the values that have an entry, those that were asked for and others.
    pub(super) entries: Vec<BTreeSet<String>>,
}

impl Session<'_> {
    /// What becomes of the request alone, on a connection of its own; `None` where a valid one that
    /// is refused or answered wrongly lets nothing be compared.
    pub(super) async fn baseline(&mut self, case: &Case, alone: &mut Alone) -> Option<Baseline> {
        if case.mode == GenerationMode::Negative {
            // Whether it is refused alone is asked where it is not refused in company.
            let (disposition, entries) = (Disposition::BadParameter, Vec::new());
            return Some(Baseline { disposition, broken: Vec::new(), entries });
        }
        let key = key(case);
        if let Some(held) = alone.answers.get(&key) {
            return held.clone();
        }
        let interaction = self.wire.send_one(&case.request, true, false).await?;
        let (interaction, reading) = self.settled(case, interaction, Instant::now(), true).await;
        let exchange =
            Exchange { oracle: self.oracle, case, interaction: &interaction, reading: &reading };
        self.remember(&exchange);
        self.count_control(reading.disposition);
        let breaches = self.oracle.breaches(case, &interaction, &reading);
        let breaks = breaches.iter().any(|breach| breach.severity == Severity::Failure);
        let is_usable = reading.disposition.is_legal() && !breaks;
        let baseline = is_usable.then(|| Baseline {
            disposition: reading.disposition,
            broken: breaches.iter().map(crate::check::Breach::fingerprint).collect(),
            entries: entries(&exchange),
        });
        // It is a control as those of blocks are.
        let control = Case { scenario: Scenario::Control, ..case.clone() };
        let judged = self.judge(&control, &interaction, &reading);
        self.settle(vec![judged], false).await;
        alone.answers.insert(key, baseline.clone());
        baseline
    }
}

/// What makes two requests the same; no secret is in it.
fn key(case: &Case) -> String {
    format!("{:?}", case.request)
}

/// The values that an answer has entries for, by relation.
pub(super) fn entries(exchange: &Exchange<'_>) -> Vec<BTreeSet<String>> {
    let Some(request) = &exchange.case.body else {
        return vec![BTreeSet::new(); exchange.operation().relations.len()];
    };
    // What is no JSON echoes nothing.
    let echoes = relations::echoes(exchange).iter().copied().chain(std::iter::repeat(false));
    let relations = exchange.operation().relations.iter().zip(echoes);
    relations
        .map(|(relation, is_echo)| {
            if is_echo {
                return texts(relation.asked.read(request)).collect();
            }
            let response = exchange.reading.json();
            let related = response.and_then(|json| relations::related(relation, request, json));
            let related = related.unwrap_or_default();
            related.answered.into_iter().chain(related.unrequested).collect()
        })
        .collect()
}

/// The values that a case asks for, over all relations.
pub(super) fn asked(session: &Session<'_>, case: &Case) -> BTreeSet<String> {
    let relations = session.oracle.operation().relations.iter();
    relations.flat_map(|r| texts(case.body.as_ref().and_then(|body| r.asked.read(body)))).collect()
}

/// The texts in a list.
fn texts(list: Option<&Value>) -> impl Iterator<Item = String> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| entry.as_str().map(str::to_owned))
}
