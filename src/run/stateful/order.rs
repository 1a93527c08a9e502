//! Sequences in their order: repetitions, turns, and what follows a refusal.

use std::collections::BTreeSet;
use std::time::Duration;

use super::alone::{Alone, Baseline, asked};
use super::blame::Shown;
use super::trouble::Way;
use crate::case::{Case, Expectation, GenerationMode};
use crate::check::{CaseVerdict, Disposition, Reading, Reason, Severity};
use crate::generate::{Sequence, SequenceKind};
use crate::http::Interaction;
use crate::run::confirm::says_nothing;
use crate::run::session::Session;
use crate::run::{Event, Reproduced};

/// How often a sequence that showed trouble is sent again.
const AGAIN: u32 = 3;

/// How often a sequence that was turned away for load is sent again, and the first wait before.
const SHED_TRIES: u32 = 4;
const SHED_WAIT: Duration = Duration::from_millis(20);

/// The fewest requests that are sent without company, to see that it needs company.
const FEWEST_ALONE: usize = 12;

impl Session<'_> {
    /// Sends a sequence in its order and judges it.
    pub(super) async fn in_order(&mut self, sequence: &Sequence, alone: &mut Alone) -> CaseVerdict {
        let is_refusals = sequence.kind == SequenceKind::Refusals;
        let mut known = Vec::new();
        for case in &sequence.cases {
            // What is wrong with a rule already needs no company.
            let is_judged = case.mode == GenerationMode::Positive
                || (is_refusals && !self.suspects.doubts(&case.rule));
            known.push(if is_judged { self.baseline(case, alone).await } else { None });
        }
        let is_compared = known.iter().any(Option::is_some);
        if !is_compared && !is_refusals {
            let why = Reason::ControlRefused;
            let ended = self.wire.ended().map_or(why, |_| self.wire.why_unsent());
            return CaseVerdict::Undecided(ended);
        }
        let mut walk = self.walk(sequence, &known, true).await;
        if !is_compared {
            return CaseVerdict::NotJudged;
        }
        for attempt in 0..SHED_TRIES {
            if walk.judged > 0 || !self.wire.pause(SHED_WAIT * (1 << attempt)).await {
                break;
            }
            walk = self.walk(sequence, &known, false).await;
        }
        if walk.judged == 0 && self.wire.ended().is_some() {
            return CaseVerdict::Undecided(Reason::RunEnded);
        } else if walk.judged == 0 {
            // Which nobody decides, and which says nothing of what went before.
            return CaseVerdict::Observed("turned away for load".to_owned());
        }
        let Some(mut shown) = walk.shown else { return CaseVerdict::Held };
        let mut is_behind_refusal = walk.is_behind_refusal;
        let mut reproduced = Reproduced { seen: 1, sent: 1 };
        let mut sent = sequence.cases.len();
        for _ in 0..AGAIN {
            let again = self.walk(sequence, &known, false).await;
            if again.judged > 0 {
                reproduced.sent += 1;
                is_behind_refusal &= again.is_behind_refusal;
                let is_same = again.shown.is_some_and(|s| s.trouble.way == shown.trouble.way);
                reproduced.seen += u32::from(is_same);
                sent += sequence.cases.len();
            }
        }
        let case = &sequence.cases[shown.index];
        let times = sent.max(FEWEST_ALONE);
        if reproduced.seen < 2
            || sequence.kind == SequenceKind::FreshRepetition
            || self.shows_alone(sequence, &shown, &known, times).await
        {
            let sent = u32::try_from(sent).unwrap_or(u32::MAX);
            let reproduced = Reproduced { seen: reproduced.seen, sent };
            return self.blame_request(case, &shown, reproduced).await;
        }
        // Status alone doesn't tell a broken rule from a value that doesn't suit what is there. Yet
        // what was refused left nothing there: each time it is refused behind that, and never alone.
        if shown.trouble.way == Way::Refused
            && is_behind_refusal
            && reproduced.seen == reproduced.sent
        {
            shown.trouble.severity = Severity::Failure;
        }
        let company = company(sequence, shown.index);
        self.blame_sequence(sequence, &shown, reproduced, &company, times)
    }

    /// Whether the request shows the same trouble out of the sequence.
    async fn shows_alone(
        &self,
        sequence: &Sequence,
        shown: &Shown,
        known: &[Option<Baseline>],
        times: usize,
    ) -> bool {
        let case = &sequence.cases[shown.index];
        let Some(baseline) = &known[shown.index] else { return true };
        for _ in 0..times {
            let is_kept = sequence.kind != SequenceKind::Repetition;
            let sent = self.wire.send_one(&case.request, !is_kept, false).await;
            let Some(interaction) = sent else { return true };
            let trouble = self.trouble(case, baseline, &interaction, &BTreeSet::new());
            if trouble.is_some() {
                return true;
            }
        }
        false
    }

    /// Sends the requests one after another.
    async fn walk(
        &mut self,
        sequence: &Sequence,
        known: &[Option<Baseline>],
        is_planned: bool,
    ) -> Walk {
        let mut walk = Walk { shown: None, judged: 0, is_behind_refusal: false };
        let is_refusals = sequence.kind == SequenceKind::Refusals;
        let mut refused = false;
        let all = asked_by_all(self, &sequence.cases);
        for (index, case) in sequence.cases.iter().enumerate() {
            let is_fresh = sequence.kind == SequenceKind::FreshRepetition;
            let Some(interaction) = self.wire.send_one(&case.request, is_fresh, is_planned).await
            else {
                break;
            };
            if is_planned {
                self.listener.event(Event::Answered);
            }
            let reading = self.oracle.read(&interaction);
            let is_refused = reading.disposition.is_refusal();
            let was_refused = std::mem::replace(&mut refused, is_refused);
            if says_nothing(&interaction, &reading) {
                // Whoever refused it, it was not accepted.
                let is_kept_out =
                    interaction.result.is_ok() && reading.disposition != Disposition::Shed;
                walk.judged += usize::from(is_refusals && is_kept_out);
                continue;
            }
            let Some(baseline) = &known[index] else {
                self.judge_violation(case, &interaction, &reading).await;
                continue;
            };
            walk.judged += 1;
            self.reach.valid += u64::from(is_planned && case.mode == GenerationMode::Positive);
            let others = others(self, &all, case);
            if walk.shown.is_none()
                && let Some(trouble) = self.trouble(case, baseline, &interaction, &others)
            {
                walk.shown = Some(Shown { trouble, index, interaction });
                walk.is_behind_refusal = was_refused && sequence.kind == SequenceKind::AfterRefusal;
            }
        }
        walk
    }

    /// A violation breaks its rule within a sequence too: what is accepted there is not enforced.
    async fn judge_violation(&mut self, case: &Case, interaction: &Interaction, reading: &Reading) {
        let is_violation = case.mode == GenerationMode::Negative
            && matches!(case.expectation, Expectation::Refused(_));
        if is_violation && reading.disposition == Disposition::Accepted {
            let judged = self.judge(case, interaction, reading);
            self.settle(vec![judged], false).await;
        }
    }
}

/// What a sequence showed.
struct Walk {
    /// The first trouble.
    shown: Option<Shown>,
    /// The request before it breaks a rule, and was refused.
    is_behind_refusal: bool,
    /// Requests whose answers could be judged.
    judged: usize,
}

/// The values that the cases ask for.
pub(super) fn asked_by_all(session: &Session<'_>, cases: &[Case]) -> BTreeSet<String> {
    cases.iter().flat_map(|case| asked(session, case)).collect()
}

/// Those of the values that this case doesn't ask for.
pub(super) fn others(
    session: &Session<'_>,
    all: &BTreeSet<String>,
    case: &Case,
) -> BTreeSet<String> {
    all - &asked(session, case)
}

fn company(sequence: &Sequence, index: usize) -> String {
    let count = sequence.cases.len();
    match sequence.kind {
        SequenceKind::AfterRefusal | SequenceKind::Refusals if index > 0 => {
            let before = &sequence.cases[index - 1];
            let rule = before.rule.within_operation();
            format!("on one connection behind {}, which breaks {rule}", before.intent)
        }
        SequenceKind::Alternation => format!("request {} of {count} in turn", index + 1),
        _ => format!("request {} of {count} on one connection", index + 1),
    }
}
