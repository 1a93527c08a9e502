//! The plans of operations: the first made at once, on as many threads as there are cores, others when
//! the run reaches them.

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
use crate::generate::{Inputs, Plan, bounds, plan};

/// Once plans come to more requests than this, all together, those of further operations are made when
/// the run reaches them: each is a function of contract, seed and settings.
const AT_ONCE: usize = 50_000;

/// Operations that are planned before it is seen what they come to; the same on any machine, as is what
/// is told of the plan.
const WAVE: usize = 32;

/// One operation with its plan.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) operation: Arc<Operation>,
    /// `None` where it is made later.
    pub(super) made: Option<Made>,
}

/// The plan of an operation.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) plan: Plan,
    /// Rules that some case probes which no selected check judges.
    pub(super) half_checked: HashSet<RuleId>,
}

/// What a contract's operations come to.
#[derive(Debug, Default)]
pub(super) struct Plans {
    pub(super) planned: Vec<Planned>,
    /// Operations that can't be tested, each with the reason.
    pub(super) skipped: Vec<(String, String)>,
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
        let mut requests = 0;
        for wave in operations.chunks(WAVE) {
            let is_at_once = requests < AT_ONCE;
            let made = on_threads(threads, wave, |operation| {
                if settings.is_over() {
                    // Nothing of it will be sent.
                    return Ok(None);
                }
                if is_at_once {
                    return Made::of(operation, inputs, settings).map(Some);
                }
                bounds(operation, inputs).map(|_| None)
            });
            for (operation, made) in wave.iter().zip(made) {
                match made {
                    Ok(made) => {
                        let whole = made.as_ref().map(|made| made.plan.requests_of_all_shards());
                        requests += whole.unwrap_or_default();
                        plans.planned.push(Planned { operation: Arc::clone(operation), made });
                    }
                    Err(reason) => plans.skipped.push((title(operation), reason)),
                }
            }
        }
        plans
    }

    /// What the plans come to, by `count`: a guess, by those that are made, where others aren't yet.
    pub(super) fn sum(&self, count: impl Fn(&Plan) -> usize) -> usize {
        let made = self.planned.iter().filter_map(|planned| planned.made.as_ref());
        let (operations, sum) =
            made.fold((0, 0), |(operations, sum), made| (operations + 1, sum + count(&made.plan)));
        let later = self.planned.len() - operations;
        sum + (sum * later).checked_div(operations).unwrap_or_default()
    }

    /// Whether all plans are made.
    pub(super) fn are_all_made(&self) -> bool {
        self.planned.iter().all(|planned| planned.made.is_some())
    }
}

impl Made {
    /// Makes the part of an operation's plan that the settings ask for.
    pub(super) fn of(
        operation: &Arc<Operation>,
        inputs: &Inputs,
        settings: &RunSettings,
    ) -> Result<Self, String> {
        let mut plan = plan(operation, inputs)?;
        let half_checked = unjudged(&plan, settings);
        select(&mut plan, settings);
        if let Some(shard) = settings.shard {
            plan.deal(shard);
        }
        Ok(Self { plan, half_checked })
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
    use std::fmt::Write as _;

    use super::{Plan, Plans, RunSettings, WAVE, on_threads};
    use crate::case::Phase;
    use crate::contract::Contract;
    use crate::generate::Inputs;

    /// So many operations, each with a body.
    fn contract(operations: usize) -> Contract {
        let mut text = "openapi: 3.1.0\ninfo: {title: many, version: '1'}\npaths:\n".to_owned();
        for index in 0..operations {
            let _ = write!(
                text,
                "  /{index}:\n    post:\n      operationId: o{index}\n      requestBody: {{content: \
                 {{application/json: {{schema: {{type: string, maxLength: 8}}}}}}}}\n      \
                 responses: {{'200': {{description: done}}}}\n",
            );
        }
        Contract::parse("many.yaml", &text).expect("loads")
    }

    #[test]
    fn where_operations_are_many_the_plans_of_the_first_stand_for_all() {
        let inputs = Inputs { cases: 1_000, phases: vec![Phase::Fuzzing], ..Inputs::default() };
        let plans = |operations| {
            Plans::of(&contract(operations).operations, &inputs, &RunSettings::default())
        };
        let first = plans(WAVE);
        assert!(first.are_all_made());
        let all = plans(WAVE * 2);
        assert!(!all.are_all_made());
        assert_eq!(all.planned.len(), WAVE * 2);
        assert_eq!(all.sum(Plan::requests), first.sum(Plan::requests) * 2);
        let none: Vec<_> = Vec::new();
        assert_eq!(Plans::of(&none, &inputs, &RunSettings::default()).sum(Plan::requests), 0);
    }

    #[test]
    fn what_threads_make_comes_in_order() {
        let items: Vec<u64> = (0..100).collect();
        let made = on_threads(3, &items, |item| item * 2);
        assert_eq!(made, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(on_threads(3, &items[..0], |item| *item).is_empty());
    }
}
