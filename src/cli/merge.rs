//! `fencepost merge`: what shards reported, joined into one outcome.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use thiserror::Error;

use super::command::with_causes;
use super::flags::ReportFormat;
use super::terminal::Terminal;
use super::{ExitCode, MergeFlags, ended, write};
use crate::config::reports;
use crate::http::{Target, TargetError};
use crate::redact::{Redactor, printable};
use crate::report::{
    Header, JsonReport, NdjsonError, NdjsonReader, NdjsonReport, ShardReport, TerminalReport,
};
use crate::run::Outcome;

/// Why files can't be joined.
#[derive(Debug, Error)]
enum MergeError {
    /// A file can't be read.
    #[error("{path} can't be read: {source}")]
    Unreadable {
        path: String,
        #[source]
        source: io::Error,
    },
    /// A file holds no NDJSON report of this version.
    #[error("{path}: {source}")]
    Foreign {
        path: String,
        #[source]
        source: NdjsonError,
    },
    /// Two files are of different runs.
    #[error(
        "{path} is of another run than {first}: its {what} is {that}, and there it is {this}; give \
         the files of one run"
    )]
    Different { path: String, first: String, what: String, this: String, that: String },
    /// Two files are of the same shard.
    #[error("{path} and {first} are both of {shard}; give each shard once")]
    Twice { path: String, first: String, shard: String },
    /// A header's target is none.
    #[error("{path}: {source}")]
    Target {
        path: String,
        #[source]
        source: TargetError,
    },
}

/// Joins the files of the shards of one run, and reports on all of it.
pub(super) fn run(flags: &MergeFlags, mut terminal: Terminal) -> ExitCode {
    terminal.on_stderr = flags.report.iter().any(|report| report.path.is_none());
    if let Err(error) = reports(&flags.report) {
        terminal.complain("error", &with_causes(&error));
        return ExitCode::Usage;
    }
    let shards = match read_all(flags, terminal) {
        Ok(shards) => shards,
        Err(error) => {
            terminal.complain("error", &printable(&error.to_string()));
            return ExitCode::Usage;
        }
    };
    let Some((path, first)) = shards.first() else {
        terminal.complain("error", "no shard has begun: the files are empty. Run them again");
        return ExitCode::Inconclusive;
    };
    let header = Header { shard: None, ..first.header.clone() };
    let target = match Target::parse(&header.target) {
        Ok(target) => target.reached_with(header.curl_flags.clone()),
        Err(source) => {
            let error = MergeError::Target { path: path.clone(), source };
            terminal.complain("error", &printable(&error.to_string()));
            return ExitCode::Usage;
        }
    };
    let of = first.header.clone();
    let parts = shards.into_iter().map(|(_, shard)| shard.part).collect();
    let outcome = ShardReport::join(&of, parts);
    tell(flags, terminal, &NdjsonReport { header, target, redactor: Redactor::default() }, &outcome)
}

/// Reads all files; those in which nothing stands are left out with a word.
fn read_all(
    flags: &MergeFlags,
    terminal: Terminal,
) -> Result<Vec<(String, ShardReport)>, MergeError> {
    let mut shards: Vec<(String, ShardReport)> = Vec::new();
    for path in &flags.files {
        let name = path.display().to_string();
        let Some(shard) = read(path, &name)? else {
            let message = format!("{name} is empty: its shard never began, and counts as missing");
            terminal.complain("warning", &printable(&message));
            continue;
        };
        if let Some((first, other)) = shards.first()
            && let Some((what, this, that)) = other.header.difference(&shard.header)
        {
            let first = first.clone();
            return Err(MergeError::Different { path: name, first, what, this, that });
        }
        let same = shards.iter().find(|(_, held)| held.part.shard == shard.part.shard);
        if let Some((first, _)) = same {
            let shard = shard.part.shard.to_string();
            return Err(MergeError::Twice { path: name, first: first.clone(), shard });
        }
        shards.push((name, shard));
    }
    Ok(shards)
}

/// Reads one file line by line. A last line without its end was cut by a kill, and is left out.
fn read(path: &Path, name: &str) -> Result<Option<ShardReport>, MergeError> {
    let unreadable = |source| MergeError::Unreadable { path: name.to_owned(), source };
    let foreign = |source| MergeError::Foreign { path: name.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut reader = NdjsonReader::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        file.read_until(b'\n', &mut line).map_err(unreadable)?;
        if line.last() != Some(&b'\n') {
            return reader.finish().map_err(foreign);
        }
        reader.line(&line).map_err(foreign)?;
    }
}

/// Shows the outcome, writes the reports, and says with which code to exit.
fn tell(
    flags: &MergeFlags,
    terminal: Terminal,
    report: &NdjsonReport,
    outcome: &Outcome,
) -> ExitCode {
    let mut code = ExitCode::from(outcome.verdict());
    let NdjsonReport { header, target, redactor } = report;
    let ended = outcome.ended_early.as_ref();
    for flag in &flags.report {
        let bytes = match flag.format {
            ReportFormat::Json => JsonReport { target, target_name: &header.target_name, redactor }
                .render(outcome, code.code()),
            ReportFormat::Ndjson => report.whole(outcome, code.code()),
        };
        if let Err(error) = write::deliver(flag.path.as_deref(), &bytes) {
            terminal.complain("error", &error);
            if code == ExitCode::Success {
                code = ExitCode::Usage;
            }
        }
    }
    if ended::is_worth_a_table(outcome) {
        let (is_colored, detail) = (terminal.is_colored(), terminal.detail);
        let shown = TerminalReport { target, redactor, is_colored, detail };
        terminal.show(&shown.render(outcome, code.code()));
    }
    if let Some(why) = ended {
        let message = ended::explain(why, target, &ended::Remedies::of_any());
        terminal.complain("error", &printable(&message));
    }
    code
}
