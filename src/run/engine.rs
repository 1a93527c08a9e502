//! A whole run: every operation, its plan, its findings.

use std::borrow::Cow;
use std::sync::Arc;

use super::event::Listener;
use super::ledger::Ledger;
use super::plans::{Made, Planned, Plans};
use super::session::Session;
use super::shed::SHED_ALONE;
use super::wire::Wire;
use super::{
    AnswerShapes, Controls, EndedEarly, Event, Evidence, Extent, OperationOutcome, Outcome,
    RuleOutcome, RunSettings, Sighting,
};
use crate::case::{Case, Phase};
use crate::check::{CheckName, Oracle, Severity};
use crate::contract::{Operation, Strength};
use crate::generate::{Inputs, Plan, bounds};
use crate::http::Client;
use crate::redact::basic;

/// Everything that a run will do, a function of contract, inputs and settings alone. Random cases, and in
/// large documents the plans of most operations, are made as the run reaches them.
#[derive(Debug)]
pub struct RunPlan {
    contract: String,
    inputs: Inputs,
    settings: RunSettings,
    plans: Plans,
}

impl RunPlan {
    /// Plans the operations; those for which no valid request can be made are skipped with the
    /// reason.
    pub fn new(
        contract: &str,
        operations: impl IntoIterator<Item = Arc<Operation>>,
        inputs: Inputs,
        settings: &RunSettings,
    ) -> Self {
        let operations: Vec<_> = operations.into_iter().collect();
        let plans = Plans::of(&operations, &inputs, settings);
        Self { contract: contract.to_owned(), inputs, settings: settings.clone(), plans }
    }

