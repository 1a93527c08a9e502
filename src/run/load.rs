//! A target that is overloaded gets fewer requests at once. No verdict rests on it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::http::{Interaction, NoAnswerKind};

/// Answers that are looked at together.
const WINDOW: usize = 16;

/// Of these, so many turned away are a sign of load.
const TURNED_AWAY: usize = WINDOW / 4;

/// Of these, so many server errors are a sign of load, unless fewer requests at once change nothing.
const SERVER_ERRORS: usize = WINDOW / 2;

/// Answers that don't come in time, however many others do in between, are a sign of load: some servers
/// let connections wait until others are closed.
const LATE: u32 = 3;

/// Answers that take so many times as long as before are a sign of load,
const SLOWER: u32 = 4;

/// if that is at least so much longer.
const SLOWER_BY: Duration = Duration::from_millis(100);

/// What a run learned of the target's load, and what it did about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Answers with 429 or 503.
    pub turned_away: u64,
    /// Those of them that said when to come again, with `Retry-After`.
    pub retry_after: u64,
    /// The time that was waited before sending again what was turned away, in milliseconds.
    pub waited_ms: u64,
    /// How often the number of requests at once was halved.
    pub halved: u32,
    /// The fewest requests at once that were allowed; `None` where it was never lowered.
    pub fewest_at_once: Option<usize>,
    /// How many connections the target serves at once, where that is fewer than were to be used: no more
    /// requests were sent at once.
    pub connections: Option<usize>,
    /// Requests sent once more, as the server had closed an idle connection.
    pub reconnects: u64,
    /// How late our own event loop was in all, in milliseconds: never blamed on the target.
    pub own_lateness_ms: u64,
}

impl Load {
    /// Adds what another shard learned.
    pub(super) fn add(&mut self, other: Self) {
        let fewest = [self.fewest_at_once, other.fewest_at_once];
        let connections = [self.connections, other.connections];
        *self = Self {
            turned_away: self.turned_away + other.turned_away,
            retry_after: self.retry_after + other.retry_after,
            waited_ms: self.waited_ms + other.waited_ms,
            halved: self.halved + other.halved,
            fewest_at_once: fewest.into_iter().flatten().min(),
            connections: connections.into_iter().flatten().min(),
            reconnects: self.reconnects + other.reconnects,
            own_lateness_ms: self.own_lateness_ms + other.own_lateness_ms,
        };
    }
}

/// A change of the number of requests at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcurrencyChange {
    /// What it was.
    pub from: usize,
    /// What it is.
    pub to: usize,
    /// Why.
    pub why: &'static str,
}

/// What shows load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    TurnedAway,
    Late,
    ServerErrors,
    Slower,
}

impl Sign {
    fn why(self) -> &'static str {
        match self {
            Self::TurnedAway => "the target turns requests away",
            Self::Late => "some requests wait for too long",
            Self::ServerErrors => "many answers are server errors",
            Self::Slower => "answers take longer and longer",
        }
    }
}

/// Holds back requests while too many are under way.
pub(super) struct Gate {
    most: usize,
    allowed: Cell<usize>,
    /// With more than this requests were not answered in time, so that nothing climbs beyond it.
    ceiling: Cell<usize>,
    under_way: Cell<usize>,
    /// Answers that didn't come in time since the number was last lowered for that.
    late: Cell<u32>,
    freed: Notify,
    window: RefCell<Window>,
    changes: RefCell<Vec<ConcurrencyChange>>,
    load: Cell<Load>,
}

#[derive(Debug, Default)]
struct Window {
    times: Vec<Duration>,
    turned_away: usize,
    server_errors: usize,
    /// The median of a calm window.
    calm: Option<Duration>,
    /// What the last window led to, with the number of requests at once and its median.
    last: Option<(Sign, usize, Duration)>,
    /// Server errors were as many with fewer requests at once.
    ignores_errors: bool,
}

/// A request under way.
pub(super) struct UnderWay<'g>(&'g Gate);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
        self.0.freed.notify_waiters();
    }
}

