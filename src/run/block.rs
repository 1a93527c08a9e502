//! One block of cases between its controls.

use std::time::Instant;

use super::answers::Sight;
use super::session::{Judged, Session};
use super::{EndedEarly, Event};
use crate::case::{Case, GenerationMode, Phase, Request};
use crate::check::{
    Breach, CaseVerdict, CheckName, Disposition, Exchange, Reading, Severity, Twin, judge,
};
use crate::generate::Block;
use crate::http::Interaction;

/// Blocks whose control was never answered as the contract says before a run gives up.
const WRONG_BLOCKS: u32 = 3;

/// Blocks in a row that lose their control before a run gives up.
const LOST_BLOCKS: u32 = 2;

/// The kind of breach of a request that was accepted, and is refused as unknown or as one too many when it
/// is sent again.
pub(super) const FORGOTTEN: &str = "refused when sent again";

impl Session<'_> {
    /// Sends a block and judges it; suspicions are confirmed once the block's second control has
    /// shown that the block counts.
    pub(super) async fn block(&mut self, block: &Block) {
        // Twins stand in the block of the cases that name them.
        self.twins.clear();
        if self.wire.ended().is_some() {
            return self.skip(block);
        }
        let before = self.control(&block.control, true).await;
        if !self.may_go_on(before.as_ref(), &block.control.request.path) {
            return self.skip(block);
        }
        self.find_connections(&block.control.request).await;
        let mut judged = Vec::new();
        if block.control.phase == Phase::Fuzzing {
            self.stream(&block.cases, &mut judged).await;
        } else {
            let (positive, negative): (Vec<&Case>, Vec<&Case>) =
                block.cases.iter().partition(|case| case.mode == GenerationMode::Positive);
            for batch in [positive, negative] {
                self.batch(&batch, &mut judged).await;
            }
        }
        let mut after = self.control(&block.control, false).await;
        let is_legal =
            |twin: &Option<Twin>| twin.as_ref().is_some_and(|twin| twin.disposition.is_legal());
        if is_legal(&before) && !is_legal(&after) {
            // A fault that comes and goes may have struck the control itself.
            after = self.control(&block.control, false).await;
        }
        let is_lost = is_legal(&before) && !is_legal(&after);
        if is_legal(&after) {
            self.find_shed_alone(&block.control, &mut judged).await;
        }
        self.settle(judged, is_lost).await;
        self.lost_blocks = if is_lost { self.lost_blocks + 1 } else { 0 };
        if self.lost_blocks >= LOST_BLOCKS {
            let status = after.as_ref().and_then(|twin| twin.status);
            let answer = after.map_or_else(|| "no answer".to_owned(), |twin| describe(&twin));
            let path = block.control.request.path.clone();
            self.wire.end(EndedEarly::ControlLost { answer, status, path });
        }
    }

    /// Finds out, once in a run, how many connections the target serves.
    async fn find_connections(&mut self, plain: &Request) {
        for control in self.wire.find_places(plain).await {
            let disposition = self.oracle.read(&control).disposition;
            // One that is turned away, as one of too many at once, is none.
            if disposition.is_legal() {
                self.count_control(disposition);
            }
        }
    }

    /// Marks all cases of a block as not decided.
    fn skip(&mut self, block: &Block) {
        block.cases.iter().for_each(|case| self.leave_undecided(case));
    }

    /// Marks a case as not decided, as the run ended before it was sent.
    pub(super) fn leave_undecided(&mut self, case: &Case) {
        if self.settings.counts(case) {
            self.ledger.count(&case.rule, &CaseVerdict::Undecided(self.wire.why_unsent()));
        }
    }

    /// Sends the control, and again where it is turned away for reasons of the moment.
    async fn control(&mut self, control: &Case, is_planned: bool) -> Option<Twin> {
        let interaction = if is_planned {
            let mut sent = None;
            self.wire
                .send_planned(&mut [(0, &control.request)].into_iter(), |_, answer| sent = answer)
                .await;
            if let Some(late) = self.wire.take_doubt() {
                self.doubt(control, &late.failure).await;
            }
            self.listener.event(Event::Answered);
            sent?
        } else {
            let sent = self.wire.send_again(&control.request).await?;
            if let Err(failure) = &sent.result
                && sent.is_late()
                && !self.wire.patience.is_lost()
            {
                self.doubt(control, failure).await;
            }
            sent
        };
        let (interaction, reading) = self.settled(control, interaction, Instant::now(), true).await;
        if interaction.is_starved() {
            self.wire.end(EndedEarly::Starved);
        }
        let exchange = Exchange {
            oracle: self.oracle,
            case: control,
            interaction: &interaction,
            reading: &reading,
        };
        let twin = Twin::of(&exchange);
        if self.is_foreign(&exchange) && self.speaks_otherwise(control).await {
            let answer = headline(&interaction);
            let path = control.request.path.clone();
            self.wire.end(EndedEarly::NotTheApi { answer, status: twin.status, path });
            self.count_control(twin.disposition);
            return None;
        }
        self.twins.insert(control.id.clone(), twin.clone());
        let repeated = self.repeated(control);
        let control = repeated.as_ref().unwrap_or(control);
        let mut judged = self.judge(control, &interaction, &reading);
        if self.controls.accepted > 0 {
            let (times, all) = (self.controls.accepted, self.wire.traffic().requests());
            for breach in &mut judged.breaches {
                if matches!(breach.check, CheckName::Answered | CheckName::NotAServerError) {
                    let before = format!("; accepted {times} times before, within {all} requests");
                    breach.actual.push_str(&before);
                }
            }
        }
        if repeated.is_some() && twin.disposition == Disposition::Unknown {
            self.forgotten(&mut judged, &twin);
        }
        self.count_control(twin.disposition);
        self.settle(vec![judged], false).await;
        Some(twin)
    }

    /// Whether the answer to a control doesn't come from the documented API: before any control got
    /// as far as being judged, one that is no success, or a page, and has none of its envelope.
    fn is_foreign(&self, exchange: &Exchange<'_>) -> bool {
        let Some(answer) = exchange.answer() else { return false };
        let reading = exchange.reading;
        let is_known = self.controls.accepted + self.controls.unknown > 0
            || exchange.operation().envelope.is_none()
            || reading.code.is_some();
        let is_page =
            answer.media_type().is_some_and(|held| held == "text/html") && reading.tape.is_err();
        let is_elsewhere = match reading.disposition {
            Disposition::Refused => reading.tape.is_err() || answer.status == 404,
            Disposition::Undefined => answer.status / 100 == 3 || is_page,
            _ => false,
        };
        !is_known && is_elsewhere
    }

    /// Whether nothing at the control's address speaks as the contract says: an answer to a body
    /// that breaks it tells a foreign server from one that answers valid requests wrongly.
    async fn speaks_otherwise(&self, control: &Case) -> bool {
        let mut request = control.request.clone();
        request.body = request.body.map(|_| "{}".into());
        let Some(interaction) = self.wire.send_again(&request).await else { return true };
        let reading = self.oracle.read(&interaction);
        match self.oracle.operation().envelope {
            Some(_) => reading.code.is_none(),
            None => reading.tape.is_err(),
        }
    }

    /// The control as the same request that was accepted before: what was right a moment ago still
    /// is.
    fn repeated(&self, control: &Case) -> Option<Case> {
        let operation = self.oracle.operation();
        let rule = operation.rule_id("request", "repetition");
        let strength = operation.rule(&rule)?.strength;
        (self.controls.accepted > 0 && self.settings.selects(&rule)).then(|| Case {
            rule,
            strength,
            ..control.clone()
        })
    }

    /// What was accepted a moment ago is unknown now.
    fn forgotten(&self, judged: &mut Judged<'_>, twin: &Twin) {
        if !self.settings.checks.contains(&CheckName::PositiveDataAcceptance) {
            return;
        }
        judged.verdict = CaseVerdict::Warned;
        judged.breaches.push(Breach {
            check: CheckName::PositiveDataAcceptance,
            rule: judged.case.rule.clone(),
            severity: Severity::Warning,
            kind: FORGOTTEN,
            expected: "accepted again".to_owned(),
            actual: describe(twin),
        });
    }

    /// Whether the block's first control lets the block say anything.
    fn may_go_on(&mut self, control: Option<&Twin>, path: &str) -> bool {
        let Some(control) = control else { return false };
        if control.disposition.is_legal() {
            return true;
        }
        let refused = matches!(
            control.disposition,
            Disposition::Gateway | Disposition::Denied | Disposition::Shed
        ) || matches!(control.status, Some(401 | 403 | 407));
        // A server that answers every plain valid request wrongly lets nothing else be shown.
        self.wrong_blocks += u32::from(!refused);
        let was_legal = self.controls.accepted + self.controls.unknown > 0;
        let (answer, status, path) = (describe(control), control.status, path.to_owned());
        if refused && was_legal {
            self.wire.end(EndedEarly::ControlLost { answer, status, path });
        } else if refused || (self.wrong_blocks >= WRONG_BLOCKS && !was_legal) {
            // Nothing behind it can be judged: don't hammer a closed door.
            self.wire.end(EndedEarly::ControlRefused { answer, status, path });
        }
        self.wire.ended().is_none()
    }

    /// Sends cases at once, then judges them: their twins may be among them. Large answers are judged as
    /// they come, so that no more than a few are held.
    async fn batch<'c>(&mut self, cases: &[&'c Case], judged: &mut Vec<Judged<'c>>) {
        let mut answers: Vec<Option<Interaction>> = vec![None; cases.len()];
        let mut done: Vec<Option<Judged<'c>>> = Vec::new();
        done.resize_with(cases.len(), || None);
        let mut requests = cases.iter().map(|case| &case.request).enumerate();
        let (wire, oracle) = (self.wire, self.oracle);
        loop {
            wire.send_planned(&mut requests, |index, answer| {
                self.listener.event(Event::Answered);
                for change in wire.take_changes() {
                    self.listener.event(Event::ConcurrencyChanged(change));
                }
                let case = cases[index];
                if let Some(interaction) = answer.as_ref().filter(|answer| answer.is_large())
                    && self.has_twin(case)
                {
                    let reading = oracle.read(interaction);
                    if !self.is_transient(case, interaction, &reading, false) {
                        let exchange = Exchange { oracle, case, interaction, reading: &reading };
                        self.remember(&exchange);
                        done[index] = Some(self.judge(case, interaction, &reading));
                        return;
                    }
                }
                answers[index] = answer;
            })
            .await;
            let Some(late) = wire.take_doubt() else { break };
            self.doubt(cases[late.index], &late.failure).await;
        }
        let answered = Instant::now();
        let mut read: Vec<Option<(Interaction, Reading)>> = Vec::with_capacity(cases.len());
        for (case, answer) in cases.iter().zip(answers) {
            read.push(match answer {
                Some(interaction) => Some(self.settled(case, interaction, answered, false).await),
                None => None,
            });
        }
        for (case, answer) in cases.iter().zip(&read) {
            let Some((interaction, reading)) = answer else { continue };
            let exchange = Exchange { oracle: self.oracle, case, interaction, reading };
            self.remember(&exchange);
        }
        for ((case, answer), done) in cases.iter().zip(&read).zip(done) {
            match (done, answer) {
                (Some(done), _) => judged.push(done),
                (None, Some((interaction, reading))) => {
                    judged.push(self.judge(case, interaction, reading));
                }
                (None, None) => self.leave_undecided(case),
            }
        }
    }

    /// Judges one answer.
    pub(super) fn judge<'c>(
        &mut self,
        case: &'c Case,
        interaction: &Interaction,
        reading: &Reading,
    ) -> Judged<'c> {
        let oracle = self.oracle;
        let exchange = Exchange { oracle, case, interaction, reading };
        let twin = case.twin.as_ref().and_then(|twin| self.twins.get(twin)).cloned();
        let mut breaches = oracle.breaches(case, interaction, reading);
        let (mut verdict, broken) = judge(&exchange, twin.as_ref(), &breaches);
        let broken = broken.or_else(|| {
            let breach = self.contradiction(&exchange)?;
            verdict = match breach.severity {
                Severity::Failure => CaseVerdict::Failed,
                Severity::Warning => CaseVerdict::Warned,
            };
            Some(breach)
        });
        breaches.extend(broken);
        self.weigh_missing(&exchange, &mut breaches);
        let sight = if breaches.is_empty() { Sight::of(&exchange) } else { None };
        breaches.extend(self.too_slow(&exchange));
        self.slow_kinds.note(case, interaction);
        breaches.retain(|breach| self.settings.asks(breach.check, &breach.rule));
        let is_own =
            |rule: &crate::contract::RuleId| breaches.iter().any(|breach| breach.rule == *rule);
        if matches!(verdict, CaseVerdict::Failed | CaseVerdict::Warned) && !is_own(&case.rule) {
            verdict = CaseVerdict::NotJudged;
        }
        for (index, rule) in oracle.judged(&exchange) {
            let (is_judged, kept) = &mut self.answers[index];
            *kept += u64::from(*is_judged && (breaches.is_empty() || !is_own(rule)));
        }
        self.observe(&exchange);
        let status = exchange.answer().map(|answer| answer.status);
        Judged { case, twin, status, verdict, breaches, sight }
    }
}

/// What became of a request, in one line without its content.
pub(super) fn describe(twin: &Twin) -> String {
    match (twin.status, &twin.code) {
        (Some(status), Some(code)) => format!("{status} {code:?}"),
        (Some(status), None) => format!("{status}, without a code"),
        (None, _) => "no answer".to_owned(),
    }
}

/// An answer in a few words: `404, text/html`.
fn headline(interaction: &Interaction) -> String {
    let Ok(answer) = &interaction.result else { return "no answer".to_owned() };
    let kind = answer.media_type().unwrap_or("no content type".into());
    format!("{}, {kind}", answer.status)
}
