//! The state of a run while it works on one operation.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::answers::Sight;
use super::event::Listener;
use super::ledger::Ledger;
use super::slow_kind::SlowKinds;
use super::suspect::Suspects;
use super::twice;
use super::wire::Wire;
use super::{AnswerShapes, BlockCounts, Controls, Event, Reach, RunSettings};
use crate::case::{Case, Expectation, GenerationMode, Scenario};
use crate::check::{Breach, CaseVerdict, Disposition, Exchange, Oracle, Reason, Twin, relations};
use crate::generate::{Block, Bounds, Sequence};

/// A case with what it says.
pub(super) struct Judged<'c> {
    pub(super) case: &'c Case,
    pub(super) twin: Option<Twin>,
    /// The status of its answer.
    pub(super) status: Option<u16>,
    pub(super) verdict: CaseVerdict,
    pub(super) breaches: Vec<Breach>,
    /// What the answer looks like, where it breaks nothing.
    pub(super) sight: Option<Sight>,
}

/// The state of a run while it works on one operation.
pub(super) struct Session<'s> {
    pub(super) wire: &'s Wire<'s>,
    pub(super) oracle: &'s Oracle,
    pub(super) settings: &'s RunSettings,
    pub(super) listener: &'s mut dyn Listener,
    pub(super) bounds: Bounds<'s>,
    pub(super) ledger: Ledger,
    pub(super) suspects: Suspects,
    pub(super) shapes: AnswerShapes,
    pub(super) slow_kinds: SlowKinds,
    /// What became of the cases of this block that others are held against.
    pub(super) twins: HashMap<String, Twin>,
    pub(super) controls: Controls,
    /// What became of the cases of the block that is sent.
    counts: BlockCounts,
    /// How far the run went.
    pub(super) reach: Reach,
    pub(super) lost_blocks: u32,
    /// Blocks that began with a control that is neither accepted nor refused in front of the service.
    pub(super) wrong_blocks: u32,
    /// Requests in a row that the gateway kept refusing.
    pub(super) futile: Cell<u32>,
    /// For each rule about answers whether it is judged, and how many answers kept it.
    pub(super) answers: Vec<(bool, u64)>,
    /// Which of two members of one name the server uses: the last?
    pub(super) uses_last: Option<bool>,
    /// Values that some accepting answer had an entry for, by relation.
    pub(super) answered: Vec<BTreeSet<String>>,
}

/// More answered values than this are not remembered: enough to know those that exist.
const MOST_REMEMBERED: usize = 10_000;

/// Nor are longer ones, in bytes.
const LONGEST_REMEMBERED: usize = 256;

impl<'s> Session<'s> {
    pub(super) fn new(
        wire: &'s Wire<'s>,
        oracle: &'s Oracle,
        settings: &'s RunSettings,
        listener: &'s mut dyn Listener,
        bounds: Bounds<'s>,
    ) -> Self {
        let relations = oracle.operation().relations.len();
        let judged = oracle.answer_rules();
        let judged = judged.map(|rule| (settings.judges(oracle.operation(), rule), 0));
        Self {
            wire,
            oracle,
            settings,
            listener,
            bounds,
            ledger: Ledger::default(),
            suspects: Suspects::default(),
            shapes: AnswerShapes::default(),
            slow_kinds: SlowKinds::default(),
            twins: HashMap::new(),
            controls: Controls::default(),
            counts: BlockCounts::default(),
            reach: Reach::default(),
            lost_blocks: 0,
            wrong_blocks: 0,
            futile: Cell::new(0),
            answers: judged.collect(),
            uses_last: None,
            answered: vec![BTreeSet::new(); relations],
        }
    }

    /// Makes ready for the block with this index in the plan.
    pub(super) fn begin(&mut self, index: usize) {
        self.suspects.block = index;
        self.counts = BlockCounts::default();
    }

    /// Tells what became of the cases of a block.
    pub(super) fn tell(&mut self, block: &Block) {
        self.tell_counts(&block.name, block.cases.len());
    }

    /// Tells what a sequence came to.
    pub(super) fn tell_sequence(&mut self, sequence: &Sequence, verdict: &CaseVerdict) {
        self.counts = BlockCounts::default();
        for _ in &sequence.cases {
            self.counts.count(verdict);
        }
        self.tell_counts(&sequence.id, sequence.cases.len());
    }

    fn tell_counts(&mut self, name: &str, cases: usize) {
        let cases = u64::try_from(cases).unwrap_or(u64::MAX);
        let counts = std::mem::take(&mut self.counts);
        let judged = counts.held
            + counts.failed
            + counts.warned
            + counts.observed
            + counts.undecided
            + counts.not_judged;
        let counts = BlockCounts {
            operation: self.oracle.operation().id.clone(),
            name: name.to_owned(),
            requests_sent: self.wire.traffic().requests(),
            cases,
            // Those that were not sent say nothing either.
            undecided: counts.undecided + cases.saturating_sub(judged),
            ..counts
        };
        self.listener.event(Event::BlockJudged(&counts));
    }

