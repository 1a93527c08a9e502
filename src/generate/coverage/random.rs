//! The fuzzing phase: random valid requests, and violations of exactly one rule beside their twins.

use std::sync::Arc;

use serde_json::Value;

use super::bench::{Bench, Block, Builder, Parts};
use super::draft::Draft;
use super::full::TextList;
use crate::case::{Case, Phase, Scenario};
use crate::contract::{Operation, Place, Strength};
use crate::generate::{Inputs, Recipe, Texts, ViolationKind};

/// Case numbers between two controls, each of a valid request and of a violation with its twin.
const BLOCK: usize = 200;

/// Cases of each number: a valid request, a violation and its twin.
const CASES: usize = 3;

/// The random cases of one operation, made block by block when they are asked for.
///
/// Each is a function of the run's seed, the operation, its label and its number alone: blocks can
/// be made in any order, again, or not at all.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    operation: Arc<Operation>,
    inputs: Arc<Inputs>,
    parts: Parts,
    recipe: Arc<Recipe>,
    kinds: Vec<Kind>,
    /// The lists with a limit that stand in the plain body.
    lists: Vec<TextList>,
    /// Whether random valid requests are sent for their own sake.
    is_valid_wanted: bool,
}

#[derive(Clone, Debug)]
struct Kind {
    kind: ViolationKind,
    is_wanted: bool,
}

impl Random {
    /// The random cases of the operation, `None` where there are none: no body, or nothing that can
    /// be drawn.
    pub(crate) fn new(
        operation: &Arc<Operation>,
        inputs: &Arc<Inputs>,
        bench: &Bench<'_>,
    ) -> Option<Self> {
        let recipe = Arc::clone(bench.recipe()?);
        let kinds = recipe.violations().iter().cloned();
        let mut lists = bench.lists();
        lists.retain(|list| list.schema.max_items().is_some());
        Some(Self {
            operation: Arc::clone(operation),
            inputs: Arc::clone(inputs),
            parts: bench.parts(),
            kinds: kinds.map(|kind| Kind { kind, is_wanted: true }).collect(),
            recipe,
            lists,
            is_valid_wanted: !inputs.only_refused,
        })
        .filter(|_| inputs.cases > 0)
    }

    /// How many blocks there are.
    pub(crate) fn len(&self) -> usize {
        self.inputs.cases.div_ceil(BLOCK)
    }

    /// How many requests the blocks come to: at most, as luck may fail a violation.
    pub(crate) fn requests(&self) -> usize {
        let cases = self.inputs.cases;
        let wanted = |index: usize| self.kinds[index].is_wanted;
        let turns = |index: usize| (cases + self.kinds.len() - 1 - index) / self.kinds.len();
        let violations: usize = (0..self.kinds.len()).filter(|i| wanted(*i)).map(turns).sum();
        let valid = if self.is_valid_wanted { cases } else { 0 };
        let twins = if self.inputs.only_refused { 0 } else { violations };
        // The control, and where legal cases are sent the full list.
        let others = 1 + usize::from(self.has_full_list());
        let blocks = if valid + violations > 0 { self.len() } else { 0 };
        valid + violations + twins + others * blocks
    }

    /// Keeps the cases that `is_wanted` picks, which can't tell two cases of one kind apart, with
    /// their twins.
    pub(crate) fn retain(&mut self, is_wanted: impl Fn(&Case) -> bool) {
        let is_kept = |sample: Option<Case>| sample.as_ref().is_some_and(&is_wanted);
        self.is_valid_wanted = self.is_valid_wanted && is_kept(self.valid_sample());
        let wanted: Vec<bool> =
            (0..self.kinds.len()).map(|kind| is_kept(self.violation_sample(kind))).collect();
        for (kind, is_wanted) in self.kinds.iter_mut().zip(wanted) {
            kind.is_wanted &= is_wanted;
        }
    }

    /// A case of each kind that is wanted: two of one kind probe the same rule.
    pub(crate) fn samples(&self) -> impl Iterator<Item = Case> {
        let valid = self.is_valid_wanted.then(|| self.valid_sample()).flatten();
        let wanted = (0..self.kinds.len()).filter(|kind| self.kinds[*kind].is_wanted);
        valid.into_iter().chain(wanted.filter_map(|kind| self.violation_sample(kind)))
    }

    fn valid_sample(&self) -> Option<Case> {
        let bench = self.bench();
        let mut block = bench.block(Phase::Fuzzing, "");
        self.valid(&mut block, &mut None, 0);
        block.finish()?.cases.pop()
    }

    fn violation_sample(&self, kind: usize) -> Option<Case> {
        let bench = self.bench();
        let mut block = bench.block(Phase::Fuzzing, "");
        self.violation(&mut block, &mut None, kind);
        block.finish()?.cases.pop()
    }

    /// The block with this index; `None` beyond the last, or where nothing in it is wanted.
    pub(crate) fn block(&self, index: usize) -> Option<Block> {
        let first = index.checked_mul(BLOCK)?;
        let numbers = first..self.inputs.cases.min(first + BLOCK);
        let bench = self.bench();
        let mut block = bench.block(Phase::Fuzzing, format!("random {first}"));
        block.reserve(numbers.len() * CASES);
        let mut full = None;
        if self.has_full_list() && !numbers.is_empty() {
            full = block.full(&self.lists).map(|(id, _)| id);
        }
        if self.is_valid_wanted {
            numbers.clone().for_each(|number| self.valid(&mut block, &mut full, number));
        }
        for number in numbers {
            if self.kinds.get(number % self.kinds.len().max(1)).is_some_and(|kind| kind.is_wanted) {
                self.violation(&mut block, &mut full, number);
            }
        }
        let is_empty = block.len() <= usize::from(full.is_some());
        block.finish().filter(|_| !is_empty)
    }

