//! Shards of a run, joined into one outcome.

use std::collections::BTreeMap;

use super::{
    AnswerShapes, Controls, EndedEarly, Evidence, Extent, Load, OperationOutcome, Outcome, Traffic,
};
use crate::generate::Shard;

/// What is the same for all shards of a run.
#[derive(Clone, Debug)]
pub struct SharedParts {
    /// The contract's name.
    pub contract: String,
    /// The seed.
    pub seed: String,
    /// Warnings fail the run.
    pub strict: bool,
    /// The operations of the plan in its order: ids, and methods with paths.
    pub operations: Vec<(String, String)>,
    /// Operations that are not tested, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// How many shards there are.
    pub of: u32,
}

/// What one shard came to.
#[derive(Clone, Debug)]
pub struct ShardPart {
    /// Which one it is.
    pub shard: Shard,
    /// Its operations, by id.
    pub operations: BTreeMap<String, OperationPart>,
    /// What it sent.
    pub traffic: Traffic,
    /// What it learned of the target's load.
    pub load: Load,
    /// Certificates were not checked.
    pub insecure: bool,
    /// Why it ended before its plan did, if it did.
    pub ended_early: Option<EndedEarly>,
    /// Whether it came to an end of its own, and said so.
    pub has_ended: bool,
}

/// What one shard saw of one operation.
#[derive(Clone, Debug, Default)]
pub struct OperationPart {
    /// What the answers came to.
    pub evidence: Evidence,
    /// How its controls fared.
    pub controls: Controls,
    /// What the answers look like.
    pub shapes: AnswerShapes,
    /// Whether all of it is there.
    pub is_whole: bool,
}

impl Outcome {
    /// Joins shards into the outcome of the whole run.
    ///
    /// What missing shards, or those that were stopped, would have shown is inconclusive. Shards
    /// don't overlap; that they are of one run is for the caller to see.
    pub fn join(shared: SharedParts, mut parts: Vec<ShardPart>) -> Self {
        parts.sort_by_key(|part| part.shard.index());
        let mut operations = Vec::new();
        let mut skipped = shared.skipped;
        for (id, title) in shared.operations {
            match operation(&id, &title, shared.of, &mut parts) {
                Some(outcome) => operations.push(outcome),
                None => skipped.push((title, "no shard came to it".to_owned())),
            }
        }
        Self {
            contract: shared.contract,
            seed: shared.seed,
            operations,
            skipped,
            traffic: Traffic {
                planned: parts.iter().map(|part| part.traffic.planned).sum(),
                adaptive: parts.iter().map(|part| part.traffic.adaptive).sum(),
                elapsed: parts.iter().map(|part| part.traffic.elapsed).max().unwrap_or_default(),
            },
            load: parts.iter().fold(Load::default(), |mut load, part| {
                load.add(part.load);
                load
            }),
            insecure: parts.iter().any(|part| part.insecure),
            ended_early: ended_early(shared.of, &parts),
            refused: Vec::new(),
            strict: shared.strict,
            extent: if shared.of > 1 { Extent::Shards(shared.of) } else { Extent::Whole },
        }
    }
}

/// What all shards together saw of one operation; `None` where none came to it.
fn operation(id: &str, title: &str, of: u32, parts: &mut [ShardPart]) -> Option<OperationOutcome> {
    let seen = parts.iter_mut().filter_map(|part| part.operations.remove(id));
    let (mut whole, mut joined): (u32, Option<OperationPart>) = (0, None);
    for part in seen {
        whole += u32::from(part.is_whole);
        match &mut joined {
            None => joined = Some(part),
            Some(joined) => {
                joined.evidence.add(part.evidence);
                joined.controls.add(part.controls);
                joined.shapes.add_all(&part.shapes);
            }
        }
    }
    let mut joined = joined?;
    if whole < of {
        joined.evidence.miss();
    }
    let extent = Extent::Shards(of);
    let name = (id.to_owned(), title.to_owned());
    Some(OperationOutcome::of(name, joined.evidence, joined.controls, joined.shapes, extent))
}

/// Why the run as a whole ended before its plan did.
fn ended_early(of: u32, parts: &[ShardPart]) -> Option<EndedEarly> {
    let mut missing = Vec::new();
    let mut ended = Vec::new();
    for index in 1..=of {
        let Some(part) = parts.iter().find(|part| part.shard.index() == index) else {
            missing.push(format!("shard {index} of {of} is missing"));
            continue;
        };
        match &part.ended_early {
            _ if !part.has_ended => missing.push(format!("{} did not come to its end", part.shard)),
            Some(EndedEarly::Interrupted) => {
                missing.push(format!("{} was interrupted", part.shard));
            }
            Some(why) => ended.push((part.shard, why)),
            None => {}
        }
    }
    let is_missing = !missing.is_empty();
    if !is_missing && ended.len() == parts.len() {
        // Where one of them got on, the run as a whole did.
        let got_on = ended.iter().find(|(_, why)| !why.is_before_anything());
        return got_on.or(ended.first()).map(|(_, why)| (*why).clone());
    }
    missing.extend(ended.iter().map(|(shard, why)| format!("{shard} ended early: {why}")));
    let detail = missing.join("; ");
    (!missing.is_empty()).then_some(EndedEarly::Shards { detail, is_missing })
}

impl Controls {
    /// Adds those of another shard.
    fn add(&mut self, other: Self) {
        if other.sent == 0 {
            return;
        }
        let is_first = self.sent == 0;
        self.first = other.first && (is_first || self.first);
        self.last = other.last && (is_first || self.last);
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.unknown += other.unknown;
    }
}
