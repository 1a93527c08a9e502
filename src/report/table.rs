//! The table of rules.

use std::fmt::Write as _;

use super::style::{Styles, paint};
use super::terminal::{Detail, TerminalReport};
use crate::contract::Strength;
use crate::run::{OperationOutcome, RuleOutcome, RuleVerdict};

/// Different observations that one row shows.
const MOST_OBSERVATIONS: usize = 3;

/// The operation's rules with their verdicts. Those that held without being musts, and those that
/// were not run, are only counted unless everything is asked for.
pub(super) fn render(
    report: &TerminalReport<'_>,
    styles: Styles,
    operation: &OperationOutcome,
) -> String {
    let shown = |rule: &&RuleOutcome| {
        report.detail == Detail::Verbose
            || match rule.verdict {
                RuleVerdict::Held => rule.rule.strength == Strength::Must,
                RuleVerdict::NotRun(_) => false,
                _ => true,
            }
    };
    let rows: Vec<&RuleOutcome> = operation.rules.iter().filter(shown).collect();
    let title = report.foreign(&format!("RULE  {}/", operation.id));
    let width = rows
        .iter()
        .map(|row| row.rule.id.within_operation().chars().count())
        .chain([title.chars().count()])
        .max()
        .unwrap_or_default();
    let heading = format!("{title:<width$}  STRENGTH  CASES  VERDICT");
    let mut text = format!("{}\n", paint(styles.strong, heading));
    for row in &rows {
        let rule = &row.rule;
        let _ = writeln!(
            text,
            "{:<width$}  {:<8}  {:>5}  {}",
            report.foreign(rule.id.within_operation()),
            rule.strength,
            row.cases,
            verdict(report, styles, &row.verdict),
        );
    }
    let hidden = operation.rules.len() - rows.len();
    if hidden > 0 {
        let _ = writeln!(text, "… {hidden} more (-v)");
    }
    text
}

fn verdict(report: &TerminalReport<'_>, styles: Styles, verdict: &RuleVerdict) -> String {
    match verdict {
        RuleVerdict::Held => paint(styles.good, "held"),
        RuleVerdict::Failed(kind) => paint(styles.bad, format_args!("FAILED {kind}")),
        RuleVerdict::Warned(kind) => paint(styles.doubtful, format_args!("warned {kind}")),
        RuleVerdict::Observed(seen) => {
            let mut seen: Vec<(&String, &u64)> = seen.iter().collect();
            seen.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let more = seen.len().saturating_sub(MOST_OBSERVATIONS);
            let several = seen.len() > 1;
            let mut words: Vec<String> = seen
                .into_iter()
                .take(MOST_OBSERVATIONS)
                .map(|(what, count)| {
                    let what = report.foreign(what);
                    if several { format!("{what} ({count})") } else { what }
                })
                .collect();
            if more > 0 {
                words.push(format!("{more} more"));
            }
            if words.is_empty() {
                return "observed".to_owned();
            }
            format!("observed: {}", words.join(", "))
        }
        RuleVerdict::Inconclusive(reason, detail) => {
            let why = detail.map_or_else(|| reason.to_string(), str::to_owned);
            paint(styles.doubtful, format_args!("inconclusive: {why}"))
        }
        RuleVerdict::NotRun(why) => paint(styles.quiet, format_args!("not run: {why}")),
    }
}