    /// The plan of an operation, made now where it wasn't yet.
    fn made<'p>(&self, planned: &'p Planned) -> Result<Cow<'p, Made>, String> {
        if let Some(made) = &planned.made {
            return Ok(Cow::Borrowed(made));
        }
        Made::of(&planned.operation, &self.inputs, &self.settings).map(Cow::Owned)
    }

    /// The requests that are planned, without those that depend on answers: a guess, by the operations
    /// that come first, where [`is_guess`](Self::is_guess) says so.
    pub fn requests(&self) -> usize {
        self.plans.sum(Plan::requests)
    }

    /// The requests that one process would plan for all shards, a guess likewise.
    pub fn requests_of_all_shards(&self) -> usize {
        self.plans.sum(Plan::requests_of_all_shards)
    }

    /// Whether the operations are so many that it isn't known yet what all of them come to.
    pub fn is_guess(&self) -> bool {
        !self.plans.are_all_made()
    }

    /// The operations that will be called, each with its number of requests where that is known.
    pub fn operations(&self) -> impl Iterator<Item = (String, Option<usize>)> {
        self.plans.planned.iter().map(|planned| {
            let requests = planned.made.as_ref().map(|made| made.plan.requests());
            (title(&planned.operation), requests)
        })
    }

    /// The operations that will be called: ids, and methods with paths.
    pub fn named(&self) -> impl Iterator<Item = (&str, String)> {
        let operations = self.plans.planned.iter().map(|planned| &*planned.operation);
        operations.map(|operation| (operation.id.as_str(), title(operation)))
    }

    /// Every request that is planned, in the plan's order: each block's control, then its cases.
    /// Which answers come changes nothing of it.
    pub fn cases(&self) -> impl Iterator<Item = Case> {
        // What was planned once is planned again.
        let plans = || self.plans.planned.iter().filter_map(|planned| self.made(planned).ok());
        let blocks = plans().flat_map(|made| made.plan.blocks().collect::<Vec<_>>());
        let blocks = blocks.flat_map(|block| std::iter::once(block.control).chain(block.cases));
        let sequences = plans().flat_map(|made| made.plan.sequences().collect::<Vec<_>>());
        blocks.chain(sequences.flat_map(|(_, sequence)| sequence.cases))
    }

    /// Operations that can't be tested, each with the reason.
    pub fn skipped(&self) -> &[(String, String)] {
        &self.plans.skipped
    }

    /// Sends everything and judges it.
    ///
    /// # Errors
    /// If a response schema of the contract can't be compiled.
    pub async fn run(
        &self,
        client: &Client,
        settings: &RunSettings,
        listener: &mut dyn Listener,
    ) -> Result<Outcome, String> {
        tokio::select! {
            biased;
            // In a box, as it is large.
            outcome = Box::pin(self.run_watched(client, settings, listener)) => outcome,
            // It never ends.
            () = client.lateness().watch() => Err(String::new()),
        }
    }

    async fn run_watched(
        &self,
        client: &Client,
        settings: &RunSettings,
        listener: &mut dyn Listener,
    ) -> Result<Outcome, String> {
        let requests = u64::try_from(self.requests()).unwrap_or(u64::MAX);
        let wire = Wire::new(client, settings, requests);
        let operations = &self.plans.planned;
        listener.event(Event::Planned { operations: operations.len(), requests });
        let mut outcomes = Vec::new();
        let mut refused = Vec::new();
        for planned in operations {
            let operation = &planned.operation;
            // Plans take a while to make: an interruption is heard between two of them.
            tokio::task::yield_now().await;
            if !wire.may_send() {
                outcomes.push(self.never_begun(planned, settings, listener));
                continue;
            }
            let made = self.made(planned)?;
            listener.event(Event::OperationStarted { id: &operation.id, title: &title(operation) });
            outcomes.push(self.operation(operation, &made, &wire, settings, listener).await?);
            refused.extend(wire.go_on());
        }
        // Where no operation let anything be shown, the run showed nothing.
        let is_closed = refused.len() == operations.len();
        let ended_early = wire.ended().or_else(|| refused.last().cloned().filter(|_| is_closed));
        let outcome = Outcome {
            contract: self.contract.clone(),
            seed: self.inputs.seed.to_string(),
            operations: outcomes,
            skipped: self.plans.skipped.clone(),
            traffic: wire.traffic(),
            load: wire.load(),
            insecure: client.trusts_anyone(),
            ended_early,
            refused,
            strict: settings.strict,
            extent: extent(settings),
        };
        listener.event(Event::Finished(&outcome));
        Ok(outcome)
    }

    async fn operation(
        &self,
        operation: &Arc<Operation>,
        Made { plan, half_checked }: &Made,
        wire: &Wire<'_>,
        settings: &RunSettings,
        listener: &mut dyn Listener,
    ) -> Result<OperationOutcome, String> {
        let secrets = self.secrets();
        let oracle = Oracle::new(Arc::clone(operation), &secrets)?;
        let bounds = bounds(operation, &self.inputs)?;
        wire.begin_operation();
        let mut session = Session::new(wire, &oracle, settings, listener, bounds);
        for (index, block) in plan.numbered_blocks() {
            session.begin(index);
            session.block(&block).await;
            session.tell(&block);
            // Random cases without end are not made to say of each that it wasn't sent: one block
            // has cases of every kind.
            if wire.ended().is_some() && block.control.phase == Phase::Fuzzing {
                break;
            }
        }
        session.stateful(plan.sequences()).await;
        let sightings = session.sightings().await;
        session.observe_slow_kinds().await;
        session.count_answers();
        if wire.ended().is_some() {
            session.ledger.cut_short(operation, wire.why_unsent());
        }
        session.ledger.forget(half_checked);
        let evidence = Evidence {
            rules: session.ledger.evidence(operation, &plan.unplanned, settings, self.is_whole()),
            sightings,
            latency: wire.take_latency(),
            reach: session.reach,
        };
        let outcome = OperationOutcome::of(
            (operation.id.clone(), title(operation)),
            evidence,
            session.controls,
            session.shapes,
            extent(settings),
        );
        for finding in &outcome.findings {
            listener.event(Event::Found(finding));
        }
        listener.event(Event::OperationFinished(&outcome));
        Ok(outcome)
    }

    /// What is said of an operation that the run ended before: nothing of it is planned again.
    fn never_begun(
        &self,
        planned: &Planned,
        settings: &RunSettings,
        listener: &mut dyn Listener,
    ) -> OperationOutcome {
        let Planned { operation, made } = planned;
        let unplanned = made.as_ref().map_or(&[][..], |made| &made.plan.unplanned);
        let title = title(operation);
        listener.event(Event::OperationStarted { id: &operation.id, title: &title });
        let mut ledger = Ledger::default();
        ledger.never_begun(operation, unplanned, settings);
        if let Some(made) = made {
            ledger.forget(&made.half_checked);
        }
        let evidence = Evidence {
            rules: ledger.evidence(operation, unplanned, settings, self.is_whole()),
            ..Evidence::default()
        };
        let outcome = OperationOutcome::of(
            (operation.id.clone(), title),
            evidence,
            Controls::default(),
            AnswerShapes::default(),
            extent(settings),
        );
        listener.event(Event::OperationFinished(&outcome));
        outcome
    }

    /// Whether all finite cases are planned.
    fn is_whole(&self) -> bool {
        let finite = [Phase::Examples, Phase::Coverage];
        finite.iter().all(|phase| self.inputs.phases.contains(phase)) && !self.inputs.only_refused
    }

    fn secrets(&self) -> Vec<String> {
        use crate::case::FieldValue::Secret;
        let mut secrets = Vec::new();
        for (_, value) in &self.inputs.headers {
            let Secret { value, .. } = value else { continue };
            secrets.push(value.rsplit(' ').next().unwrap_or(value).to_owned());
            // A password alone may be a word that answers use anyway.
            secrets.extend(basic(value));
        }
        secrets
    }
}

