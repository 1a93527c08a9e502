//! A whole run: every operation, its plan, its findings.

use std::sync::Arc;

use super::cause::one_for_each_cause;
use super::event::Listener;
use super::session::Session;
use super::shed::SHED_ALONE;
use super::suspect::Suspect;
use super::wire::Wire;
use super::{
    EndedEarly, Event, Finding, OperationOutcome, Outcome, RuleOutcome, RuleVerdict, RunSettings,
};
use crate::case::{Case, Phase, Scenario};
use crate::check::{CheckName, Oracle, Severity};
use crate::contract::{Operation, Strength};
use crate::generate::{Inputs, Plan, bounds, plan, planned_requests};
use crate::http::Client;

/// Everything that a run will do, decided before the first request.
#[derive(Debug)]
pub struct RunPlan {
    contract: String,
    inputs: Inputs,
    operations: Vec<(Arc<Operation>, Plan)>,
    skipped: Vec<(String, String)>,
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
        let mut planned = Vec::new();
        let mut skipped = Vec::new();
        for operation in operations {
            match plan(&operation, &inputs) {
                Ok(mut plan) => {
                    select(&mut plan, settings);
                    planned.push((operation, plan));
                }
                Err(reason) => skipped.push((title(&operation), reason)),
            }
        }
        Self { contract: contract.to_owned(), inputs, operations: planned, skipped }
    }

    /// The requests that are planned, without those that depend on answers.
    pub fn requests(&self) -> usize {
        self.operations.iter().map(|(_, plan)| planned_requests(&plan.blocks)).sum()
    }

    /// The operations that will be called, each with its number of requests.
    pub fn operations(&self) -> impl Iterator<Item = (String, usize)> {
        self.operations.iter().map(|(o, plan)| (title(o), planned_requests(&plan.blocks)))
    }

    /// Every request that is planned, in the plan's order: each block's control, then its cases.
    /// Which answers come changes nothing of it.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        let blocks = self.operations.iter().flat_map(|(_, plan)| &plan.blocks);
        blocks.flat_map(|block| std::iter::once(&block.control).chain(&block.cases))
    }

    /// Operations that can't be tested, each with the reason.
    pub fn skipped(&self) -> &[(String, String)] {
        &self.skipped
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
            outcome = self.run_watched(client, settings, listener) => outcome,
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
        let wire = Wire::new(client, settings);
        let requests = u64::try_from(self.requests()).unwrap_or(u64::MAX);
        listener.event(Event::Planned { operations: self.operations.len(), requests });
        let mut outcomes = Vec::new();
        for (operation, plan) in &self.operations {
            listener.event(Event::OperationStarted { title: &title(operation) });
            outcomes.push(self.operation(operation, plan, &wire, settings, listener).await?);
        }
        let outcome = Outcome {
            contract: self.contract.clone(),
            seed: self.inputs.seed.to_string(),
            operations: outcomes,
            skipped: self.skipped.clone(),
            traffic: wire.traffic(),
            load: wire.load(),
            insecure: client.trusts_anyone(),
            ended_early: wire.ended(),
            strict: settings.strict,
        };
        listener.event(Event::Finished(&outcome));
        Ok(outcome)
    }

    async fn operation(
        &self,
        operation: &Arc<Operation>,
        plan: &Plan,
        wire: &Wire<'_>,
        settings: &RunSettings,
        listener: &mut dyn Listener,
    ) -> Result<OperationOutcome, String> {
        let secrets = self.secrets();
        let oracle = Oracle::new(Arc::clone(operation), &secrets)?;
        let bounds = bounds(operation, &self.inputs)?;
        wire.begin_operation();
        let mut session = Session::new(wire, &oracle, settings, listener, bounds);
        for block in &plan.blocks {
            session.block(block).await;
        }
        let findings = session.findings().await;
        let whole = [Phase::Examples, Phase::Coverage]
            .iter()
            .all(|phase| self.inputs.phases.contains(phase))
            && !self.inputs.only_refused;
        let latency = wire.take_latency().summary();
        let mut rules =
            session.ledger.verdicts(operation, &findings, &plan.unplanned, settings, whole);
        observe_latency(&mut rules, latency);
        Ok(OperationOutcome {
            id: operation.id.clone(),
            title: title(operation),
            rules,
            findings,
            controls: session.controls,
            latency,
            shapes: session.shapes,
        })
    }

    fn secrets(&self) -> Vec<String> {
        use crate::case::FieldValue::Secret;
        let headers = self.inputs.headers.iter();
        headers
            .filter_map(|(_, value)| match value {
                Secret { value, .. } => Some(value.rsplit(' ').next().unwrap_or(value).to_owned()),
                crate::case::FieldValue::Plain(_) => None,
            })
            .collect()
    }
}

