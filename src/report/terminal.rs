//! What a person reads: findings, the table of rules, one summary line.

use std::fmt::Write as _;
use std::time::Duration;

use super::style::{Styles, paint};
use super::{finding, load, table};
use crate::contract::Strength;
use crate::http::Target;
use crate::redact::{Redactor, printable};
use crate::run::{
    Controls, Extent, Finding, OperationOutcome, Outcome, Reach, RuleOutcome, RuleVerdict,
};

/// How much to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Findings and the summary.
    Quiet,
    /// Also the rules that are musts or did not hold.
    #[default]
    Normal,
    /// Every rule, and more on each finding.
    Verbose,
}

/// A terminal report, and what it is made with.
#[derive(Clone, Copy, Debug)]
pub struct TerminalReport<'r> {
    /// Where the requests went, for `curl` lines.
    pub target: &'r Target,
    /// Takes secrets out of everything that a server said.
    pub redactor: &'r Redactor,
    /// Whether to use colours, as ANSI escapes.
    pub is_colored: bool,
    /// How much to show.
    pub detail: Detail,
}

impl TerminalReport<'_> {
    /// The whole report, with the exit code that the program will end with as its last line.
    pub fn render(&self, outcome: &Outcome, exit_code: u8) -> String {
        let styles = Styles::new(self.is_colored);
        let mut text = self.title(outcome, styles);
        let (untouched, called): (Vec<_>, Vec<_>) =
            outcome.operations.iter().partition(|operation| self.hides(outcome, operation));
        for operation in &called {
            if outcome.operations.len() > 1 {
                let _ = writeln!(text, "{}", paint(styles.strong, self.foreign(&operation.title)));
            }
            let _ = writeln!(text, "{}", controls(operation.controls));
            let _ = writeln!(text, "{}", reach(operation.reach));
        }
        if !untouched.is_empty() {
            let more = grouped(u64::try_from(untouched.len()).unwrap_or(u64::MAX));
            let _ = writeln!(text, "… {more} more that nothing was sent to (-v)");
        }
        text.push_str(&load::render(outcome));
        for (operation, reason) in &outcome.skipped {
            let _ =
                writeln!(text, "skipped   {}: {}", self.foreign(operation), self.foreign(reason));
        }
        for operation in &outcome.operations {
            for finding in &operation.findings {
                text.push('\n');
                text.push_str(&finding::render(self, styles, operation, finding));
            }
        }
        if self.detail > Detail::Quiet {
            for operation in &called {
                text.push('\n');
                text.push_str(&table::render(self, styles, operation));
            }
        }
        text.push('\n');
        text.push_str(&totals(outcome, styles));
        let _ = writeln!(text, "exit {exit_code}");
        text
    }

    /// Whether an operation is only counted: of several, one that the run ended before, so that each of
    /// its rules says the same.
    fn hides(&self, outcome: &Outcome, operation: &OperationOutcome) -> bool {
        let is_undecided = |rule: &RuleOutcome| {
            matches!(rule.verdict, RuleVerdict::Inconclusive(..) | RuleVerdict::NotRun(_))
        };
        self.detail != Detail::Verbose
            && outcome.operations.len() > 1
            && operation.controls.sent == 0
            && operation.rules.iter().all(is_undecided)
    }

    /// One finding as it stands in the whole report.
    pub fn finding(&self, operation: &OperationOutcome, finding: &Finding) -> String {
        finding::render(self, Styles::new(self.is_colored), operation, finding)
    }

    /// Text from elsewhere, without secrets and without anything that steers a terminal.
    pub(super) fn foreign(&self, text: &str) -> String {
        printable(&self.redactor.redact(text)).into_owned()
    }

    fn title(&self, outcome: &Outcome, styles: Styles) -> String {
        let what = match outcome.operations.as_slice() {
            [only] => only.title.clone(),
            several => format!("{} operations of {}", several.len(), outcome.contract),
        };
        let extent = match outcome.extent {
            Extent::Whole => String::new(),
            Extent::Shard(shard) => format!("   {shard}"),
            Extent::Shards(of) => format!("   {of} shards"),
        };
        format!(
            "{}   {} requests   {}   seed {}{extent}\n",
            paint(styles.strong, self.foreign(&what)),
            grouped(outcome.traffic.requests()),
            seconds(outcome.traffic.elapsed),
            outcome.seed,
        )
    }
}

fn controls(controls: Controls) -> String {
    let Controls { sent, accepted, unknown, first, last } = controls;
    let mut text = format!("controls  {accepted} of {sent} accepted");
    if sent > 0 {
        text.push_str(match (first, last) {
            (true, true) => ", first and last included",
            (true, false) => ", the last one not",
            (false, true) => ", the first one not",
            (false, false) => ", neither first nor last",
        });
    }
    if unknown > 0 {
        let _ = write!(text, "; {unknown} refused as unknown");
    }
    text
}

/// What the run could have found: valid requests, and how many at once.
fn reach(reach: Reach) -> String {
    let mut text = format!(
        "valid     {} requests: a fault in 1 % of them is found with probability {:.3}",
        grouped(reach.valid),
        // Rounded down: what is not certain doesn't read so.
        (reach.power() * 1_000.0).floor() / 1_000.0
    );
    if reach.together > 0 {
        let _ = write!(text, "; up to {} at once", reach.together);
    }
    text
}

/// Rules and cases in all, then the verdicts by strength.
fn totals(outcome: &Outcome, styles: Styles) -> String {
    let cases: u64 = outcome.rules().map(|rule| rule.cases).sum();
    let rules = outcome.rules().count();
    let line: Vec<String> = [Strength::Must, Strength::Should, Strength::Open]
        .into_iter()
        .filter_map(|strength| total(outcome, styles, strength))
        .collect();
    format!("{rules} rules   {} verdicts on cases\n{}\n", grouped(cases), line.join(" · "))
}

fn total(outcome: &Outcome, styles: Styles, strength: Strength) -> Option<String> {
    let words = [
        ("held", styles.good),
        ("failed", styles.bad),
        ("warned", styles.doubtful),
        ("observed", styles.quiet),
        ("inconclusive", styles.doubtful),
        ("not_run", styles.quiet),
    ];
    let counts = words.iter().filter_map(|(word, style)| {
        let count = outcome
            .operations
            .iter()
            .flat_map(|operation| operation.rules_of(strength))
            .filter(|rule| rule.verdict.word() == *word)
            .count();
        (count > 0).then(|| paint(*style, format_args!("{count} {}", word.replace('_', " "))))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| format!("{strength} {}", counts.join(" ")))
}

/// A number with a comma before every third digit from the right.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{controls, grouped, reach};
    use crate::run::{Controls, Reach};

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        let shown = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_power_of_a_run_is_told() {
        let told = reach(Reach { valid: 612, together: 32 });
        let expected = "valid     612 requests: a fault in 1 % of them is found with probability \
                        0.997; up to 32 at once";
        assert_eq!(told, expected);
    }

    #[test]
    fn controls_say_whether_first_and_last_were_accepted() {
        let all = Controls { sent: 24, accepted: 24, unknown: 0, first: true, last: true };
        assert_eq!(controls(all), "controls  24 of 24 accepted, first and last included");
        let lost = Controls { accepted: 7, last: false, ..all };
        assert_eq!(controls(lost), "controls  7 of 24 accepted, the last one not");
        assert_eq!(controls(Controls::default()), "controls  0 of 0 accepted");
    }
}
