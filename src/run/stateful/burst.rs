//! Many requests at once, each of which must be answered as it is alone.

use std::collections::BTreeSet;

use super::alone::{Alone, Baseline};
use super::blame::Shown;
use super::order::{asked_by_all, others};
use super::trouble::Way;
use crate::case::{Case, GenerationMode};
use crate::check::{CaseVerdict, Reason};
use crate::generate::Sequence;
use crate::http::Interaction;
use crate::run::confirm::says_nothing;
use crate::run::session::Session;
use crate::run::{Event, Reproduced};

/// How often a burst that showed trouble is sent again.
const AGAIN: u32 = 4;

/// The most requests that are sent one by one, to see that the trouble needs company.
const MOST_ALONE: usize = 200;

/// What a rule of many at once comes to where only one may be under way.
const ONE_BY_ONE: &str = "nothing was sent at once";

/// What it comes to where the server takes fewer connections.
const FEW_CONNECTIONS: &str = "so many connections are refused";

/// What it comes to where the server takes them up one after the other.
const IN_TURN: &str = "requests at once wait for each other";

/// A burst, with what becomes of its requests alone.
struct Sent<'b> {
    sequence: &'b Sequence,
    cases: &'b [&'b Case],
    known: &'b [Option<Baseline>],
}

/// What became of a burst.
struct Round {
    shown: Option<Shown>,
    is_answered: bool,
}

