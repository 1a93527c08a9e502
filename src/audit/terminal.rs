//! What a person reads of an audit.

use std::fmt::Write as _;

use super::{Audit, Fate, MutantResult, Trouble};
use crate::redact::printable;

/// The outcome as text: what went wrong, or with `is_verbose` every mutant; then the score.
pub fn render(audit: &Audit, is_verbose: bool, exit_code: u8) -> String {
    let mut text = String::new();
    troubles(&mut text, "BASELINE", "the faithful stub", &audit.baseline);
    for result in &audit.variants {
        troubles(&mut text, "FLAGGED", &result.variant.id, &result.flagged);
        if is_verbose {
            troubles(&mut text, "warned", &result.variant.id, &result.warnings);
        }
    }
    for result in &audit.mutants {
        if is_verbose || !matches!(result.fate, Fate::Caught(_)) {
            mutant(&mut text, result);
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for (operation, reason) in &audit.skipped {
        let _ = writeln!(text, "skipped   {}: {}", printable(operation), printable(reason));
    }
    score(&mut text, audit);
    if audit.interrupted {
        let _ = writeln!(
            text,
            "interrupted: {} of {} mutants and variants were not tried",
            audit.untried(),
            audit.selected
        );
    }
    let _ = writeln!(text, "exit {exit_code}");
    text
}

fn troubles(text: &mut String, word: &str, name: &str, troubles: &[Trouble]) {
    for trouble in troubles {
        let rule = trouble.rule.as_ref().map(|rule| format!("{rule}  ")).unwrap_or_default();
        let _ = writeln!(text, "{word:<9} {name}  {rule}{}", printable(&trouble.what));
    }
}

fn mutant(text: &mut String, result: &MutantResult) {
    let _ =
        write!(text, "{:<9} {}", result.fate.word().to_uppercase(), printable(&result.mutant.id));
    let _ = match &result.fate {
        Fate::Caught(caught) => {
            let by = if caught.named { String::new() } else { format!(" by {}", caught.rule) };
            writeln!(
                text,
                "{by} ({}, {}, {} requests)",
                caught.check, caught.severity, caught.requests
            )
        }
        Fate::Missed { requests } => {
            writeln!(text, "  {}: {} requests", printable(&result.mutant.description), requests)
        }
        Fate::Unviable { reason } => writeln!(text, "  {reason}"),
        Fate::Timeout { requests } => {
            writeln!(
                text,
                "  {}: undecided after {requests} requests",
                printable(&result.mutant.description)
            )
        }
    };
}

fn score(text: &mut String, audit: &Audit) {
    let (caught, missed) = (audit.count("caught"), audit.count("missed"));
    let (unviable, timeout) = (audit.count("unviable"), audit.count("timeout"));
    let viable = audit.mutants.len() - unviable;
    let flagged = audit.variants.iter().filter(|result| !result.flagged.is_empty()).count();
    let warned = audit.variants.iter().filter(|result| !result.warnings.is_empty()).count();
    let spent = audit.requests();
    let _ = writeln!(
        text,
        "{} mutants  {caught} of {viable} viable ones caught, {} by the very rule; {missed} missed, \
         {timeout} timed out, {unviable} unviable",
        audit.mutants.len(),
        audit.named(),
    );
    let _ = writeln!(
        text,
        "{} harmless variants  {flagged} flagged, {warned} with warnings",
        audit.variants.len()
    );
    let _ = writeln!(
        text,
        "requests per caught mutant  median {}, most {}; the whole suite {}",
        spent.median, spent.most, spent.suite,
    );
    let _ = writeln!(
        text,
        "seed {}   limits: {:?} for an answer, {:?} for a trial   {:.1} s",
        audit.seed,
        audit.timeout,
        audit.trial_time,
        audit.elapsed.as_secs_f64()
    );
}
