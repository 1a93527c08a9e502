//! `--report json`: the whole outcome as one document, described by
//! `contracts/report.schema.json`.

use serde::Serialize;
use serde_json::Value;

use super::ShardRow;
use crate::case::{Phase, Request, Scenario};
use crate::check::{CheckName, Reason, Severity};
use crate::contract::{Basis, Citation, RuleId, Strength};
use crate::http::{Target, curl};
use crate::redact::{Redactor, printable_json};
use crate::run::{
    Controls, EndedEarly, Extent, Finding, Load, OperationOutcome, Outcome, RealLimit, Reproduced,
    RuleOutcome, RuleVerdict, RunVerdict,
};

/// The version of the document's shape; it rises when a reader has to change.
pub const SCHEMA_VERSION: u32 = 1;

/// Bytes of a body that are shown; the `curl` line has all of them.
const SHOWN_BODY: usize = 16 << 10;

/// A JSON report, and what it is made with.
#[derive(Clone, Copy, Debug)]
pub struct JsonReport<'r> {
    /// Where the requests went.
    pub target: &'r Target,
    /// What to call it.
    pub target_name: &'r str,
    /// Takes secrets out of everything that a server, or a request, said.
    pub redactor: &'r Redactor,
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    tool_version: &'static str,
    contract: String,
    target: String,
    target_name: String,
    seed: String,
    shard: Option<ShardRow>,
    verdict: RunVerdict,
    exit_code: u8,
    strict: bool,
    requests_sent: u64,
    traffic: Traffic,
    duration_ms: u64,
    insecure: bool,
    load: Load,
    ended_early: Option<Ended>,
    operations: Vec<OperationRow>,
    skipped: Vec<SkippedRow>,
    findings: Vec<FindingRow>,
    rules: Vec<RuleRow>,
    observations: Vec<ObservationRow>,
}

#[derive(Serialize)]
struct Traffic {
    planned: u64,
    adaptive: u64,
}

#[derive(Serialize)]
struct Ended {
    why: &'static str,
    detail: Option<String>,
}

#[derive(Serialize)]
struct OperationRow {
    id: String,
    title: String,
    controls: Controls,
    latency_ms: Option<LatencyRow>,
    valid_requests: u64,
    detection_power: f64,
    most_at_once: u64,
}

#[derive(Serialize)]
struct LatencyRow {
    median: f64,
    p99: f64,
}

#[derive(Serialize)]
struct SkippedRow {
    operation: String,
    reason: String,
}

#[derive(Serialize)]
struct FindingRow {
    operation: String,
    rule: RuleId,
    also: Vec<RuleId>,
    check: CheckName,
    severity: Severity,
    kind: &'static str,
    scenario: Scenario,
    phase: Phase,
    count: u64,
    reproduced: Reproduced,
    flaky: bool,
    sent: String,
    expected: String,
    actual: String,
    twin: Option<String>,
    real_limit: Option<RealLimit>,
    shrink_requests: u32,
    request: RequestRow,
    curl: String,
}

#[derive(Serialize)]
struct RequestRow {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<BodyRow>,
}

#[derive(Serialize)]
struct BodyRow {
    text: String,
    bytes: usize,
    utf8: bool,
    cut: bool,
}

#[derive(Serialize)]
struct RuleRow {
    id: RuleId,
    operation: String,
    summary: String,
    citation: Citation,
    strength: Strength,
    basis: Basis,
    verdict: &'static str,
    reason: Option<Value>,
    detail: Option<&'static str>,
    cases: u64,
}

#[derive(Serialize)]
struct ObservationRow {
    rule: RuleId,
    seen: Vec<Seen>,
}

#[derive(Serialize)]
struct Seen {
    what: String,
    count: u64,
}

