//! Kinds of requests that are answered far slower than the others: observed, never a verdict.

use std::collections::BTreeMap;
use std::time::Duration;

use super::latency::Histogram;
use super::session::Session;
use crate::case::{Case, Scenario};
use crate::contract::RuleId;
use crate::http::Interaction;

/// A quicker answer is never told of, however quick the others are.
const LEAST: Duration = Duration::from_millis(200);

/// Nor is one that takes less than so many times the median.
const TIMES_MEDIAN: u32 = 10;

/// Nor one that is nearer to the median than so many times the way to the upper quartile.
const QUARTILE_DISTANCES: u32 = 10;

/// Kinds of requests that are remembered, and of these the ones that are sent again.
const MOST_KINDS: usize = 64;
const MOST_CONFIRMED: usize = 8;

/// The slowest answer to each kind of request, among those slow enough to be told of.
#[derive(Debug, Default)]
pub(super) struct SlowKinds(BTreeMap<(Scenario, RuleId), (Duration, Case)>);

impl SlowKinds {
    /// Takes note of how long an answer took.
    pub(super) fn note(&mut self, case: &Case, interaction: &Interaction) {
        let elapsed = interaction.elapsed;
        if elapsed < LEAST || interaction.result.is_err() {
            return;
        }
        let kind = (case.scenario, case.rule.clone());
        let is_slowest = self.0.get(&kind).map_or(self.0.len() < MOST_KINDS, |h| h.0 < elapsed);
        if is_slowest {
            self.0.insert(kind, (elapsed, case.clone()));
        }
    }
}

/// What an answer must exceed to lie far outside of these.
fn bound(answers: &Histogram) -> Option<Duration> {
    let (median, upper) = (answers.at(50)?, answers.at(75)?);
    let spread = median + upper.saturating_sub(median) * QUARTILE_DISTANCES;
    Some(LEAST.max(median * TIMES_MEDIAN).max(spread))
}

impl Session<'_> {
    /// Sends the slowest kinds of requests again, alone, and tells of those that are slow each
    /// time.
    pub(super) async fn observe_slow_kinds(&mut self) {
        let operation = self.oracle.operation();
        let rule = operation.rule_id("response", "latency");
        if self.settings.max_response_time.is_some() || !self.settings.selects(&rule) {
            return;
        }
        let Some(bound) = self.wire.latency_so_far(bound) else { return };
        let kinds = std::mem::take(&mut self.slow_kinds).0.into_values();
        let mut kinds: Vec<_> = kinds.filter(|(elapsed, _)| *elapsed > bound).collect();
        kinds.sort_by_key(|(elapsed, _)| std::cmp::Reverse(*elapsed));
        for (elapsed, case) in kinds.into_iter().take(MOST_CONFIRMED) {
            let mut least = elapsed;
            for is_fresh in [true, false] {
                let request = &case.request;
                let Some(again) = self.wire.send_one(request, is_fresh, false).await else {
                    return;
                };
                least =
                    if again.result.is_ok() { least.min(again.elapsed) } else { Duration::ZERO };
            }
            if least > bound {
                let rule = case.rule.within_operation();
                let what = format!("slow, also alone: {} ({rule})", case.intent);
                self.ledger.observe(&operation.rule_id("response", "latency"), &what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::bound;
    use crate::run::Histogram;

    #[test]
    fn what_lies_far_outside_depends_on_the_others() {
        let of = |answers: &[(u64, u32)]| {
            let mut histogram = Histogram::default();
            for (milliseconds, count) in answers {
                (0..*count).for_each(|_| histogram.add(Duration::from_millis(*milliseconds)));
            }
            bound(&histogram).map(|bound| bound.as_millis())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(1, 90), (500, 10)]), Some(200), "quick answers, with some slow ones");
        assert!(of(&[(60, 100)]) >= Some(600), "ten times the median");
        assert!(of(&[(60, 60), (400, 40)]) >= Some(4000), "answers that vary by themselves");
    }
}
