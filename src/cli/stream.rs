//! `--report ndjson`: lines that are written while the run goes on.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::flags::ReportFormat;
use crate::config::Settings;
use crate::http::Target;
use crate::redact::Redactor;
use crate::report::{
    ContractRow, Header, NDJSON_VERSION, NdjsonReport, OperationHead, ShardRow, SkippedHead,
};
use crate::run::{Event, Listener, Outcome, RunPlan};

/// One place that gets every line as soon as it is known.
pub(super) struct Stream {
    report: NdjsonReport,
    place: String,
    out: Box<dyn Write>,
    /// The first error; nothing is written after it.
    failure: Option<io::Error>,
}

impl Stream {
    /// Opens the places of all NDJSON reports of the settings, and writes their first line. The
    /// error says which can't be written.
    pub(super) fn open(settings: &Settings, report: &NdjsonReport) -> Result<Vec<Self>, String> {
        let reports = settings.reports.iter();
        let wanted = reports.filter(|report| report.format == ReportFormat::Ndjson);
        let streams = wanted.map(|flag| Self::start(flag.path.as_deref(), report.clone()));
        streams.collect()
    }

    fn start(path: Option<&Path>, report: NdjsonReport) -> Result<Self, String> {
        let place = path.map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
        let out: Box<dyn Write> = match path {
            None => Box::new(io::stdout()),
            Some(path) => match File::create(path) {
                Ok(file) => Box::new(file),
                Err(error) => return Err(unwritten(&place, &error)),
            },
        };
        let mut stream = Self { report, place, out, failure: None };
        stream.put(&stream.report.start());
        match stream.failure {
            Some(error) => Err(unwritten(&stream.place, &error)),
            None => Ok(stream),
        }
    }

    /// Writes whole lines at once, so that a kill leaves none in half.
    fn put(&mut self, lines: &[u8]) {
        if lines.is_empty() || self.failure.is_some() {
            return;
        }
        self.failure = self.out.write_all(lines).and_then(|()| self.out.flush()).err();
    }

    /// Writes the last line. The error says what couldn't be written.
    pub(super) fn end(mut self, outcome: &Outcome, exit_code: u8) -> Result<(), String> {
        self.put(&self.report.end(outcome, exit_code));
        self.failure.map_or(Ok(()), |error| Err(unwritten(&self.place, &error)))
    }
}

impl Listener for Stream {
    fn event(&mut self, event: Event<'_>) {
        self.put(&self.report.lines(&event));
    }
}

fn unwritten(place: &str, error: &io::Error) -> String {
    format!("the report {place} can't be written: {error}")
}

/// The first line of a run.
pub(super) fn header(
    settings: &Settings,
    plan: &RunPlan,
    (target, name): (&Target, &str),
    redactor: &Redactor,
) -> Header {
    let text = |text: &str| redactor.redact(text).into_owned();
    let left_out = settings.left_out().map(|left| (&left.operation, &left.reason));
    let skipped = plan.skipped().iter().map(|(operation, reason)| (operation, reason));
    let skipped = skipped.chain(left_out).map(|(operation, reason)| SkippedHead {
        operation: operation.clone(),
        reason: text(reason),
    });
    let mut shaping = shaping(settings);
    shaping.values_mut().for_each(|value| redactor.redact_json(value));
    Header {
        schema_version: NDJSON_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        contract: ContractRow {
            name: settings.contract.name.clone(),
            hash: settings.contract.content_hash(),
        },
        target: target.label().to_owned(),
        curl_flags: target.curl_flags().iter().map(|flag| text(flag)).collect(),
        target_name: text(name),
        seed: settings.inputs.seed.to_string(),
        shard: settings
            .shard
            .map(|named| ShardRow { index: named.shard.index(), of: named.shard.of() }),
        settings: shaping,
        limits: limits(settings),
        planned_requests: u64::try_from(plan.requests_of_all_shards()).unwrap_or(u64::MAX),
        operations: plan
            .named()
            .map(|(id, title)| OperationHead { id: id.to_owned(), title })
            .collect(),
        skipped: skipped.collect(),
    }
}

/// What decides the plan and the verdicts.
fn shaping(settings: &Settings) -> Map<String, Value> {
    let (inputs, run) = (&settings.inputs, &settings.run);
    let headers: Vec<&String> = inputs.headers.iter().map(|(name, _)| name).collect();
    let checks: Vec<&str> = run.checks.iter().map(|check| check.as_str()).collect();
    let rows = [
        ("phases", json!(inputs.phases)),
        ("cases", json!(inputs.cases)),
        ("only_refused", json!(inputs.only_refused)),
        ("credential_in_url", json!(inputs.credential_in_url)),
        ("known", json!(inputs.known)),
        ("unknown", json!(inputs.unknown)),
        ("headers", json!(headers)),
        ("rules", json!(run.rules)),
        ("checks", json!(checks)),
        ("strict", json!(run.strict)),
        ("max_response_time_ms", json!(run.max_response_time.map(|time| time.as_secs_f64() * 1e3))),
    ];
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What bounds this process.
fn limits(settings: &Settings) -> Map<String, Value> {
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let run = &settings.run;
    let rows = [
        ("concurrency", json!(run.concurrency)),
        ("max_requests", json!(run.max_requests)),
        ("max_time_ms", json!(milliseconds(run.max_time))),
        ("timeout_ms", json!(milliseconds(settings.wire.timeout))),
    ];
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
