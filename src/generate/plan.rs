//! All requests that a run will send, decided before the first is sent.

use super::coverage::{self, Bench, Block, Draft};
use super::{Bounds, Inputs};
use crate::case::{Phase, Scenario};
use crate::contract::{Operation, RuleId, Strength};

/// The planned cases of one operation: a function of contract and inputs alone.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The blocks in the order of running.
    pub blocks: Vec<Block>,
    /// Rules that no case can probe, each with the reason.
    pub unplanned: Vec<Unplanned>,
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
pub fn plan(operation: &Operation, inputs: &Inputs) -> Result<Plan, String> {
    let bench = Bench::new(operation, inputs)?;
    let mut blocks = Vec::new();
    for phase in &inputs.phases {
        match phase {
            Phase::Examples => blocks.extend(examples(&bench)),
            Phase::Coverage => blocks.extend(coverage::blocks(&bench)),
            Phase::Fuzzing => blocks.extend(coverage::random_blocks(&bench)),
        }
    }
    Ok(Plan { blocks, unplanned: unplanned(&bench) })
}

fn examples(bench: &Bench<'_>) -> Option<Block> {
    let mut block = bench.block(Phase::Examples, "examples");
    for (name, example) in &bench.operation.body.as_ref()?.examples {
        let draft =
            Draft::new(Scenario::Example, &"request", "examples", format!("the example `{name}`"));
        block.body(draft.accepted(), example.clone());
    }
    block.finish()
}

impl Bench<'_> {
    /// Whether some source decides the rule `keyword` at `location`.
    pub(crate) fn is_decided(&self, location: &str, keyword: &str) -> bool {
        let id = self.operation.rule_id(location, keyword);
        self.operation.rule(&id).is_some_and(|rule| rule.strength > Strength::Open)
    }
}

fn unplanned(bench: &Bench<'_>) -> Vec<Unplanned> {
    let operation = bench.operation;
    let mut rows = Vec::new();
    for credential in &operation.credentials {
        let location = format!("header.{}", credential.name);
        let rule = |keyword| operation.rule_id(&location, keyword);
        rows.push(Unplanned {
            rule: rule("expired"),
            reason: "no expired token given",
            inconclusive: true,
        });
        if !bench.inputs.credential_in_url {
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
    rows
}
