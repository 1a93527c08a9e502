//! The plans of all operations, made on as many threads as there are cores.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, available_parallelism};

use super::RunSettings;
use super::engine::title;
use crate::case::Case;
use crate::check::CheckName;
use crate::contract::{Operation, RuleId};
use crate::generate::{Inputs, Plan, Unplanned, plan};

/// Plans that come to more requests than this, all together, are made again when the run reaches
/// them: each is a function of contract, seed and settings.
const KEPT: usize = 50_000;

/// Operations a thread that are planned before it is seen which of their plans are kept.
const WAVE: usize = 8;

/// One operation with its plan.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) operation: Arc<Operation>,
    /// `None` where it is made again.
    pub(super) plan: Option<Plan>,
    /// Rules that no case probes, for an operation that the run doesn't come to.
    pub(super) unplanned: Vec<Unplanned>,
    pub(super) requests: usize,
    pub(super) requests_of_all_shards: usize,
}

/// What a contract's operations come to.
#[derive(Debug, Default)]
pub(super) struct Plans {
    pub(super) planned: Vec<Planned>,
    /// Operations that can't be tested, each with the reason.
    pub(super) skipped: Vec<(String, String)>,
    /// Rules that some case probes which no selected check judges.
    pub(super) half_checked: HashSet<RuleId>,
}

impl Plans {
    /// Plans the operations; those for which no valid request can be made are skipped.
    pub(super) fn of(
        operations: &[Arc<Operation>],
        inputs: &Inputs,
        settings: &RunSettings,
    ) -> Self {
        let threads = available_parallelism().map_or(1, usize::from);
        let mut plans = Self::default();
        let mut kept = 0;
        for wave in operations.chunks(threads * WAVE) {
            let made = on_threads(threads, wave, |operation| {
                let made = plan(operation, inputs).map(|mut plan| {
                    let half_checked = unjudged(&plan, settings);
                    fit(&mut plan, settings);
                    (plan, half_checked)
                });
                (Arc::clone(operation), made)
            });
            for (operation, made) in made {
                let (plan, half_checked) = match made {
                    Ok(made) => made,
                    Err(reason) => {
                        plans.skipped.push((title(&operation), reason));
                        continue;
                    }
                };
                plans.half_checked.extend(half_checked);
                let requests_of_all_shards = plan.requests_of_all_shards();
                kept += requests_of_all_shards;
                plans.planned.push(Planned {
                    operation,
                    unplanned: plan.unplanned.clone(),
                    requests: plan.requests(),
                    requests_of_all_shards,
                    plan: Some(plan).filter(|_| kept <= KEPT || plans.planned.is_empty()),
                });
            }
        }
        plans
    }
}

/// What `make` makes of each item, in their order.
fn on_threads<T: Sync, M: Send>(
    threads: usize,
    items: &[T],
    make: impl Fn(&T) -> M + Sync,
) -> Vec<M> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(make).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let items = turns.map_while(|index| Some((index, items.get(index)?)));
        items.map(|(index, item)| (index, make(item))).collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, M)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, made)| made).collect()
}

/// The rules of cases that no selected check judges.
fn unjudged(plan: &Plan, settings: &RunSettings) -> HashSet<RuleId> {
    if settings.checks.len() == CheckName::ALL.len() {
        return HashSet::new();
    }
    let is_unjudged = |case: &Cow<'_, Case>| settings.selects(&case.rule) && !settings.counts(case);
    plan.samples().filter(is_unjudged).map(|case| case.rule.clone()).collect()
}

/// Makes the part of a plan that the settings ask for.
pub(super) fn fit(plan: &mut Plan, settings: &RunSettings) {
    select(plan, settings);
    if let Some(shard) = settings.shard {
        plan.deal(shard);
    }
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
    plan.retain(is_wanted);
    plan.retain_sequences(|sequence| {
        let is_judged = settings.judges_answers() || settings.judges_company();
        is_judged && (all_rules || settings.selects(&sequence.rule))
    });
}

#[cfg(test)]
mod tests {
    use super::on_threads;

    #[test]
    fn what_threads_make_comes_in_order() {
        let items: Vec<u64> = (0..100).collect();
        let made = on_threads(3, &items, |item| item * 2);
        assert_eq!(made, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(on_threads(3, &items[..0], |item| *item).is_empty());
    }
}
