//! The baseline, the variants, every mutant, and the score.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::fate::wanted;
use super::list::select;
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
    /// What the faithful stub was blamed for; empty where all is well.
    pub baseline: Vec<Trouble>,
    /// The requests of the baseline.
    pub baseline_requests: u64,
    /// The harmless variants.
    pub variants: Vec<VariantResult>,
    /// The mutants, in the order of their derivation.
    pub mutants: Vec<MutantResult>,
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

/// How far an audit is: trials done, and trials in all.
pub type Progress<'p> = &'p (dyn Fn(usize, usize) + Sync);

impl Audit {
    /// How many mutants met this fate, by its word.
    pub fn count(&self, word: &str) -> usize {
        self.mutants.iter().filter(|result| result.fate.word() == word).count()
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

    let baseline = whole.run(None, None)?;
    advance();
    let variants = in_parallel(settings.jobs, &variants, |variant| {
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
    let mutants = in_parallel(settings.jobs, &mutants, |mutant| {
        let begun = Instant::now();
        let fate = match benches.get(mutant.rule.operation()) {
            Some(bench) if !bench.is_empty() => try_mutant(bench, mutant)?,
            _ => Fate::Unviable { reason: "no request to its operation can be made".to_owned() },
        };
        advance();
        Ok(MutantResult { mutant: mutant.clone(), fate, elapsed: begun.elapsed() })
    })?;
    Ok(Audit {
        contract: contract.name.clone(),
        seed: settings.seed.to_string(),
        timeout: settings.timeout,
        baseline: troubles(&baseline),
        baseline_requests: baseline.traffic.requests(),
        variants,
        mutants,
        skipped: whole.skipped().to_vec(),
        elapsed: begun.elapsed(),
    })
}

fn try_mutant(bench: &Bench<'_>, mutant: &Mutant) -> Result<Fate, AuditError> {
    let until = wanted(mutant.strength);
    let outcome = bench.run(Some(&mutant.behaviour), Some(until))?;
    let fate = Fate::of(mutant, &outcome);
    if matches!(fate, Fate::Missed { .. }) && outcome.ended_early == Some(EndedEarly::Interrupted) {
        // What was believed was explained later: only a whole run tells.
        return Ok(Fate::of(mutant, &bench.run(Some(&mutant.behaviour), None)?));
    }
    Ok(fate)
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

/// Works on all items, several at once; the results are in the items' order.
fn in_parallel<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, AuditError> + Sync,
) -> Result<Vec<R>, AuditError> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R, AuditError>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    let is_over = result.is_err();
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                    if is_over {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
