//! The fuzzing phase: random valid requests, and violations of exactly one rule beside their twins.

use super::bench::{Bench, Block, Draft};
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Strength};
use crate::generate::{Recipe, Texts};

/// Cases between two controls.
const BLOCK: usize = 50;

/// The blocks of the fuzzing phase: `inputs.cases` valid requests, and as many violations.
pub(crate) fn blocks(bench: &Bench<'_>) -> Vec<Block> {
    let Some(recipe) = bench.recipe() else { return Vec::new() };
    let numbers: Vec<usize> = (0..bench.inputs.cases).collect();
    let pieces = numbers.chunks(BLOCK);
    pieces
        .flat_map(|numbers| [valid(bench, &recipe, numbers), violating(bench, &recipe, numbers)])
        .flatten()
        .collect()
}

/// Random valid requests: every other one of letters and digits alone, which must be accepted;
/// the rest may hold any printable character.
fn valid(bench: &Bench<'_>, recipe: &Recipe, numbers: &[usize]) -> Option<Block> {
    let mut block = bench.block(Phase::Fuzzing, format!("random valid {}", numbers[0]));
    for number in numbers {
        let mut rng = bench.random("valid", *number);
        let plain = number % 2 == 0;
        let body = recipe.valid_of(if plain { Texts::Plain } else { Texts::Printable }, &mut rng);
        let draft = Draft::new(
            Scenario::ValidRequest,
            &"request",
            "valid",
            format!("valid request {number}"),
        );
        let draft = draft.accepted();
        block.body(if plain { draft } else { draft.at_most(Strength::Should) }, body);
    }
    block.finish()
}

/// Random violations, the rules in turn, each with its twin.
fn violating(bench: &Bench<'_>, recipe: &Recipe, numbers: &[usize]) -> Option<Block> {
    let kinds = recipe.violations();
    if kinds.is_empty() {
        return None;
    }
    let mut block = bench.block(Phase::Fuzzing, format!("random violations {}", numbers[0]));
    for number in numbers {
        let kind = &kinds[number % kinds.len()];
        let mut rng = bench.random("violation", *number);
        let Some(labelled) = recipe.violate(kind, &mut rng) else { continue };
        let intent = format!("the legal twin of random violation {number}");
        let twin = Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted();
        let twin = block.body(twin, labelled.twin.clone());
        let draft = Draft::of(&labelled, bench).twin(&twin);
        // Equal entries may be merged before they are counted.
        let repeats = labelled.scenario == Scenario::ArrayAboveMaxItems
            && has_equal_entries(&labelled.value, &labelled.place);
        block.body(if repeats { draft.at_most(Strength::Should) } else { draft }, labelled.value);
    }
    block.finish()
}

fn has_equal_entries(value: &serde_json::Value, list: &Place) -> bool {
    list.values(value).into_iter().filter_map(|list| list.as_array()).any(|entries| {
        let mut seen = std::collections::HashSet::new();
        !entries.iter().all(|entry| seen.insert(entry.to_string()))
    })
}
