//! The baseline, the variants, every mutant, and the score.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::fate::{Caught, wanted};
use super::list::select;
use super::parallel::{all_mutants, in_parallel};
use super::trial::Bench;
use super::{AuditError, AuditSettings, Fate};
use crate::check::Severity;
use crate::contract::{Contract, RuleId, Strength};
use crate::run::{EndedEarly, Outcome, RuleVerdict};
use crate::stub::{Mutant, Variant};

/// What an audit came to.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The contract's name.
    pub contract: String,
    /// The seed of every run.
    pub seed: String,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The longest time for one trial.
    pub trial_time: Duration,
    /// What the faithful stub was blamed for; empty where all is well.
    pub baseline: Vec<Trouble>,
    /// The requests of the baseline.
    pub baseline_requests: u64,
    /// The harmless variants.
    pub variants: Vec<VariantResult>,
    /// The mutants, in the order of their derivation.
    pub mutants: Vec<MutantResult>,
    /// Whether it was interrupted before all were tried.
    pub interrupted: bool,
    /// The mutants and variants that were selected.
    pub selected: usize,
    /// Operations that are not audited, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// The time that it took.
    pub elapsed: Duration,
}

/// Something that a server was blamed for, or left undecided, that keeps its contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The rule.
    pub rule: Option<RuleId>,
    /// What is held against it.
    pub what: String,
}

/// What became of a variant.
#[derive(Clone, Debug)]
pub struct VariantResult {
    /// The variant.
    pub variant: Variant,
    /// What it was blamed for; empty where it was left alone.
    pub flagged: Vec<Trouble>,
    /// Warnings, which don't count.
    pub warnings: Vec<Trouble>,
    /// The requests sent.
    pub requests: u64,
    /// The time that its trial took.
    pub elapsed: Duration,
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub struct MutantResult {
    /// The mutant.
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
    /// The time that its trial took.
    pub elapsed: Duration,
}

/// Requests until mutants were caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// Half of the caught mutants took no more.
    pub median: u64,
    /// None of them took more.
    pub most: u64,
    /// The whole suite, against the faithful stub.
    pub suite: u64,
}

/// How far an audit is: trials done, and trials in all.
pub type Progress<'p> = &'p (dyn Fn(usize, usize) + Sync);

impl Audit {
    /// How many mutants met this fate, by its word.
    pub fn count(&self, word: &str) -> usize {
        self.mutants.iter().filter(|result| result.fate.word() == word).count()
    }

    /// How many mutants were caught by the rule, or the general rule, that they break.
    pub fn named(&self) -> usize {
        let fates = self.mutants.iter().map(|result| &result.fate);
        fates.filter(|fate| matches!(fate, Fate::Caught(caught) if caught.named)).count()
    }

    /// The requests that it took to catch a mutant.
    pub fn requests(&self) -> Requests {
        let fates = self.mutants.iter().filter_map(|result| match &result.fate {
            Fate::Caught(caught) => Some(caught.requests),
            _ => None,
        });
        let mut requests: Vec<u64> = fates.collect();
        requests.sort_unstable();
        Requests {
            median: requests.get(requests.len() / 2).copied().unwrap_or_default(),
            most: requests.last().copied().unwrap_or_default(),
            suite: self.baseline_requests,
        }
    }

    /// How many mutants and variants were not tried, because it was interrupted.
    pub fn untried(&self) -> usize {
        self.selected - self.mutants.len() - self.variants.len()
    }

    /// Whether every viable mutant was caught, and nothing faithful or harmless was blamed.
    pub fn is_clean(&self) -> bool {
        self.baseline.is_empty()
            && self.variants.iter().all(|result| result.flagged.is_empty())
            && self
                .mutants
                .iter()
                .all(|result| matches!(result.fate, Fate::Caught(_) | Fate::Unviable { .. }))
    }
}