    /// Whether each block has a case of full lists, which those with long lists are held against.
    fn has_full_list(&self) -> bool {
        !self.inputs.only_refused && !self.lists.is_empty()
    }

    fn bench(&self) -> Bench<'_> {
        Bench::of(&self.operation, &self.inputs, self.parts.clone())
    }

    /// A random valid request: every other one of letters and digits alone, which must be accepted;
    /// the rest may hold any printable character.
    fn valid(&self, block: &mut Builder<'_, '_>, full: &mut Option<String>, number: usize) {
        let mut rng = block.bench.random("valid", number);
        let plain = number.is_multiple_of(2);
        let texts = if plain { Texts::Plain } else { Texts::Printable };
        let body = self.recipe.valid_of(texts, &mut rng);
        let draft = Draft::new(
            Scenario::ValidRequest,
            &"request",
            "valid",
            format!("valid request {number}"),
        );
        let draft = self.beside_full_list(full.as_deref(), &body, draft.accepted());
        block.body(if plain { draft } else { draft.at_most(Strength::Should) }, body);
    }

    /// A random violation and its twin; the rules take turns.
    fn violation(&self, block: &mut Builder<'_, '_>, full: &mut Option<String>, number: usize) {
        let Kind { kind, .. } = &self.kinds[number % self.kinds.len()];
        let mut rng = block.bench.random("violation", number);
        let Some(labelled) = self.recipe.violate(kind, &mut rng) else { return };
        let intent = format!("the legal twin of random violation {number}");
        let twin = Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted();
        let twin = self.beside_full_list(full.as_deref(), &labelled.twin, twin);
        let draft = Draft::of(&labelled, block.bench);
        // Equal entries may be merged before they are counted.
        let repeats = labelled.scenario == Scenario::ArrayAboveMaxItems
            && has_equal_entries(&labelled.value, &labelled.place);
        let twin = block.body(twin, labelled.twin);
        let draft = draft.twin(&twin);
        block.body(if repeats { draft.at_most(Strength::Should) } else { draft }, labelled.value);
    }

    /// A legal request whose list is long is held against full lists of plain entries: a server
    /// that refuses those is blamed for that alone. `full` is their case.
    fn beside_full_list(&self, full: Option<&str>, body: &Value, draft: Draft) -> Draft {
        let Some(full) = full else { return draft };
        let is_long = |list: &TextList| {
            list.place.any(body, &|held| {
                held.as_array().is_some_and(|entries| entries.len() * 2 > list.size)
            })
        };
        if self.lists.iter().any(is_long) { draft.twin(full) } else { draft }
    }
}

fn has_equal_entries(value: &Value, list: &Place) -> bool {
    list.values(value).into_iter().filter_map(|list| list.as_array()).any(|entries| {
        let mut seen = std::collections::HashSet::new();
        !entries.iter().all(|entry| seen.insert(entry.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use crate::case::{Case, Phase};
    use crate::contract::Contract;
    use crate::generate::{Inputs, Plan, plan};

    fn random(cases: usize) -> Plan {
        let contract = Contract::builtin("koophone").expect("is built in");
        let inputs = Inputs { cases, phases: vec![Phase::Fuzzing], ..Inputs::default() };
        plan(&contract.operations[0], &inputs).expect("can be planned")
    }

    fn sent(plan: &Plan) -> Vec<(String, Option<bytes::Bytes>)> {
        let cases = plan.blocks().flat_map(|block| block.cases);
        cases.map(|case: Case| (case.id, case.request.body)).collect()
    }

    #[test]
    fn cases_are_the_same_however_many_there_are() {
        let (few, many) = (sent(&random(230)), sent(&random(450)));
        // The last block of the few is cut short, so that only whole blocks are alike.
        let first = |all: &[(String, Option<bytes::Bytes>)]| {
            let of_first = all.iter().filter(|(id, _)| id.contains("/random 0/"));
            of_first.cloned().collect::<Vec<_>>()
        };
        assert!(first(&few).len() > 590);
        assert!(first(&few) == first(&many));
    }

    #[test]
    fn requests_are_counted_without_making_them() {
        for cases in [1, 199, 200, 201, 650] {
            let plan = random(cases);
            let made: usize = plan.blocks().map(|block| block.cases.len() + 1).sum();
            assert_eq!(plan.requests(), made, "{cases}");
        }
        assert!(random(1_000_000_000).requests() > 3_000_000_000);
    }

    #[test]
    fn a_filter_keeps_what_is_wanted_and_its_twins() {
        let mut plan = random(450);
        plan.retain(|case| case.rule.within_operation() == "body.user_id/maxLength");
        let blocks: Vec<_> = plan.blocks().collect();
        let made: usize = blocks.iter().map(crate::generate::Block::requests).sum();
        assert_eq!(plan.requests(), made);
        let cases: Vec<Case> = blocks.into_iter().flat_map(|block| block.cases).collect();
        let wanted = cases.iter().filter(|case| case.rule.keyword() == "maxLength");
        assert!(wanted.clone().count() > 20);
        for case in wanted {
            assert!(cases.iter().any(|other| Some(&other.id) == case.twin.as_ref()));
        }
        plan.retain(|_| false);
        assert_eq!((plan.requests(), plan.blocks().count()), (0, 0));
    }
}
