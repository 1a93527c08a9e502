//! `--report json` of an audit: the whole outcome as one document, in the shape of
//! `contracts/audit.schema.json`.

use serde::Serialize;
use serde_json::Value;

use super::{Audit, Fate, Requests, Trouble};
use crate::contract::{RuleId, Strength};
use crate::stub::{Family, Wire};

/// The version of the document's shape; it rises when a reader has to change.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool_version: &'static str,
    contract: &'a str,
    seed: &'a str,
    exit_code: u8,
    duration_ms: u64,
    timeout_ms: u64,
    trial_time_ms: u64,
    interrupted: bool,
    score: Score,
    requests: Requests,
    baseline: Baseline<'a>,
    variants: Vec<VariantRow<'a>>,
    mutants: Vec<MutantRow<'a>>,
    skipped: Vec<SkippedRow<'a>>,
}

#[derive(Serialize)]
struct SkippedRow<'a> {
    operation: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Score {
    mutants: usize,
    caught: usize,
    caught_by_the_very_rule: usize,
    missed: usize,
    timeout: usize,
    unviable: usize,
    variants: usize,
    flagged: usize,
    untried: usize,
}

#[derive(Serialize)]
struct Baseline<'a> {
    requests: u64,
    troubles: &'a [Trouble],
}

#[derive(Serialize)]
struct VariantRow<'a> {
    id: &'a str,
    description: &'a str,
    requests: u64,
    duration_ms: u64,
    flagged: &'a [Trouble],
    warnings: &'a [Trouble],
}

#[derive(Serialize)]
struct MutantRow<'a> {
    id: &'a str,
    family: Family,
    rule: &'a RuleId,
    strength: Strength,
    description: &'a str,
    needs: Option<Wire>,
    duration_ms: u64,
    #[serde(flatten)]
    fate: &'a Fate,
}

/// The document, indented, with a line break at its end.
pub fn json(audit: &Audit, exit_code: u8) -> Vec<u8> {
    let milliseconds =
        |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        contract: &audit.contract,
        seed: &audit.seed,
        exit_code,
        duration_ms: milliseconds(audit.elapsed),
        timeout_ms: milliseconds(audit.timeout),
        trial_time_ms: milliseconds(audit.trial_time),
        interrupted: audit.interrupted,
        score: Score {
            mutants: audit.mutants.len(),
            caught: audit.count("caught"),
            caught_by_the_very_rule: audit.named(),
            missed: audit.count("missed"),
            timeout: audit.count("timeout"),
            unviable: audit.count("unviable"),
            variants: audit.variants.len(),
            flagged: audit.variants.iter().filter(|row| !row.flagged.is_empty()).count(),
            untried: audit.untried(),
        },
        requests: audit.requests(),
        baseline: Baseline { requests: audit.baseline_requests, troubles: &audit.baseline },
        variants: audit
            .variants
            .iter()
            .map(|row| VariantRow {
                id: &row.variant.id,
                description: &row.variant.description,
                requests: row.requests,
                duration_ms: milliseconds(row.elapsed),
                flagged: &row.flagged,
                warnings: &row.warnings,
            })
            .collect(),
        mutants: audit
            .mutants
            .iter()
            .map(|row| MutantRow {
                id: &row.mutant.id,
                family: row.mutant.family,
                rule: &row.mutant.rule,
                strength: row.mutant.strength,
                description: &row.mutant.description,
                needs: row.mutant.needs,
                duration_ms: milliseconds(row.elapsed),
                fate: &row.fate,
            })
            .collect(),
        skipped: audit
            .skipped
            .iter()
            .map(|(operation, reason)| SkippedRow { operation, reason })
            .collect(),
    };
    // Texts, numbers and lists only: there is nothing that JSON can't hold.
    let value = serde_json::to_value(&document).unwrap_or(Value::Null);
    let mut bytes = format!("{value:#}").into_bytes();
    bytes.push(b'\n');
    bytes
}
