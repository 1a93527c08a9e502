//! From lines back to what a shard came to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::NDJSON_VERSION;
use super::header::Header;
use super::line::{ConfirmedRow, EndRow, Line};
use crate::run::{
    EndedEarly, Histogram, OperationPart, Outcome, ShardPart, SharedParts, Sighting, Traffic,
};

/// Why lines can't be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NdjsonError {
    /// A line that is no JSON, or none of ours.
    #[error("line {line} is not one of Fencepost's: {reason}; give what `--report ndjson` wrote")]
    Line {
        /// Its number, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Another version wrote it.
    #[error(
        "it was written by fencepost {theirs}, and this is {}; merge it with that version",
        env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// The version that wrote it.
        theirs: String,
    },
    /// The header names no shard.
    #[error("its header makes no sense: {0}")]
    Shard(#[from] crate::generate::ShardError),
}

/// Reads the lines of one process, one after the other.
#[derive(Debug, Default)]
pub struct NdjsonReader {
    header: Option<Header>,
    lines: usize,
    operations: BTreeMap<String, OperationPart>,
    confirmed: BTreeMap<String, Vec<Sighting>>,
    requests_sent: u64,
    end: Option<EndRow>,
}

/// What one process came to.
#[derive(Debug)]
pub struct ShardReport {
    /// What was run.
    pub header: Header,
    /// What it came to.
    pub part: ShardPart,
}

impl NdjsonReader {
    /// Takes the next line, with or without its line break.
    ///
    /// # Errors
    /// If it is no line of an NDJSON report of this version.
    pub fn line(&mut self, line: &[u8]) -> Result<(), NdjsonError> {
        self.lines += 1;
        if self.header.is_none() {
            self.header = Some(header(line, self.lines)?);
            return Ok(());
        }
        let number = self.lines;
        let wrong = |reason: String| NdjsonError::Line { line: number, reason };
        let line: Line = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        self.take(line).map_err(wrong)
    }

    fn take(&mut self, line: Line) -> Result<(), String> {
        if self.end.is_some() {
            return Err("it stands behind the last one".to_owned());
        }
        match line {
            Line::Start(_) => return Err("it is a second header".to_owned()),
            Line::Finding { .. } => {}
            Line::Operation(row) => {
                self.operations.entry(row.operation).or_default();
            }
            Line::Block(counts) => self.requests_sent = counts.requests_sent,
            Line::Confirmed(row) => {
                let ConfirmedRow { sighting, .. } = *row;
                let seen = self.confirmed.entry(sighting.operation.clone()).or_default();
                seen.push(sighting.sighting()?);
            }
            Line::Rule(row) => {
                let part = self.operations.entry(row.operation.clone()).or_default();
                part.evidence.rules.push(row.evidence()?);
            }
            Line::Sighting(row) => {
                let part = self.operations.entry(row.operation.clone()).or_default();
                part.evidence.sightings.push(row.sighting()?);
            }
            Line::Answers(row) => {
                self.operations.entry(row.operation).or_default().shapes = row.shapes;
            }
            Line::OperationEnd(row) => {
                let part = self.operations.entry(row.operation).or_default();
                part.controls = row.controls;
                part.evidence.latency =
                    Histogram::of_counts(&row.latency_counts).ok_or("it has too many counts")?;
                part.evidence.reach = row.reach;
                part.is_whole = true;
            }
            Line::End(row) => self.end = Some(row),
        }
        Ok(())
    }

    /// What the process came to; `None` where there was no line.
    ///
    /// Of an operation that was not done there are only the sightings that were confirmed.
    ///
    /// # Errors
    /// If the header names no shard.
    pub fn finish(mut self) -> Result<Option<ShardReport>, NdjsonError> {
        let Some(header) = self.header else { return Ok(None) };
        let mut operations = std::mem::take(&mut self.operations);
        for (id, part) in operations.iter_mut().filter(|(_, part)| !part.is_whole) {
            *part = OperationPart::default();
            for sighting in self.confirmed.remove(id).unwrap_or_default() {
                part.evidence.see(sighting);
            }
        }
        let unfinished = Traffic { planned: self.requests_sent, ..Traffic::default() };
        let traffic = self.end.as_ref().map_or(unfinished, |end| Traffic {
            planned: end.planned,
            adaptive: end.adaptive,
            elapsed: Duration::from_millis(end.duration_ms),
        });
        let (load, insecure) =
            self.end.as_ref().map(|end| (end.load, end.insecure)).unwrap_or_default();
        let has_ended = self.end.is_some();
        let ended_early: Option<EndedEarly> = self.end.and_then(|end| end.ended_early);
        let shard = header.shard()?;
        let part = ShardPart { shard, operations, traffic, load, insecure, ended_early, has_ended };
        Ok(Some(ShardReport { header, part }))
    }
}

/// Reads the first line; another version's may have another shape.
fn header(line: &[u8], number: usize) -> Result<Header, NdjsonError> {
    let wrong = |reason: String| NdjsonError::Line { line: number, reason };
    let value: Value = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
    if value.get("type").and_then(Value::as_str) != Some("start") {
        return Err(wrong("the first line has the type `start`".to_owned()));
    }
    let theirs = value.get("tool_version").and_then(Value::as_str).unwrap_or_default();
    let schema = value.get("schema_version").and_then(Value::as_u64);
    if theirs != env!("CARGO_PKG_VERSION") || schema != Some(NDJSON_VERSION.into()) {
        return Err(NdjsonError::Version { theirs: theirs.to_owned() });
    }
    serde_json::from_value(value).map_err(|error| wrong(error.to_string()))
}

impl ShardReport {
    /// Joins the parts of one run, all with headers that say so.
    pub fn join(header: &Header, parts: Vec<ShardPart>) -> Outcome {
        let operations = header.operations.iter();
        let skipped = header.skipped.iter();
        let shared = SharedParts {
            contract: header.contract.name.clone(),
            seed: header.seed.clone(),
            strict: header.settings.get("strict").and_then(Value::as_bool).unwrap_or_default(),
            operations: operations.map(|head| (head.id.clone(), head.title.clone())).collect(),
            skipped: skipped.map(|row| (row.operation.clone(), row.reason.clone())).collect(),
            of: header.shard.map_or(1, |shard| shard.of),
        };
        Outcome::join(shared, parts)
    }
}
