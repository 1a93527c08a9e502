//! Which sequences an operation gets, and how long its long run is.

use std::collections::HashMap;

use super::parameters::Combinations;
use super::{Sequence, SequenceKind};
use crate::case::{Case, Expectation, GenerationMode, Phase, Scenario};
use crate::contract::Strength;
use crate::generate::coverage::{Bench, Block, Draft};

/// Independent valid requests among which a fault in 1 of 100 is found with a probability of 0.99:
/// the least n with 1 - 0.99^n of that.
const ENOUGH: usize = 459;

/// Cases of the long run between two controls.
const BLOCK: usize = 100;

/// How often one request is repeated on a kept connection, and on new ones: there a connection that
/// is closed instead of an answer can't be taken for one that was closed while it was idle, and what
/// strikes every hundredth request strikes once.
const REPETITIONS: [(SequenceKind, &str, usize); 2] = [
    (SequenceKind::Repetition, "repetition/kept", 20),
    (SequenceKind::FreshRepetition, "repetition/fresh", 100),
];

/// Requests in turn, of two or three kinds.
const TURNS: usize = 12;

/// Bursts: so many at once, and how often. The first of a size opens what connections are missing.
const BURSTS: [(usize, usize); 5] = [(2, 3), (4, 2), (8, 2), (16, 2), (32, 2)];

/// Bursts in which every second request breaks a rule.
const MIXED: [usize; 2] = [8, 16];

/// Rules that are broken in mixed bursts.
const MIXED_RULES: usize = 4;

/// The blocks of the long run, so that with the other phases' valid requests and those of the
/// sequences there are enough.
pub(crate) fn long_run(bench: &Bench<'_>, planned: usize) -> impl Iterator<Item = Block> {
    let missing = ENOUGH.saturating_sub(planned);
    let recipe = bench.recipe();
    let combinations = Combinations::new(bench);
    (0..missing).step_by(BLOCK).filter_map(move |first| {
        let mut block = bench.block(Phase::Stateful, format!("long run {first}"));
        for number in first..missing.min(first + BLOCK) {
            let intent = format!("valid request {number} of a long run");
            let draft = Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted();
            match recipe {
                Some(recipe) => {
                    let body = bench.lively(recipe, &mut bench.random("long run", number));
                    block.varied(draft, body, |request| combinations.put(bench, request, number))
                }
                None => block.request(draft, |request| combinations.put(bench, request, number)),
            };
        }
        block.finish()
    })
}

/// Makes the sequences, in the order of running. `refused` are cases of each way to break each place.
pub(crate) fn sequences(
    bench: &Bench<'_>,
    refused: impl Iterator<Item = Case>,
    take: &mut impl FnMut(Sequence),
) {
    let valid = distinct(bench);
    let Some(plain) = valid.first() else { return };
    let rule = |keyword| bench.operation.rule_id("request", keyword);
    for (kind, name, times) in REPETITIONS {
        // Another than the control, which is repeated anyway.
        let case = valid.get(1).unwrap_or(plain);
        let cases = vec![case.clone(); times];
        take(Sequence::new(format!("stateful/{name}"), kind, rule("repetition"), cases));
    }
    if valid.len() > 1 {
        let cases = in_turn(&valid[..valid.len().min(3)], TURNS, 0);
        let (id, kind) = ("stateful/alternation".to_owned(), SequenceKind::Alternation);
        take(Sequence::new(id, kind, rule("repetition"), cases));
    }
    let mut violating: Vec<Case> = Vec::new();
    let mut companion = None;
    let mut ways: HashMap<String, u32> = HashMap::new();
    for case in refused {
        if must_be_refused(&case) {
            // The one that is refused before its body is looked at.
            if companion.is_none() && case.scenario.is_credential() {
                companion = Some(case.clone());
            }
            violating.push(case.clone());
        }
        let way = format!("stateful/after/{}/{}", case.scenario, case.rule.location());
        let times = ways.entry(way.clone()).and_modify(|times| *times += 1).or_insert(1);
        let id = if *times == 1 { way } else { format!("{way}/{times}") };
        // An answer that is left over from what was accepted last would be the right one again.
        let other = valid.get(1).cloned();
        let cases = other.into_iter().chain([case, plain.clone()]).collect();
        take(Sequence::new(id, SequenceKind::AfterRefusal, rule("afterMalformed"), cases));
    }
    // Who is calling is the first thing that may be mixed up.
    let mut few: Vec<Case> =
        companion.iter().chain(&violating).take(MIXED_RULES).cloned().collect();
    few.dedup_by(|one, other| one.request == other.request);
    for (size, rounds) in BURSTS {
        for round in 0..rounds {
            let id = format!("stateful/burst/{size}/{round}");
            let cases = in_turn(&valid, size, round);
            take(Sequence::new(id, SequenceKind::Burst(size), rule("concurrency"), cases));
        }
        if MIXED.contains(&size) && !few.is_empty() {
            let mut cases = in_turn(&valid, size, 0);
            for (at, case) in cases.iter_mut().enumerate().filter(|(at, _)| at % 2 == 1) {
                *case = few[at / 2 % few.len()].clone();
            }
            let id = format!("stateful/burst/{size}/mixed");
            take(Sequence::new(id, SequenceKind::Burst(size), rule("concurrency"), cases));
        }
    }
    // Last, since what was enforced at first may not be any more.
    for (number, case) in violating.into_iter().enumerate() {
        let id = format!("stateful/refused/{number}");
        let other = companion.clone().filter(|other| other.rule != case.rule);
        let cases = other.into_iter().chain([case]).collect();
        take(Sequence::new(id, SequenceKind::Refusals, rule("afterMalformed"), cases));
    }
}

/// Valid requests whose answers can be told apart as far as possible, the plain one first.
fn distinct(bench: &Bench<'_>) -> Vec<Case> {
    let mut block = bench.block(Phase::Stateful, "valid");
    let draft = |number: usize| {
        let intent = format!("valid request {}", number + 1);
        Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted()
    };
    let bodies = bench.distinct_bodies();
    if bodies.is_empty() {
        block.request(draft(0), |_| {});
    }
    for (number, body) in bodies.into_iter().enumerate() {
        block.body(draft(number), body);
    }
    block.finish().map_or_else(Vec::new, |block| block.cases)
}

/// `count` of these cases, each in its turn, beginning with the one at `from`.
fn in_turn(cases: &[Case], count: usize, from: usize) -> Vec<Case> {
    cases.iter().cycle().skip(from % cases.len()).take(count).cloned().collect()
}

/// Whether a case is one of a refusal behind which a valid request is sent: a body of many kilobytes is
/// read long after it was refused.
pub(crate) fn is_apt(case: &Case) -> bool {
    case.mode == GenerationMode::Negative && case.scenario != Scenario::LargeBody
}

/// Whether a case must be refused.
fn must_be_refused(case: &Case) -> bool {
    matches!(case.expectation, Expectation::Refused(_))
        && case.strength == Strength::Must
        && !matches!(case.scenario, Scenario::UnsupportedMethod | Scenario::UnknownPath)
}