impl Gate {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            allowed: Cell::new(most),
            ceiling: Cell::new(most),
            under_way: Cell::new(0),
            late: Cell::new(0),
            freed: Notify::new(),
            window: RefCell::default(),
            changes: RefCell::default(),
            load: Cell::default(),
        }
    }

    /// Waits until one more request may be under way.
    pub(super) async fn pass(&self) -> UnderWay<'_> {
        while self.under_way.get() >= self.allowed.get() {
            self.freed.notified().await;
        }
        self.under_way.set(self.under_way.get() + 1);
        UnderWay(self)
    }

    /// Other operations take other times.
    pub(super) fn begin_operation(&self) {
        self.ceiling.set(self.load.get().connections.unwrap_or(self.most).min(self.most));
        let mut window = self.window.borrow_mut();
        *window = Window { ignores_errors: window.ignores_errors, ..Window::default() };
    }

    /// Lets no more requests through at a time, from now on, than the target serves connections.
    pub(super) fn narrow(&self, connections: usize) {
        self.ceiling.set(connections.min(self.most));
        if self.allowed.get() > connections {
            self.set(connections, "the target serves no more connections at once");
        }
        self.load.set(Load { connections: Some(connections), ..self.load.get() });
    }

    /// What was done about load so far.
    pub(super) fn load(&self) -> Load {
        self.load.get()
    }

    /// The changes since they were last asked for.
    pub(super) fn take_changes(&self) -> Vec<ConcurrencyChange> {
        std::mem::take(&mut self.changes.borrow_mut())
    }

    /// Counts what came of any request.
    pub(super) fn count(&self, interaction: &Interaction) {
        let Ok(answer) = &interaction.result else { return };
        if matches!(answer.status, 429 | 503) {
            let mut load = self.load.get();
            load.turned_away += 1;
            load.retry_after += u64::from(answer.header("retry-after").is_some());
            self.load.set(load);
        }
    }

    /// Looks for load in what came of a request that was one of several at once.
    pub(super) fn watch(&self, interaction: &Interaction) {
        let mut window = self.window.borrow_mut();
        match &interaction.result {
            Ok(answer) => match answer.status {
                429 | 502..=504 => window.turned_away += 1,
                500.. => window.server_errors += 1,
                _ => {}
            },
            Err(failure) => match failure.kind {
                NoAnswerKind::Connect => window.turned_away += 1,
                NoAnswerKind::Timeout => self.wait_less(),
                _ => {}
            },
        }
        window.times.push(interaction.elapsed);
        if window.times.len() >= WINDOW {
            self.judge(&mut window);
        }
    }

    /// One more answer didn't come in time.
    fn wait_less(&self) {
        self.late.set(self.late.get() + 1);
        if self.late.get() >= LATE && self.allowed.get() > 1 {
            self.late.set(0);
            self.ceiling.set(self.allowed.get() / 2);
            self.halve(Sign::Late);
        }
    }

    fn judge(&self, window: &mut Window) {
        window.times.sort_unstable();
        let median = window.times[WINDOW / 2];
        let allowed = self.allowed.get();
        let sign = window.sign(median);
        if let Some((before, at_once, slow)) = window.last.take()
            && sign == Some(before)
            && allowed < at_once
            && before.is_unmoved(median, slow)
        {
            // It is not the number of requests that does it.
            window.ignores_errors |= before == Sign::ServerErrors;
            window.calm = Some(median);
            self.set(at_once, "fewer at once changed nothing");
        } else if let Some(sign) = sign {
            window.last = Some((sign, allowed, median));
            self.halve(sign);
        } else {
            window.calm = Some(window.calm.map_or(median, |calm| calm.min(median)));
            if allowed < self.ceiling.get() {
                self.set(allowed + 1, "the target keeps up again");
            }
        }
        window.times.clear();
        window.turned_away = 0;
        window.server_errors = 0;
    }

    fn halve(&self, sign: Sign) {
        let allowed = self.allowed.get();
        if allowed == 1 {
            return;
        }
        self.set(allowed / 2, sign.why());
        let mut load = self.load.get();
        load.halved += 1;
        let fewest = load.fewest_at_once.unwrap_or(usize::MAX);
        load.fewest_at_once = Some(fewest.min(allowed / 2));
        self.load.set(load);
    }

    fn set(&self, to: usize, why: &'static str) {
        let from = self.allowed.replace(to);
        self.changes.borrow_mut().push(ConcurrencyChange { from, to, why });
        self.freed.notify_waiters();
    }
}

