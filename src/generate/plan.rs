//! All requests that a run will send, a function of contract and inputs alone.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::coverage::{self, Bench, Block, Draft, Random};
use super::packed::{PackedBlock, PackedSequence};
use super::written::Written;
use super::{Bounds, Inputs, Sequence, Shard, deal, stateful};
use crate::case::{Case, GenerationMode, Phase, Scenario};
use crate::contract::{Operation, ParameterLocation, RuleId, Strength};

/// The planned cases of one operation: a function of contract and inputs alone.
///
/// The finite cases are made at once and kept in little space, random ones when [`blocks`](Self::blocks) comes to them: a
/// plan of a million cases takes no more space than one of a hundred.
#[derive(Clone, Debug)]
pub struct Plan {
    parts: Vec<Part>,
    sequences: Vec<PackedSequence>,
    /// The shard that it is for; `None` where it is whole.
    shard: Option<Shard>,
    /// Rules that no case can probe, each with the reason.
    pub unplanned: Vec<Unplanned>,
}

/// The blocks of one phase.
#[derive(Clone, Debug)]
enum Part {
    Finite(Vec<PackedBlock>),
    Random(Box<Random>),
}

impl Plan {
    /// The blocks in the order of running, made on the way. Each time they are the same.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        self.numbered_blocks().map(|(_, block)| block)
    }

    /// The blocks, each with its index among those of its phase in the plan of all shards.
    pub fn numbered_blocks(&self) -> impl Iterator<Item = (usize, Block)> {
        self.parts.iter().flat_map(|part| {
            (0..part.len()).filter_map(|index| Some((index, part.block(index, self.shard)?)))
        })
    }

    /// The cases of the blocks, random ones by one of each kind.
    pub fn samples(&self) -> impl Iterator<Item = Cow<'_, Case>> {
        self.parts.iter().flat_map(Part::samples)
    }

    /// How many requests are planned, each block's first control among them. Random cases are
    /// counted without being made: luck may fail one in very many, and a shard's part is about as
    /// large as that of others.
    pub fn requests(&self) -> usize {
        self.requests_of(self.shard)
    }

    /// The same for all shards together, in one process.
    pub fn requests_of_all_shards(&self) -> usize {
        self.requests_of(None)
    }

    fn requests_of(&self, shard: Option<Shard>) -> usize {
        let blocks: usize = self.parts.iter().map(|part| part.requests(shard)).sum();
        let sequences = self.sequences.iter().filter(|sequence| falls_to(sequence, shard));
        blocks + sequences.map(PackedSequence::len).sum::<usize>()
    }

    /// What is sent behind the blocks: requests that belong together, each with its index in the plan
    /// of all shards.
    pub fn sequences(&self) -> impl Iterator<Item = (usize, Sequence)> {
        let sequences = self.sequences.iter().enumerate();
        let own = sequences.filter(|(_, sequence)| falls_to(sequence, self.shard));
        own.map(|(index, sequence)| (index, sequence.unpacked()))
    }

    /// Keeps the sequences that `is_wanted` picks.
    pub fn retain_sequences(&mut self, is_wanted: impl Fn(&Sequence) -> bool) {
        self.sequences.retain(|sequence| is_wanted(&sequence.unpacked()));
    }

    /// Keeps what falls to a shard. Shards don't overlap, and together they send what the whole
    /// plan sends, controls aside.
    pub fn deal(&mut self, shard: Shard) {
        self.shard = (shard.of() > 1).then_some(shard);
    }

    /// Keeps the cases that `is_wanted` picks, with their twins. Of random cases it is asked once
    /// for each kind.
    pub fn retain(&mut self, is_wanted: impl Fn(&Case) -> bool) {
        for part in &mut self.parts {
            match part {
                Part::Finite(blocks) => {
                    let kept = blocks.iter().filter_map(|packed| {
                        let mut block = packed.unpacked();
                        block.retain(&is_wanted);
                        let is_left = !block.cases.is_empty();
                        is_left.then(|| PackedBlock::new(packed.plain(), block))
                    });
                    *blocks = kept.collect();
                }
                Part::Random(random) => random.retain(&is_wanted),
            }
        }
    }
}

impl Part {
    /// The number of blocks, those of other shards among them.
    fn len(&self) -> usize {
        match self {
            Self::Finite(blocks) => blocks.len(),
            Self::Random(random) => random.len(),
        }
    }

    /// What falls to the shard of the block with this index.
    fn block(&self, index: usize, shard: Option<Shard>) -> Option<Block> {
        let whole = match self {
            Self::Finite(blocks) => blocks[index].unpacked(),
            Self::Random(random) => {
                if let Some(whole) = shard.filter(|shard| shard.deals_whole(random.len())) {
                    return whole.has_turn(index).then(|| random.block(index)).flatten();
                }
                random.block(index)?
            }
        };
        match shard {
            None => Some(whole),
            Some(shard) => whole.dealt(shard),
        }
    }

