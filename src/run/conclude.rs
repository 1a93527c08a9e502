//! From evidence to an outcome.

use super::{
    AnswerShapes, Controls, Evidence, Extent, Latency, OperationOutcome, RuleOutcome, RuleVerdict,
};
use crate::contract::Strength;

impl OperationOutcome {
    /// What the evidence comes to. The name is the operation's id, and its method and path.
    pub(super) fn of(
        (id, title): (String, String),
        evidence: Evidence,
        controls: Controls,
        shapes: AnswerShapes,
        extent: Extent,
    ) -> Self {
        let findings = evidence.findings(&id);
        let latency = evidence.latency.summary();
        let mut rules = evidence.verdicts(&findings, extent);
        observe_latency(&mut rules, latency);
        let reach = evidence.reach;
        Self { id, title, rules, findings, controls, latency, reach, shapes, evidence }
    }
}

fn observe_latency(rules: &mut [RuleOutcome], latency: Option<Latency>) {
    let rule = rules.iter_mut().find(|rule| rule.rule.id.within_operation() == "response/latency");
    // Where there is a limit, it is judged.
    let rule = rule.filter(|rule| rule.rule.strength == Strength::Open);
    if let (Some(rule), Some(latency)) = (rule, latency) {
        let what = format!("half within {:?}, 99 of 100 within {:?}", latency.median, latency.p99);
        match &mut rule.verdict {
            // Kinds of requests that are slow.
            RuleVerdict::Observed(seen) => drop(seen.insert(what, 1)),
            verdict => *verdict = RuleVerdict::Observed([(what, 1)].into()),
        }
    }
}