impl Sign {
    /// Whether it shows as much at fewer requests at once, so that it is none of load.
    fn is_unmoved(self, median: Duration, before: Duration) -> bool {
        match self {
            // What turns requests away wants fewer of them, however few there are.
            Self::TurnedAway | Self::Late => false,
            Self::ServerErrors => true,
            Self::Slower => median * 4 > before * 3,
        }
    }
}

impl Window {
    fn sign(&self, median: Duration) -> Option<Sign> {
        let is_slower = |calm: Duration| median >= calm * SLOWER && median >= calm + SLOWER_BY;
        if self.turned_away >= TURNED_AWAY {
            Some(Sign::TurnedAway)
        } else if self.server_errors >= SERVER_ERRORS && !self.ignores_errors {
            Some(Sign::ServerErrors)
        } else if self.calm.is_some_and(is_slower) {
            Some(Sign::Slower)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::{Gate, WINDOW};
    use crate::http::header::HeaderMap;
    use crate::http::{Answer, Interaction};

    /// Watches a window of answers with this status, each after so many milliseconds.
    fn watch(gate: &Gate, status: u16, millis: u64) -> usize {
        for _ in 0..WINDOW {
            let answer = Answer { status, headers: HeaderMap::new(), body: Bytes::new() };
            let elapsed = Duration::from_millis(millis);
            gate.watch(&Interaction { result: Ok(answer), elapsed });
        }
        gate.allowed.get()
    }

    #[test]
    fn what_is_turned_away_halves_and_calm_climbs_back_by_one() {
        let gate = Gate::new(8);
        assert_eq!([429, 503, 429, 429].map(|status| watch(&gate, status, 1)), [4, 2, 1, 1]);
        assert_eq!([200, 200, 400].map(|status| watch(&gate, status, 1)), [2, 3, 4]);
        let load = gate.load();
        assert_eq!((load.halved, load.fewest_at_once), (3, Some(1)));
        let changes = gate.take_changes();
        assert_eq!((changes[0].from, changes[0].to), (8, 4));
        assert!(gate.take_changes().is_empty());
    }

    #[test]
    fn server_errors_that_fewer_requests_don_t_change_are_no_load() {
        let gate = Gate::new(8);
        assert_eq!([500, 500, 500].map(|status| watch(&gate, status, 1)), [4, 8, 8]);
        let gate = Gate::new(8);
        assert_eq!([500, 200, 200].map(|status| watch(&gate, status, 1)), [4, 5, 6]);
    }

    #[test]
    fn slower_answers_halve_until_that_changes_nothing() {
        let gate = Gate::new(8);
        assert_eq!([5, 7, 400, 150].map(|millis| watch(&gate, 200, millis)), [8, 8, 4, 2]);
        // As slow with two as with four: that is how it is.
        assert_eq!([150, 150].map(|millis| watch(&gate, 200, millis)), [4, 5]);
        gate.begin_operation();
        assert_eq!([600, 600].map(|millis| watch(&gate, 200, millis)), [6, 7]);
    }

    #[tokio::test]
    async fn a_gate_lets_through_as_many_as_are_allowed() {
        let gate = Gate::new(2);
        let first = gate.pass().await;
        let _second = gate.pass().await;
        let mut third = std::pin::pin!(gate.pass());
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop(first);
        assert!(futures_util::poll!(third.as_mut()).is_ready());
    }
}