impl Session<'_> {
    /// Sends a burst and judges it.
    pub(super) async fn burst(
        &mut self,
        sequence: &Sequence,
        size: usize,
        alone: &mut Alone,
    ) -> CaseVerdict {
        // Waiting for what never comes tells nothing more.
        let hangs = alone.shown.contains(Way::NoAnswer.kind(sequence.kind));
        if hangs {
            return CaseVerdict::NotJudged;
        }
        if alone.is_serial {
            return CaseVerdict::Observed(IN_TURN.to_owned());
        }
        let mut cases: Vec<&Case> = Vec::new();
        let mut known = Vec::new();
        for case in &sequence.cases {
            // What lets nothing be compared is sent, as planned, and not judged.
            known.push(self.baseline(case, alone).await);
            cases.push(case);
        }
        if known.iter().all(Option::is_none) {
            let ended = self.wire.ended().map_or(Reason::ControlRefused, |_| Reason::RunEnded);
            return CaseVerdict::Undecided(ended);
        }
        let at_once = size.min(self.wire.most_at_once());
        let sent = Sent { sequence, cases: &cases, known: &known };
        let shown = self.at_once(&sent, at_once, None, true).await.shown;
        if at_once < 2 {
            return CaseVerdict::Observed(ONE_BY_ONE.to_owned());
        }
        if self.wire.ended().is_some() {
            return CaseVerdict::Undecided(Reason::RunEnded);
        }
        let Some(shown) = shown else { return CaseVerdict::Held };
        let kind = shown.trouble.way.kind(sequence.kind);
        if alone.shown.contains(kind) {
            return CaseVerdict::NotJudged;
        }
        let is_late = shown.interaction.is_late();
        let hanging = if is_late { self.hanging(&cases).await } else { None };
        if is_late && hanging.is_none() {
            alone.is_serial = true;
            return CaseVerdict::Observed(IN_TURN.to_owned());
        }
        let mut reproduced = hanging.unwrap_or(Reproduced { seen: 1, sent: 1 });
        for _ in 0..if is_late { 0 } else { AGAIN } {
            let again = self.at_once(&sent, at_once, Some(shown.trouble.way), false).await;
            if !again.is_answered {
                break;
            }
            reproduced.sent += 1;
            reproduced.seen += u32::from(again.shown.is_some());
        }
        let rounds = usize::try_from(reproduced.sent).unwrap_or(1);
        // Twice as many: what strikes at a distance may strike one by one where nothing is compared.
        let times = (rounds * cases.len() * 2).min(MOST_ALONE);
        let case = cases[shown.index];
        if reproduced.seen < 2 || self.shows_one_by_one(&cases, &known, &shown, times).await {
            if case.mode == GenerationMode::Negative {
                return CaseVerdict::NotJudged;
            }
            let sent = u32::try_from(rounds * cases.len()).unwrap_or(u32::MAX);
            let reproduced = Reproduced { seen: reproduced.seen, sent };
            return self.blame_request(case, &shown, reproduced).await;
        }
        if shown.trouble.way == Way::NoAnswer && !is_late && !self.wire.holds(at_once).await {
            return CaseVerdict::Observed(FEW_CONNECTIONS.to_owned());
        }
        alone.shown.insert(kind);
        let company = format!("one of {at_once} at once");
        self.blame_sequence(sequence, &shown, reproduced, &company, times)
    }

    /// Sends the requests, so many at once, and looks for trouble, of this way where one is named: what
    /// comes too late is told last, as it may have waited for the others.
    async fn at_once(
        &mut self,
        sent: &Sent<'_>,
        at_once: usize,
        way: Option<Way>,
        is_planned: bool,
    ) -> Round {
        let mut round = Round { shown: None, is_answered: false };
        let all = asked_by_all(self, &sent.sequence.cases);
        for (group, cases) in sent.cases.chunks(at_once.max(1)).enumerate() {
            let first = group * at_once.max(1);
            let requests: Vec<_> = cases.iter().map(|case| &case.request).collect();
            let answers = self.wire.send_at_once(&requests, false, is_planned).await;
            round.is_answered |= answers.iter().any(Option::is_some);
            if is_planned {
                for _ in cases {
                    self.listener.event(Event::Answered);
                }
                self.count(cases, &sent.known[first..], &answers, at_once);
            }
            if round.shown.as_ref().is_some_and(|shown| !shown.interaction.is_late()) {
                continue;
            }
            let found = answers.into_iter().enumerate().filter_map(|(index, answer)| {
                let (interaction, index) = (answer?, first + index);
                let (case, baseline) = (&sent.sequence.cases[index], sent.known[index].as_ref()?);
                let others = others(self, &all, case);
                let trouble = self.trouble(case, baseline, &interaction, &others)?;
                let is_it = way.is_none_or(|way| trouble.way == way);
                is_it.then_some(Shown { trouble, index, interaction })
            });
            // The first of those that are not late, else the first of all; an earlier one stays.
            let found = found.min_by_key(|shown| shown.interaction.is_late());
            round.shown = match (round.shown, found) {
                (Some(late), Some(found)) if found.interaction.is_late() => Some(late),
                (held, found) => found.or(held),
            };
        }
        round
    }

    fn count(
        &mut self,
        cases: &[&Case],
        known: &[Option<Baseline>],
        answers: &[Option<Interaction>],
        at_once: usize,
    ) {
        let mut answered = 0;
        for ((case, known), answer) in cases.iter().zip(known).zip(answers) {
            let Some(interaction) = answer else { continue };
            if says_nothing(interaction, &self.oracle.read(interaction)) {
                continue;
            }
            answered += 1;
            let is_valid = case.mode == GenerationMode::Positive && known.is_some();
            self.reach.valid += u64::from(is_valid);
        }
        if answered >= at_once.min(2) {
            self.reach.together = self.reach.together.max(at_once.try_into().unwrap_or(0));
        }
    }

    /// Whether the same trouble shows where the same requests are sent one by one.
    async fn shows_one_by_one(
        &self,
        cases: &[&Case],
        known: &[Option<Baseline>],
        shown: &Shown,
        times: usize,
    ) -> bool {
        // On a kept connection a closed one may pass for that connection's end.
        let is_fresh = shown.trouble.way == Way::NoAnswer;
        let pairs = cases.iter().zip(known).cycle().take(times);
        for (case, baseline) in pairs {
            let Some(baseline) = baseline else { continue };
            let sent = self.wire.send_one(&case.request, is_fresh, false).await;
            let Some(interaction) = sent else { return true };
            let trouble = self.trouble(case, baseline, &interaction, &BTreeSet::new());
            if trouble.is_some_and(|trouble| trouble.way == shown.trouble.way) {
                return true;
            }
        }
        false
    }
}
