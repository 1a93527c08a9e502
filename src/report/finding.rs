//! One finding as a block of lines.

use std::fmt::Write as _;

use super::style::{Styles, paint};
use super::terminal::{Detail, TerminalReport, grouped};
use crate::check::Severity;
use crate::contract::RuleId;
use crate::http::curl;
use crate::run::{Finding, OperationOutcome, RealLimit};

/// The column in which the way of breaking begins, where the rule's name leaves room.
const KIND_COLUMN: usize = 56;

/// Other broken rules that are named.
const MOST_ALSO: usize = 4;

/// A `curl` line longer than this, in characters, is shown without its middle.
const LONGEST_LINE: usize = 1_500;

/// Characters of a long line that are shown from its start, and from its end.
const LINE_START: usize = 900;
const LINE_END: usize = 200;

/// Characters of a body that are shown; the `curl` line has all of it.
const SHOWN: usize = 160;

/// The finding as it stands in a terminal report.
pub(super) fn render(
    report: &TerminalReport<'_>,
    styles: Styles,
    operation: &OperationOutcome,
    finding: &Finding,
) -> String {
    let (word, style) = match finding.severity {
        Severity::Failure => ("FAILED", styles.bad),
        Severity::Warning => ("WARNED", styles.doubtful),
    };
    let head = format!("  {}", report.foreign(finding.rule.as_str()));
    let width = KIND_COLUMN - word.len();
    let mut text = format!("{}{head:<width$}  {}\n", paint(style, word), finding.kind);
    let mut line = |label: &str, content: &str| {
        let _ = writeln!(text, "  {} {content}", paint(styles.quiet, format_args!("{label:<10}")));
    };
    let outcome = operation.rules.iter().find(|outcome| outcome.rule.id == finding.rule);
    if let Some(outcome) = outcome {
        let rule = &outcome.rule;
        let source = report.foreign(&rule.citation.to_string());
        line("rule", &format!("{}   {source}", report.foreign(&rule.summary)));
    }
    if !finding.also.is_empty() {
        line("also breaks", &also(report, &finding.also));
    }
    let twin = finding
        .twin
        .as_ref()
        .map_or_else(String::new, |twin| format!("   (its legal twin: {})", report.foreign(twin)));
    line("sent", &format!("{}{twin}", report.foreign(&finding.case.intent)));
    if finding.shrink_requests > 0 || report.detail == Detail::Verbose {
        line("body", &body(report, finding));
    }
    line("expected", &report.foreign(&finding.expected));
    line("got", &report.foreign(&finding.actual));
    if let Some(limit) = finding.real_limit {
        line("real limit", &real_limit(limit));
    }
    line("seen", &seen(finding, outcome.map_or(0, |outcome| outcome.cases)));
    if report.detail == Detail::Verbose {
        line("check", &format!("{}, {}", finding.check, finding.scenario));
    }
    let curl = report.foreign(&curl(report.target, &finding.case.request));
    line("reproduce", &if report.detail == Detail::Verbose { curl } else { shortened(curl) });
    text
}

/// Other rules that are broken; of many, some.
fn also(report: &TerminalReport<'_>, rules: &[RuleId]) -> String {
    let shown =
        if report.detail == Detail::Verbose { rules.len() } else { rules.len().min(MOST_ALSO) };
    let mut words: Vec<String> =
        rules.iter().take(shown).map(|rule| report.foreign(rule.as_str())).collect();
    if shown < rules.len() {
        words.push(format!("{} more (-v)", rules.len() - shown));
    }
    words.join(", ")
}

/// A `curl` line without its middle where it is long; what is left out is said, and where it is.
fn shortened(curl: String) -> String {
    let characters = curl.chars().count();
    if characters <= LONGEST_LINE {
        return curl;
    }
    let start: String = curl.chars().take(LINE_START).collect();
    let end: String = curl.chars().skip(characters - LINE_END).collect();
    let left_out = grouped(u64::try_from(characters - LINE_START - LINE_END).unwrap_or(u64::MAX));
    format!("{start} …[{left_out} characters left out; whole with `-v` or `--report json`]… {end}")
}

fn body(report: &TerminalReport<'_>, finding: &Finding) -> String {
    let bytes = finding.case.request.body.as_deref().unwrap_or_default();
    let whole = report.foreign(&String::from_utf8_lossy(bytes));
    let mut shown: String = whole.chars().take(SHOWN).collect();
    if shown.len() < whole.len() {
        let _ = write!(shown, "… ({} bytes)", bytes.len());
    }
    if shown.is_empty() {
        shown.push_str("none");
    }
    if finding.shrink_requests > 0 {
        let _ = write!(shown, "   (smallest, after {})", requests(finding.shrink_requests));
    }
    shown
}

fn real_limit(limit: RealLimit) -> String {
    let none = if limit.found { "" } else { "none up to " };
    format!("{none}{}   ({})", limit.enforced, requests(limit.requests))
}

fn requests(count: u32) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}

fn seen(finding: &Finding, cases: u64) -> String {
    let count = finding.count;
    let mut text = if count <= cases {
        format!("{count} of {cases} cases")
    } else {
        format!("{count} {}", if count == 1 { "case" } else { "cases" })
    };
    let again = finding.reproduced;
    if again.sent > 1 && again.is_flaky() {
        let times = format!("; seen {} of {} times that one was sent", again.seen, again.sent);
        text.push_str(&times);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LINE_END, LINE_START, LONGEST_LINE, shortened};

    #[test]
    fn a_long_line_loses_its_middle_and_says_so() {
        let short = "ü".repeat(LONGEST_LINE);
        assert_eq!(shortened(short.clone()), short);
        let (start, end) = ("a".repeat(LINE_START), "z".repeat(LINE_END));
        let said = shortened(format!("{start}{}{end}", "ü".repeat(1_234)));
        assert!(said.starts_with(&start) && said.ends_with(&end) && !said.contains('ü'), "{said}");
        assert!(said.contains("1,234 characters left out; whole with `-v` or `--report json`"));
    }
}