/// How much of the run settings make.
fn extent(settings: &RunSettings) -> Extent {
    settings.shard.filter(|shard| shard.of() > 1).map_or(Extent::Whole, Extent::Shard)
}

pub(super) fn title(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

impl Session<'_> {
    /// What looked broken, confirmed and reduced.
    async fn sightings(&mut self) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        let mut reduced = 0;
        for index in 0..self.suspects.len() {
            let suspect = self.suspects.get(index);
            // That nothing at all is answered ends the run, and is no rule's matter.
            let is_of_all = suspect.breach.check == CheckName::Answered
                && !suspect.is_confirmed
                && !self.wire.has_answered();
            if suspect.count == 0 || is_of_all {
                continue;
            }
            let is_steady = suspect.is_confirmed && !suspect.reproduced.is_flaky();
            let is_failure = suspect.breach.severity == Severity::Failure;
            let mut shrink_requests = 0;
            let mut real_limit = None;
            // What shows in company alone can't be reduced alone.
            let is_alone = suspect.case.phase != Phase::Stateful;
            if is_alone && is_steady && is_failure && reduced < self.settings.shrink_findings {
                reduced += 1;
                // How long an answer takes varies too much to tell which part of a request it is.
                let is_of_time = matches!(
                    suspect.breach.check,
                    CheckName::Answered | CheckName::MaxResponseTime
                );
                if !is_of_time && suspect.breach.kind != SHED_ALONE {
                    shrink_requests = self.shrink(index).await;
                    real_limit = self.real_limit(index).await;
                }
            }
            sightings.push(self.suspects.get(index).sighting(shrink_requests, real_limit));
        }
        sightings
    }
}

impl EndedEarly {
    /// Whether the run ended before anything could be said of the target: it was never reached, or
    /// never let the plain valid request through.
    pub fn is_before_anything(&self) -> bool {
        matches!(
            self,
            Self::NotConnected { answered_before: false, .. }
                | Self::Untrusted { answered_before: false, .. }
                | Self::NotTheApi { .. }
                | Self::ControlRefused { .. }
        )
    }
}

impl OperationOutcome {
    /// The rules of this strength.
    pub fn rules_of(&self, strength: Strength) -> impl Iterator<Item = &RuleOutcome> {
        self.rules.iter().filter(move |rule| rule.rule.strength == strength)
    }
}