fn title(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// Keeps the cases that probe selected rules by selected checks, and their twins. What is asked of
/// answers is asked of every case's.
fn select(plan: &mut Plan, settings: &RunSettings) {
    let of_answers =
        |wanted: &String| wanted.split('/').take(2).any(|part| part.starts_with("response"));
    let all_rules = settings.rules.is_empty() || settings.rules.iter().any(of_answers);
    let is_wanted = |case: &Case| {
        (all_rules || settings.selects(&case.rule))
            && (settings.judges_answers() || settings.checks.contains(&CheckName::of_case(case)))
    };
    if all_rules && settings.judges_answers() {
        return;
    }
    for block in &mut plan.blocks {
        let mut kept: Vec<String> = Vec::new();
        for case in block.cases.iter().rev() {
            if is_wanted(case) || kept.contains(&case.id) {
                kept.push(case.id.clone());
                kept.extend(case.twin.clone());
            }
        }
        block.cases.retain(|case| kept.contains(&case.id));
    }
    plan.blocks.retain(|block| !block.cases.is_empty());
}

fn observe_latency(rules: &mut [RuleOutcome], latency: Option<super::Latency>) {
    let rule = rules.iter_mut().find(|rule| rule.rule.id.within_operation() == "response/latency");
    if let (Some(rule), Some(latency)) = (rule, latency) {
        let what = format!("half within {:?}, 99 of 100 within {:?}", latency.median, latency.p99);
        rule.verdict = RuleVerdict::Observed([(what, 1)].into());
    }
}

impl Session<'_> {
    /// The findings, confirmed, reduced, one for each cause, worst first.
    async fn findings(&mut self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let mut reduced = 0;
        for index in 0..self.suspects.len() {
            let suspect = self.suspects.get(index);
            if suspect.count == 0 {
                continue;
            }
            let is_steady = suspect.is_confirmed && !suspect.reproduced.is_flaky();
            let is_failure = suspect.breach.severity == Severity::Failure;
            let mut shrink_requests = 0;
            let mut real_limit = None;
            if is_steady && is_failure && reduced < self.settings.shrink_findings {
                reduced += 1;
                if suspect.breach.check != CheckName::Answered && suspect.breach.kind != SHED_ALONE
                {
                    shrink_requests = self.shrink(index).await;
                    real_limit = self.real_limit(index).await;
                }
            }
            let finding = finding(self.suspects.get(index), shrink_requests, real_limit);
            findings.push(finding);
        }
        let mut findings = one_for_each_cause(self.oracle.operation(), findings);
        drop_decided(&mut findings, self);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        for finding in &findings {
            self.listener.event(Event::Found(finding));
        }
        findings
    }
}

fn finding(
    suspect: &Suspect,
    shrink_requests: u32,
    real_limit: Option<super::RealLimit>,
) -> Finding {
    let breach = &suspect.breach;
    Finding {
        rule: breach.rule.clone(),
        check: breach.check,
        // Seen once and not again: nobody should be stopped by it.
        severity: if suspect.is_believed() { breach.severity } else { Severity::Warning },
        kind: breach.kind,
        scenario: suspect.case.scenario,
        count: suspect.count,
        reproduced: suspect.reproduced,
        expected: breach.expected.clone(),
        actual: breach.actual.clone(),
        twin: suspect.twin.as_ref().map(super::block::describe),
        case: suspect.case.clone(),
        shrink_requests,
        real_limit,
        also: Vec::new(),
    }
}

/// Where equal entries decided how entries are counted, different ones that were refused as
/// unknown have nothing to add.
fn drop_decided(findings: &mut Vec<Finding>, session: &Session<'_>) {
    findings.retain(|finding| {
        !(finding.kind == "refused as unknown"
            && finding.scenario == Scenario::ArrayAboveMaxItems
            && session.ledger.enforces(&finding.rule))
    });
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