    fn samples(&self) -> Box<dyn Iterator<Item = Cow<'_, Case>> + '_> {
        match self {
            Self::Finite(blocks) => {
                Box::new(blocks.iter().flat_map(|block| block.unpacked().cases).map(Cow::Owned))
            }
            Self::Random(random) => Box::new(random.samples().map(Cow::Owned)),
        }
    }

    fn requests(&self, shard: Option<Shard>) -> usize {
        match (self, shard) {
            (Self::Finite(blocks), None) => {
                blocks.iter().map(|block| block.heads().count() + 1).sum()
            }
            (Self::Finite(blocks), Some(shard)) => {
                blocks.iter().map(|block| deal::requests_of(block.heads(), shard)).sum()
            }
            (Self::Random(random), None) => random.requests(),
            (Self::Random(random), Some(shard)) => {
                let shards = usize::try_from(shard.of()).unwrap_or(usize::MAX);
                let controls = random.len();
                random.requests().saturating_sub(controls) / shards + controls
            }
        }
    }
}

/// A rule that no case of the plan probes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    /// The rule.
    pub rule: RuleId,
    /// Why: `no expired token given`.
    pub reason: &'static str,
    /// Whether the user could change that, so that the rule is inconclusive and not just "not run".
    pub inconclusive: bool,
}

/// Makes requests for `operation` beside the plan, or says why none can be made.
pub fn bounds<'b>(operation: &'b Operation, inputs: &'b Inputs) -> Result<Bounds<'b>, String> {
    Bench::new(operation, inputs).map(Bounds::new)
}

/// Plans the cases of `operation`, or says why none can be made.
pub fn plan(operation: &Arc<Operation>, inputs: &Inputs) -> Result<Plan, String> {
    let bench = Bench::new(operation, inputs)?;
    let part = |phase: &Phase| match phase {
        Phase::Examples => Some(packed(examples(&bench).into_iter())),
        Phase::Coverage => Some(packed(coverage::blocks(&bench))),
        // It is made from what the other phases leave to do.
        Phase::Stateful => None,
        Phase::Fuzzing => {
            let random = Random::new(operation, &Arc::new(inputs.clone()), &bench)?;
            Some(Part::Random(Box::new(random)))
        }
    };
    let parts: Vec<Part> = inputs.phases.iter().filter_map(part).collect();
    let mut unplanned = unplanned(&bench);
    unplanned.extend(unsendable(&bench, &parts));
    let mut plan = Plan { parts, sequences: Vec::new(), shard: None, unplanned };
    if inputs.phases.contains(&Phase::Stateful) && !inputs.only_refused {
        plan.add_stateful(&bench);
    }
    Ok(plan)
}

impl Plan {
    /// Adds the stateful phase: sequences, and a long run that tops up the valid requests of all.
    fn add_stateful(&mut self, bench: &Bench<'_>) {
        let finite = self.parts.iter().filter_map(|part| match part {
            Part::Finite(blocks) => Some(blocks.as_slice()),
            Part::Random(_) => None,
        });
        let finite: Vec<&PackedBlock> = finite.flatten().collect();
        let plain = Arc::new(bench.block(Phase::Stateful, "").plain());
        let mut sequences = Vec::new();
        let mut take = |sequence| sequences.push(PackedSequence::new(&plain, sequence));
        if bench.inputs.phases.contains(&Phase::Coverage) {
            stateful::sequences(bench, refused(&finite), &mut take);
        } else {
            let Part::Finite(made) = packed(coverage::blocks(bench)) else { return };
            let made: Vec<&PackedBlock> = made.iter().collect();
            stateful::sequences(bench, refused(&made), &mut take);
        }
        let is_valid = |case: &&Case| case.mode == GenerationMode::Positive;
        let finite: usize = finite.iter().map(|block| block.heads().filter(is_valid).count()).sum();
        let is_random = |part: &Part| matches!(part, Part::Random(_));
        // Each number stands for a valid request and for a violation's twin.
        let random = if self.parts.iter().any(is_random) { bench.inputs.cases * 2 } else { 0 };
        let valid: usize = sequences.iter().map(|sequence| sequence.valid).sum();
        let long_run = stateful::long_run(bench, finite + random + valid);
        self.parts.push(packed(long_run));
        self.sequences = sequences;
    }
}

/// Whether a sequence is for this shard: it is dealt as a whole.
fn falls_to(sequence: &PackedSequence, shard: Option<Shard>) -> bool {
    shard.is_none_or(|shard| shard.takes(&sequence.id))
}

/// Blocks of one operation, of which each has a control with the plain body.
fn packed(blocks: impl Iterator<Item = Block>) -> Part {
    let mut plain: Option<Arc<Case>> = None;
    let pack = |block: Block| {
        let plain = plain.get_or_insert_with(|| Arc::new(block.control.clone()));
        PackedBlock::new(plain, block)
    };
    Part::Finite(blocks.map(pack).collect())
}