impl JsonReport<'_> {
    /// The document, indented, with a line break at its end.
    pub fn render(&self, outcome: &Outcome, exit_code: u8) -> Vec<u8> {
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            contract: outcome.contract.clone(),
            target: self.target.label().to_owned(),
            target_name: self.text(self.target_name),
            seed: outcome.seed.clone(),
            shard: match outcome.extent {
                Extent::Shard(shard) => Some(ShardRow { index: shard.index(), of: shard.of() }),
                Extent::Whole | Extent::Shards(_) => None,
            },
            verdict: outcome.verdict(),
            exit_code,
            strict: outcome.strict,
            requests_sent: outcome.traffic.requests(),
            traffic: Traffic {
                planned: outcome.traffic.planned,
                adaptive: outcome.traffic.adaptive,
            },
            duration_ms: u64::try_from(outcome.traffic.elapsed.as_millis()).unwrap_or(u64::MAX),
            insecure: outcome.insecure,
            load: outcome.load,
            ended_early: outcome.ended_early.as_ref().map(|why| self.ended(why)),
            operations: outcome.operations.iter().map(operation).collect(),
            skipped: outcome.skipped.iter().map(|skipped| self.skipped(skipped)).collect(),
            findings: each(outcome, |of| &of.findings, |of, it| self.finding(of, it)),
            rules: each(outcome, |of| &of.rules, |of, it| self.rule(of, it)),
            observations: outcome.rules().filter_map(|rule| self.observation(rule)).collect(),
        };
        let json = serde_json::to_string_pretty(&document)
            .expect("only texts, numbers and lists, and all names of members are texts");
        let mut bytes = printable_json(json).into_bytes();
        bytes.push(b'\n');
        bytes
    }

    /// A finding as the document has it.
    pub(super) fn finding_value(&self, operation: &OperationOutcome, finding: &Finding) -> Value {
        serde_json::to_value(self.finding(operation, finding)).unwrap_or_default()
    }

    /// Text without secrets.
    fn text(&self, text: &str) -> String {
        self.redactor.redact(text).into_owned()
    }

    fn ended(&self, why: &EndedEarly) -> Ended {
        let (why, detail) = match why {
            EndedEarly::NotTheApi { answer, .. } => ("not_the_api", Some(answer)),
            EndedEarly::ControlRefused { answer, .. } => ("control_refused", Some(answer)),
            EndedEarly::NotConnected { detail, .. } => ("not_connected", Some(detail)),
            EndedEarly::Untrusted { detail, .. } => ("untrusted", Some(detail)),
            EndedEarly::ControlLost { answer, .. } => ("control_lost", Some(answer)),
            EndedEarly::Unanswered => ("unanswered", None),
            EndedEarly::Starved => ("starved", None),
            EndedEarly::RequestsSpent => ("requests_spent", None),
            EndedEarly::TimeSpent => ("time_spent", None),
            EndedEarly::Interrupted => ("interrupted", None),
            EndedEarly::Shards { detail, .. } => ("shards", Some(detail)),
        };
        Ended { why, detail: detail.map(|detail| self.text(detail)) }
    }

    fn skipped(&self, (operation, reason): &(String, String)) -> SkippedRow {
        SkippedRow { operation: operation.clone(), reason: self.text(reason) }
    }

    fn finding(&self, operation: &OperationOutcome, finding: &Finding) -> FindingRow {
        let case = &finding.case;
        FindingRow {
            operation: operation.id.clone(),
            rule: finding.rule.clone(),
            also: finding.also.clone(),
            check: finding.check,
            severity: finding.severity,
            kind: finding.kind,
            scenario: finding.scenario,
            phase: case.phase,
            count: finding.count,
            reproduced: finding.reproduced,
            flaky: finding.reproduced.is_flaky(),
            sent: self.text(&case.intent),
            expected: self.text(&finding.expected),
            actual: self.text(&finding.actual),
            twin: finding.twin.as_deref().map(|twin| self.text(twin)),
            real_limit: finding.real_limit,
            shrink_requests: finding.shrink_requests,
            request: self.request(&case.request),
            curl: self.text(&curl(self.target, &case.request)),
        }
    }

    fn request(&self, request: &Request) -> RequestRow {
        let shown = |(name, value): &(String, crate::case::FieldValue)| {
            (name.clone(), self.text(&value.to_string()))
        };
        RequestRow {
            method: request.method.clone(),
            path: self.text(&request.path),
            query: request.query.iter().map(shown).collect(),
            headers: request.headers.iter().map(shown).collect(),
            body: request.body.as_deref().map(|body| self.body(body)),
        }
    }

    fn body(&self, body: &[u8]) -> BodyRow {
        // Redacted before it is cut, so that no half of a secret is left.
        let redacted = self.redactor.redact_bytes(body);
        let shown = &redacted[..redacted.len().min(SHOWN_BODY)];
        BodyRow {
            text: String::from_utf8_lossy(shown).into_owned(),
            bytes: body.len(),
            utf8: std::str::from_utf8(body).is_ok(),
            cut: shown.len() < redacted.len(),
        }
    }

    fn rule(&self, operation: &OperationOutcome, outcome: &RuleOutcome) -> RuleRow {
        let rule = &outcome.rule;
        let (reason, detail) = reason(&outcome.verdict);
        RuleRow {
            id: rule.id.clone(),
            operation: operation.id.clone(),
            summary: self.text(&rule.summary),
            citation: rule.citation.clone(),
            strength: rule.strength,
            basis: rule.basis,
            verdict: outcome.verdict.word(),
            reason,
            detail,
            cases: outcome.cases,
        }
    }

    fn observation(&self, outcome: &RuleOutcome) -> Option<ObservationRow> {
        let RuleVerdict::Observed(seen) = &outcome.verdict else { return None };
        let seen = seen
            .iter()
            .map(|(what, count)| Seen { what: self.text(what), count: *count })
            .collect();
        Some(ObservationRow { rule: outcome.rule.id.clone(), seen })
    }
}

/// A row for each part of each operation.
fn each<'o, T: 'o, R>(
    outcome: &'o Outcome,
    parts: impl Fn(&'o OperationOutcome) -> &'o Vec<T>,
    row: impl Fn(&OperationOutcome, &T) -> R,
) -> Vec<R> {
    let operations = outcome.operations.iter();
    operations
        .flat_map(|of| parts(of).iter().map(|part| row(of, part)).collect::<Vec<_>>())
        .collect()
}

fn milliseconds(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn operation(outcome: &OperationOutcome) -> OperationRow {
    OperationRow {
        id: outcome.id.clone(),
        title: outcome.title.clone(),
        controls: outcome.controls,
        latency_ms: outcome.latency.map(|latency| LatencyRow {
            median: milliseconds(latency.median),
            p99: milliseconds(latency.p99),
        }),
        valid_requests: outcome.reach.valid,
        detection_power: outcome.reach.power(),
        most_at_once: outcome.reach.together,
    }
}

/// Why the verdict is what it is, in a word that programs may rely on, and more of it for people.
fn reason(verdict: &RuleVerdict) -> (Option<Value>, Option<&'static str>) {
    let word = |reason: Reason| serde_json::to_value(reason).ok();
    match verdict {
        RuleVerdict::Held | RuleVerdict::Observed(_) => (None, None),
        RuleVerdict::Failed(kind) | RuleVerdict::Warned(kind) => (Some((*kind).into()), None),
        RuleVerdict::Inconclusive(reason, detail) => (word(*reason), *detail),
        RuleVerdict::NotRun(why) => (Some((*why).into()), None),
    }
}
