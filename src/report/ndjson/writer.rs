//! From events to lines.

use super::evidence::{RuleRow, SightingRow};
use super::header::Header;
use super::line::{
    AnswersRow, ConfirmedRow, EndRow, LatencyRow, Line, OperationEndRow, OperationRow,
};
use crate::http::{Target, curl};
use crate::redact::{Redactor, printable_json};
use crate::report::JsonReport;
use crate::run::{EndedEarly, Event, OperationOutcome, Outcome};

/// An NDJSON report, and what it is made with. It holds nothing of the run: each event makes its
/// own lines.
#[derive(Clone, Debug)]
pub struct NdjsonReport {
    /// The first line.
    pub header: Header,
    /// Where the requests go.
    pub target: Target,
    /// Takes secrets out of everything that a server, or a request, said.
    pub redactor: Redactor,
}

impl NdjsonReport {
    /// The first line.
    pub fn start(&self) -> Vec<u8> {
        bytes(&Line::Start(Box::new(self.header.clone())))
    }

    /// The lines that an event makes, each with a line break at its end; often none.
    pub fn lines(&self, event: &Event<'_>) -> Vec<u8> {
        match event {
            Event::OperationStarted { id, title } => bytes(&Line::Operation(OperationRow {
                operation: (*id).to_owned(),
                title: (*title).to_owned(),
            })),
            Event::BlockJudged(counts) => bytes(&Line::Block((*counts).clone())),
            Event::Confirmed(sighting) => {
                let case = &sighting.finding.case;
                let curl = self.redactor.redact(&curl(&self.target, &case.request)).into_owned();
                let operation = sighting.finding.rule.operation();
                let sighting = SightingRow::new(operation, sighting, &self.redactor);
                bytes(&Line::Confirmed(Box::new(ConfirmedRow { sighting, curl })))
            }
            Event::OperationFinished(outcome) => self.operation(outcome),
            _ => Vec::new(),
        }
    }

    /// The last line.
    pub fn end(&self, outcome: &Outcome, exit_code: u8) -> Vec<u8> {
        let traffic = outcome.traffic;
        bytes(&Line::End(EndRow {
            verdict: outcome.verdict(),
            exit_code,
            requests_sent: traffic.requests(),
            planned: traffic.planned,
            adaptive: traffic.adaptive,
            duration_ms: u64::try_from(traffic.elapsed.as_millis()).unwrap_or(u64::MAX),
            load: outcome.load,
            insecure: outcome.insecure,
            ended_early: outcome.ended_early.clone().map(|why| self.redacted(why)),
        }))
    }

    /// All lines of a run that is over; of one that goes on they come one by one.
    pub fn whole(&self, outcome: &Outcome, exit_code: u8) -> Vec<u8> {
        let mut lines = self.start();
        for operation in &outcome.operations {
            let (id, title) = (operation.id.as_str(), operation.title.as_str());
            lines.extend(self.lines(&Event::OperationStarted { id, title }));
            lines.extend(self.operation(operation));
        }
        lines.extend(self.end(outcome, exit_code));
        lines
    }

    fn operation(&self, outcome: &OperationOutcome) -> Vec<u8> {
        let id = outcome.id.as_str();
        let mut lines = Vec::new();
        for (rule, evidence) in outcome.rules.iter().zip(&outcome.evidence.rules) {
            let row = RuleRow::new(id, rule, evidence, &self.redactor);
            lines.extend(bytes(&Line::Rule(Box::new(row))));
        }
        for sighting in &outcome.evidence.sightings {
            let row = SightingRow::new(id, sighting, &self.redactor);
            lines.extend(bytes(&Line::Sighting(Box::new(row))));
        }
        let name = &self.header.target_name;
        let json = JsonReport { target: &self.target, target_name: name, redactor: &self.redactor };
        for finding in &outcome.findings {
            lines.extend(bytes(&Line::Finding { finding: json.finding_value(outcome, finding) }));
        }
        lines.extend(bytes(&Line::Answers(Box::new(AnswersRow {
            operation: id.to_owned(),
            shapes: outcome.shapes.redacted(&self.redactor),
        }))));
        let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
        lines.extend(bytes(&Line::OperationEnd(OperationEndRow {
            operation: id.to_owned(),
            controls: outcome.controls,
            latency_ms: outcome.latency.map(|latency| LatencyRow {
                median: milliseconds(latency.median),
                p99: milliseconds(latency.p99),
            }),
            latency_counts: outcome.evidence.latency.counts().to_vec(),
            reach: outcome.evidence.reach,
        })));
        lines
    }

    fn redacted(&self, why: EndedEarly) -> EndedEarly {
        let text = |text: String| self.redactor.redact(&text).into_owned();
        match why {
            EndedEarly::NotTheApi { answer, status, path } => {
                EndedEarly::NotTheApi { answer: text(answer), status, path: text(path) }
            }
            EndedEarly::ControlRefused { answer, status, path } => {
                EndedEarly::ControlRefused { answer: text(answer), status, path: text(path) }
            }
            EndedEarly::ControlLost { answer, status, path } => {
                EndedEarly::ControlLost { answer: text(answer), status, path: text(path) }
            }
            EndedEarly::NotConnected { detail, answered_before } => {
                EndedEarly::NotConnected { detail: text(detail), answered_before }
            }
            EndedEarly::Untrusted { fault, detail, answered_before } => {
                EndedEarly::Untrusted { fault, detail: text(detail), answered_before }
            }
            EndedEarly::Shards { detail, is_missing } => {
                EndedEarly::Shards { detail: text(detail), is_missing }
            }
            other => other,
        }
    }
}

fn bytes(line: &Line) -> Vec<u8> {
    let json = serde_json::to_string(line)
        .expect("only texts, numbers and lists, and all names of members are texts");
    let mut bytes = printable_json(json).into_bytes();
    bytes.push(b'\n');
    bytes
}