/// Audits the suite on a contract.
///
/// # Errors
/// If a selected name is none, or a stub, a client or a plan can't be made.
pub fn audit(
    contract: &Contract,
    settings: &AuditSettings,
    progress: Progress<'_>,
) -> Result<Audit, AuditError> {
    let begun = Instant::now();
    let (mutants, variants) = select(contract, &settings.only)?;
    let whole = Bench::new(contract, settings, None);
    if whole.is_empty() {
        let reasons = contract.skipped.iter().map(|s| format!("{}: {}", s.operation, s.reason));
        let planned = whole.skipped().iter().map(|(o, reason)| format!("{o}: {reason}"));
        let reasons: Vec<String> = reasons.chain(planned).collect();
        return Err(AuditError::NothingToTest(reasons.join("; ")));
    }
    let benches: BTreeMap<&str, Bench<'_>> = contract
        .operations
        .iter()
        .map(|o| (o.id.as_str(), Bench::new(contract, settings, Some(&o.id))))
        .collect();
    let done = AtomicUsize::new(0);
    let total = 1 + variants.len() + mutants.len();
    let advance = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    progress(0, total);

    let selected = variants.len() + mutants.len();
    let baseline = whole.run(None, None)?;
    advance();
    let variants = in_parallel(settings, settings.jobs, &variants, |variant| {
        let outcome = whole.run(Some(&variant.behaviour), None)?;
        advance();
        Ok(VariantResult {
            variant: variant.clone(),
            flagged: troubles(&outcome),
            warnings: warnings(&outcome),
            requests: outcome.traffic.requests(),
            elapsed: outcome.traffic.elapsed,
        })
    })?;
    let mutants = all_mutants(settings, &mutants, |mutant| {
        let begun = Instant::now();
        let fate = match benches.get(mutant.rule.operation()) {
            Some(bench) if !bench.is_empty() => try_mutant(bench, mutant)?,
            _ => Fate::Unviable { reason: "no request to its operation can be made".to_owned() },
        };
        advance();
        Ok(MutantResult { mutant: mutant.clone(), fate, elapsed: begun.elapsed() })
    })?;
    let interrupted = settings.stop.is_stopped();
    Ok(Audit {
        contract: contract.name.clone(),
        seed: settings.seed.to_string(),
        timeout: settings.timeout,
        trial_time: settings.trial_time,
        baseline: if interrupted { Vec::new() } else { troubles(&baseline) },
        baseline_requests: baseline.traffic.requests(),
        variants,
        mutants,
        interrupted,
        selected,
        skipped: whole.skipped().to_vec(),
        elapsed: begun.elapsed(),
    })
}

fn try_mutant(bench: &Bench<'_>, mutant: &Mutant) -> Result<Fate, AuditError> {
    let until = wanted(mutant.strength);
    let outcome = bench.run(Some(&mutant.behaviour), Some(until))?;
    let whole = || bench.run(Some(&mutant.behaviour), None).map(|whole| Fate::of(mutant, &whole));
    match Fate::of(mutant, &outcome) {
        // What was believed was explained later: only a whole run tells.
        Fate::Missed { .. } if outcome.ended_early == Some(EndedEarly::Interrupted) => whole(),
        // What is seen first is not always what a whole run's report names.
        Fate::Caught(first) if !first.named => match whole()? {
            Fate::Caught(last) if last.named => {
                Ok(Fate::Caught(Caught { requests: first.requests, ..last }))
            }
            _ => Ok(Fate::Caught(first)),
        },
        fate => Ok(fate),
    }
}

/// What a faithful server is blamed for: failures, and musts that stay undecided.
fn troubles(outcome: &Outcome) -> Vec<Trouble> {
    let failures = outcome.findings().filter(|finding| finding.severity == Severity::Failure);
    let mut found: Vec<Trouble> = failures
        .map(|finding| Trouble {
            rule: Some(finding.rule.clone()),
            what: format!("{}: {}, {}", finding.kind, finding.case.intent, finding.actual),
        })
        .collect();
    found.extend(outcome.rules().filter(|rule| rule.rule.strength == Strength::Must).filter_map(
        |rule| match &rule.verdict {
            RuleVerdict::Inconclusive(reason, _) => Some(Trouble {
                rule: Some(rule.rule.id.clone()),
                what: format!("inconclusive: {reason}"),
            }),
            _ => None,
        },
    ));
    if let Some(why) = &outcome.ended_early {
        found.push(Trouble { rule: None, what: format!("the run ended early: {why:?}") });
    }
    found
}

fn warnings(outcome: &Outcome) -> Vec<Trouble> {
    let warnings = outcome.findings().filter(|finding| finding.severity == Severity::Warning);
    let trouble = |finding: &crate::run::Finding| Trouble {
        rule: Some(finding.rule.clone()),
        what: format!("{}: {}, {}", finding.kind, finding.case.intent, finding.actual),
    };
    warnings.map(trouble).collect()
}
