//! How long answers are waited for, once it is known that some never come.

use std::cell::Cell;
use std::time::Duration;

use crate::http::Interaction;

/// An answer that comes at all comes within so many times what the slowest one took,
const TIMES: u32 = 4;

/// or within this.
const LEAST: Duration = Duration::from_secs(1);

/// So many rules whose requests are known not to be answered say enough of the target: to wait for those
/// of each other rule as long would take a whole run's time.
const ENOUGH: u32 = 3;

/// From then on an answer that comes at all comes within this at least.
const LEAST_THEN: Duration = Duration::from_millis(300);

/// An answer was held up if it took so many times what the slowest one took,
const HELD_UP: u32 = 8;

/// and no less than this.
const SHORTEST_HOLD: Duration = Duration::from_millis(100);

/// The time that planned requests are given to be answered.
///
/// A target that leaves a kind of request without an answer would cost a run the whole time limit at
/// each of them. Once that is confirmed, at the whole limit, the others are given less; what is late
/// then is no finding before it was late again at the whole limit.
#[derive(Debug, Default)]
pub(super) struct Patience {
    is_lost: Cell<bool>,
    /// It is known which answers never come, so that their lack is no sign of load.
    is_certain: Cell<bool>,
    /// Rules whose requests are known not to be answered.
    rules: Cell<u32>,
    slowest: Cell<Duration>,
}

impl Patience {
    /// An answer took so long.
    pub(super) fn note(&self, elapsed: Duration) {
        self.slowest.set(self.slowest.get().max(elapsed));
    }

    /// It is known that some answers never come.
    pub(super) fn lose(&self) {
        self.is_lost.set(true);
        self.is_certain.set(true);
    }

    /// It is known of one more rule that its requests aren't answered.
    pub(super) fn lose_for_a_rule(&self) {
        self.rules.set(self.rules.get() + 1);
        self.lose();
    }

    /// Whether enough is known of what is not answered.
    pub(super) fn is_exhausted(&self) -> bool {
        self.rules.get() >= ENOUGH
    }

    /// Too many answers didn't come in time to give others all of it, for whatever reason.
    pub(super) fn wear_out(&self) {
        self.is_lost.set(true);
    }

    /// Whether a lack of answers is known to be no sign of load.
    pub(super) fn is_certain(&self) -> bool {
        self.is_certain.get()
    }

    /// Whether less than the whole limit is waited.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.get()
    }

    /// What is waited for an answer, `whole` at most.
    pub(super) fn limit(&self, whole: Duration) -> Duration {
        if self.is_lost() { self.ample(whole) } else { whole }
    }

    /// A time in which an answer that comes at all should have come, `whole` at most.
    pub(super) fn ample(&self, whole: Duration) -> Duration {
        let least = if self.is_exhausted() { LEAST_THEN } else { LEAST };
        whole.min(least.max(self.slowest.get() * TIMES))
    }

    /// Whether an answer took so much longer than any of the plan's before, or didn't come, that
    /// something held it up.
    pub(super) fn is_held_up(&self, interaction: &Interaction) -> bool {
        let usual = SHORTEST_HOLD.max(self.slowest.get() * HELD_UP);
        interaction.is_late() || interaction.elapsed >= usual
    }

    /// How many requests are answered in [`ample`](Self::ample) time, at least, by a target that works on
    /// one after the other.
    pub(super) fn fitting(&self) -> usize {
        let fitting = LEAST.as_micros() / self.slowest.get().as_micros().max(1);
        usize::try_from(fitting).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Patience;

    #[test]
    fn no_more_fit_than_a_target_gets_through_one_by_one() {
        let patience = Patience::default();
        patience.note(Duration::from_millis(3));
        assert_eq!(patience.fitting(), 333);
        patience.note(Duration::from_millis(300));
        assert_eq!(patience.fitting(), 3);
        patience.note(Duration::from_secs(3));
        assert_eq!(patience.fitting(), 0);
    }

    #[test]
    fn less_is_waited_once_answers_are_known_not_to_come() {
        let seconds = Duration::from_secs;
        let patience = Patience::default();
        assert_eq!(patience.limit(seconds(10)), seconds(10));
        patience.lose();
        assert_eq!(patience.limit(seconds(10)), seconds(1));
        assert_eq!(patience.limit(Duration::from_millis(300)), Duration::from_millis(300));
        (0..3).for_each(|_| patience.lose_for_a_rule());
        assert_eq!(patience.limit(seconds(10)), Duration::from_millis(300));
        patience.note(seconds(2));
        patience.note(seconds(1));
        assert_eq!(patience.limit(seconds(10)), seconds(8));
        assert_eq!(patience.limit(seconds(5)), seconds(5));
    }
}
