//! One run of the suite against one stub.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use crate::audit::{AuditError, AuditSettings};
use crate::case::proof;
use crate::check::{CheckName, Severity};
use crate::contract::Contract;
use crate::generate::Inputs;
use crate::http::{Client, ClientOptions, Target};
use crate::run::{EndedEarly, Event, Outcome, RunPlan, RunSettings, StopHandle};
use crate::stub::{Behaviour, Stub, StubOptions};

/// The time between two looks at the clock.
const TICK: Duration = Duration::from_millis(20);

/// The plan for one operation, or for all, and what every trial of it shares.
pub(super) struct Bench<'b> {
    contract: &'b Contract,
    settings: &'b AuditSettings,
    token: String,
    plan: RunPlan,
}

impl<'b> Bench<'b> {
    /// Plans the runs for the operation of this id, or for all.
    pub(super) fn new(
        contract: &'b Contract,
        settings: &'b AuditSettings,
        operation: Option<&str>,
    ) -> Self {
        // It only has to look like a token: letters of both cases, digits, and long enough.
        let token = format!("AuditToken-{:016x}", settings.seed.0);
        let operations = contract.operations.iter();
        let operations: Vec<_> =
            operations.filter(|o| operation.is_none_or(|id| id == o.id)).cloned().collect();
        let mut inputs =
            Inputs { seed: settings.seed, credential_in_url: true, ..Inputs::default() };
        let credentials = operations.iter().flat_map(|operation| &operation.credentials);
        for (name, value) in credentials.filter_map(|credential| proof(credential, &token)) {
            if !inputs.headers.iter().any(|(held, _)| *held == name) {
                inputs.headers.push((name, value));
            }
        }
        let plan = RunPlan::new(&contract.name, operations, inputs, &RunSettings::default());
        Self { contract, settings, token, plan }
    }

    /// Why operations are left out.
    pub(super) fn skipped(&self) -> &[(String, String)] {
        self.plan.skipped()
    }

    /// Whether anything is planned.
    pub(super) fn is_empty(&self) -> bool {
        self.plan.requests() == 0
    }

    /// Runs the suite against a stub of this behaviour, until a breach of this severity is
    /// believed, or to its end.
    ///
    /// Client and stub share a thread. Where that thread was late itself, answers that didn't come
    /// in time are its own fault: the trial is repeated with more patience.
    pub(super) fn run(
        &self,
        behaviour: Option<&Behaviour>,
        until: Option<Severity>,
    ) -> Result<Outcome, AuditError> {
        let mut timeout = self.settings.timeout;
        loop {
            let (outcome, late) = self.once(behaviour, until, timeout)?;
            let is_doubtful = late * 3 > timeout && is_about_time(&outcome);
            let is_over = self.settings.stop.is_stopped();
            if !is_doubtful || is_over || timeout > self.settings.timeout * 10 {
                return Ok(outcome);
            }
            timeout *= 4;
        }
    }

    /// One run, and how late its thread was at most.
    fn once(
        &self,
        behaviour: Option<&Behaviour>,
        until: Option<Severity>,
        timeout: Duration,
    ) -> Result<(Outcome, Duration), AuditError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(AuditError::Runtime)?;
        runtime.block_on(async {
            let options = StubOptions {
                tokens: vec![self.token.clone()],
                behaviour: behaviour.cloned(),
                on_wire: true,
                ..StubOptions::default()
            };
            let stub = Stub::start(self.contract, options).await?;
            let target = Target::parse(&stub.uri()).expect("a stub's address is a target");
            let client = Client::new(ClientOptions { timeout, ..ClientOptions::new(target) })?;
            let stop = StopHandle::default();
            let settings = RunSettings {
                concurrency: self.settings.concurrency,
                max_time: self.settings.trial_time,
                stop: stop.clone(),
                ..RunSettings::default()
            };
            let mut listener = |event: Event<'_>| {
                if let Event::Confirmed(sighting) = event
                    && until.is_some_and(|severity| sighting.finding.severity >= severity)
                {
                    stop.stop();
                }
            };
            let late = Cell::new(Duration::ZERO);
            let interrupted = async {
                self.settings.stop.stopped().await;
                stop.stop();
                std::future::pending::<Infallible>().await
            };
            let outcome = tokio::select! {
                outcome = self.plan.run(&client, &settings, &mut listener) => outcome,
                never = watch(&late) => match never {},
                never = interrupted => match never {},
            };
            Ok((outcome.map_err(AuditError::Schema)?, late.get()))
        })
    }
}

/// Notes how late this thread comes to what is due.
async fn watch(late: &Cell<Duration>) -> Infallible {
    loop {
        let begun = Instant::now();
        tokio::time::sleep(TICK).await;
        late.set(late.get().max(begun.elapsed().saturating_sub(TICK)));
    }
}

/// Whether something in the outcome rests on how long answers took.
fn is_about_time(outcome: &Outcome) -> bool {
    outcome.findings().any(|finding| finding.check == CheckName::Answered)
        || matches!(outcome.ended_early, Some(EndedEarly::Unanswered | EndedEarly::TimeSpent))
}