/// The first case of each way to break each place; of whole bodies of a wrong type the first of each, as
/// each takes another way through a reader.
fn refused(blocks: &[&PackedBlock]) -> impl Iterator<Item = Case> {
    let mut known: HashSet<(Scenario, &str, Option<u8>)> = HashSet::new();
    let cases = blocks
        .iter()
        .flat_map(|block| block.heads().enumerate().map(move |(index, case)| (block, index, case)));
    cases.filter(|(_, _, case)| stateful::is_apt(case)).filter_map(move |(block, index, case)| {
        let location = case.rule.location();
        let is_other = location == "body" && case.scenario == Scenario::IncorrectType;
        let whole = is_other.then(|| block.case(index));
        let start = whole.as_ref().and_then(|case| case.request.body.as_ref()?.first().copied());
        let is_new = known.insert((case.scenario, location, start));
        is_new.then(|| whole.unwrap_or_else(|| block.case(index)))
    })
}

fn examples(bench: &Bench<'_>) -> Option<Block> {
    let operation = bench.operation;
    let mut block = bench.block(Phase::Examples, "examples");
    let draft =
        |what: String| Draft::new(Scenario::Example, &"request", "examples", what).accepted();
    for (name, example) in operation.body.iter().flat_map(|body| &body.examples) {
        block.body(draft(format!("the example `{name}`")), example.clone());
    }
    for parameter in &operation.parameters {
        for example in &parameter.examples {
            let Some(written) = Written::new(parameter, example) else { continue };
            let what = format!("the example {example} of the parameter `{}`", parameter.name);
            block.request(draft(what), |request| written.put(operation, request, parameter));
        }
    }
    block.finish()
}

impl Bench<'_> {
    /// Whether some source decides the rule `keyword` at `location`.
    pub(crate) fn is_decided(&self, location: &str, keyword: &str) -> bool {
        let id = self.operation.rule_id(location, keyword);
        self.strength(&id) > Strength::Open
    }
}

/// Rules of parameters and their examples without a case, though the phase that has them is planned.
fn unsendable(bench: &Bench<'_>, parts: &[Part]) -> Vec<Unplanned> {
    let operation = bench.operation;
    let finite = parts.iter().filter_map(|part| match part {
        Part::Finite(blocks) => Some(blocks),
        Part::Random(_) => None,
    });
    let probed: HashSet<&RuleId> =
        finite.flatten().flat_map(PackedBlock::heads).map(|case| &case.rule).collect();
    let has = |phase| bench.inputs.phases.contains(&phase);
    let is_parameters = |rule: &RuleId| {
        let value = rule.location().strip_suffix("/items").unwrap_or(rule.location());
        operation.parameters.iter().any(|parameter| {
            let place = value.strip_prefix(parameter.location.as_str());
            place.and_then(|rest| rest.strip_prefix('.')) == Some(&parameter.name)
        })
    };
    let row = |rule: &RuleId, reason| Unplanned { rule: rule.clone(), reason, inconclusive: false };
    let missing = operation.rules.iter().map(|rule| &rule.id).filter(|rule| !probed.contains(rule));
    let rows = missing.filter_map(|rule| {
        if has(Phase::Coverage) && is_parameters(rule) {
            Some(row(rule, "no request can carry a value that breaks it alone"))
        } else if has(Phase::Examples) && rule.within_operation() == "request/examples" {
            Some(row(rule, "no request can carry the documented examples"))
        } else {
            None
        }
    });
    rows.collect()
}

fn unplanned(bench: &Bench<'_>) -> Vec<Unplanned> {
    let operation = bench.operation;
    let mut rows = Vec::new();
    if !bench.inputs.phases.contains(&Phase::Stateful) || bench.inputs.only_refused {
        rows.extend(["afterMalformed", "concurrency"].map(|keyword| Unplanned {
            rule: operation.rule_id("request", keyword),
            reason: "no selected phase probes it",
            inconclusive: false,
        }));
    }
    for credential in &operation.credentials {
        let location = credential.location_name();
        let rule = |keyword| operation.rule_id(&location, keyword);
        rows.push(Unplanned {
            rule: rule("expired"),
            reason: "no expired token given",
            inconclusive: true,
        });
        if credential.location == ParameterLocation::Cookie {
            rows.push(Unplanned {
                rule: rule("blank"),
                reason: "a cookie's value holds no blanks",
                inconclusive: false,
            });
        }
        if credential.location != ParameterLocation::Header {
            rows.push(Unplanned {
                rule: rule("elsewhere"),
                reason: "tried with credentials in headers",
                inconclusive: false,
            });
        } else if !bench.inputs.credential_in_url {
            rows.push(Unplanned {
                rule: rule("elsewhere"),
                reason: "a real token goes into a URL only on loopback",
                inconclusive: false,
            });
        }
        rows.push(Unplanned {
            rule: rule("letterCase"),
            reason: "the token reads the same in both cases",
            inconclusive: false,
        });
    }
    rows.push(Unplanned {
        rule: operation.rule_id("body", "duplicateMembers"),
        reason: "no member of the body has a length limit",
        inconclusive: false,
    });
    rows.extend(bench.ambiguous().into_iter().map(|rule| Unplanned {
        rule,
        reason: "another path of the document fits its cases too",
        inconclusive: false,
    }));
    rows.extend(bench.too_large().into_iter().map(|rule| Unplanned {
        rule,
        reason: coverage::TOO_LARGE,
        inconclusive: false,
    }));
    rows
}