    /// Remembers what others are held against.
    pub(super) fn remember(&mut self, exchange: &Exchange<'_>) {
        self.remember_twin(exchange);
        self.remember_answered(exchange);
    }

    /// Remembers what became of a case that others may name as their twin.
    pub(super) fn remember_twin(&mut self, exchange: &Exchange<'_>) {
        self.twins.insert(exchange.case.id.clone(), Twin::of(exchange));
    }

    /// Remembers what an accepting answer shows of the server: which values it answers, which of two
    /// members it uses.
    pub(super) fn remember_answered(&mut self, exchange: &Exchange<'_>) {
        if exchange.reading.disposition != Disposition::Accepted {
            return;
        }
        self.uses_last = self.uses_last.or_else(|| twice::uses_last(exchange));
        let Some(request) = &exchange.case.body else { return };
        let relations = self.oracle.operation().relations.iter().zip(relations::echoes(exchange));
        for ((relation, is_echo), answered) in relations.zip(&mut self.answered) {
            if answered.len() >= MOST_REMEMBERED {
                continue;
            }
            let mut add = |value: &str| {
                if value.len() <= LONGEST_REMEMBERED && !answered.contains(value) {
                    answered.insert(value.to_owned());
                }
            };
            if *is_echo {
                let asked = relation.asked.read(request).and_then(Value::as_array);
                asked.into_iter().flatten().filter_map(Value::as_str).for_each(add);
            } else if let Some(related) =
                exchange.reading.json().and_then(|json| relations::related(relation, request, json))
            {
                related.answered.iter().for_each(|value| add(value));
            }
        }
    }

    pub(super) fn count_control(&mut self, disposition: Disposition) {
        let is_accepted = disposition == Disposition::Accepted;
        if self.controls.sent == 0 {
            self.controls.first = is_accepted;
        }
        self.controls.sent += 1;
        self.controls.accepted += u32::from(is_accepted);
        self.controls.unknown += u32::from(disposition == Disposition::Unknown);
        self.controls.last = is_accepted;
    }

    /// Adds up what the answers say about the rules that speak of answers.
    pub(super) fn count_answers(&mut self) {
        for ((_, kept), rule) in self.answers.iter_mut().zip(self.oracle.answer_rules()) {
            self.ledger.held(rule, std::mem::take(kept));
        }
    }

    /// Notes what open matters an answer shows.
    pub(super) fn observe(&mut self, exchange: &Exchange<'_>) {
        for (rule, what) in crate::check::observations(exchange) {
            if self.settings.selects(rule) {
                self.shapes.observe(exchange.case, rule, what);
                self.ledger.observe(rule, what);
            }
        }
    }

    /// Counts the verdicts of a block, and confirms what looks broken.
    ///
    /// Where the block lost its control, refusals prove nothing; what was wrongly accepted stays.
    pub(super) async fn settle(&mut self, judged: Vec<Judged<'_>>, is_lost: bool) {
        for mut judged in judged {
            if is_lost {
                judged.breaches.retain(|breach| breach.kind == "not enforced");
                if judged.breaches.is_empty() && judged.verdict != CaseVerdict::NotJudged {
                    judged.verdict = CaseVerdict::Undecided(Reason::ControlLost);
                }
            }
            if judged.case.scenario != Scenario::Control {
                self.counts.count(&judged.verdict);
                self.counts.is_lost |= is_lost;
            }
            if judged.case.mode == GenerationMode::Positive
                && judged.case.scenario != Scenario::Control
                && !matches!(judged.verdict, CaseVerdict::Undecided(_))
            {
                self.reach.valid += 1;
            }
            if let Some(sight) = judged.sight.take().filter(|_| !is_lost) {
                self.shapes.add(sight);
            }
            if self.settings.counts(judged.case) {
                if let CaseVerdict::Observed(what) = &judged.verdict {
                    self.shapes.observe(judged.case, &judged.case.rule, what);
                }
                self.ledger.count(&judged.case.rule, &judged.verdict);
                if matches!(judged.case.expectation, Expectation::Refused(_))
                    && judged.verdict == CaseVerdict::Held
                {
                    self.ledger.enforced(&judged.case.rule);
                }
            }
            let own = &judged.case.rule;
            for breach in judged.breaches {
                if breach.rule != *own {
                    self.ledger.count(&breach.rule, &CaseVerdict::NotJudged);
                }
                if let Some(index) = self.suspects.note(&breach, judged.case, judged.twin.as_ref())
                {
                    self.confirm(index).await;
                    let suspect = self.suspects.get(index);
                    if suspect.is_confirmed && suspect.count > 0 {
                        self.listener.event(Event::Confirmed(&suspect.sighting(0, None)));
                    }
                }
            }
        }
    }
}
