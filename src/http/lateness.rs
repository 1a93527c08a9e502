//! How late our own event loop was: what it costs is never the target's.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the event loop is asked whether it is on time.
const BEAT: Duration = Duration::from_millis(10);

/// Less is the timer's own grain, and the wake of any other task.
const LEAST: Duration = Duration::from_millis(5);

/// Stalls that are remembered; exchanges are short beside that many.
const MOST: usize = 1024;

/// The times at which the event loop that carries a client was late.
///
/// Somebody has to keep [`watch`](Lateness::watch) running on that loop; otherwise it was never
/// late.
#[derive(Debug, Default)]
pub struct Lateness {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the loop had something to do, and when it did it.
    stalls: VecDeque<(Instant, Instant)>,
    /// When the next beat is due, while somebody watches.
    due: Option<Instant>,
}

impl Lateness {
    /// Takes note of every stall of the event loop that runs this future, which never ends.
    pub async fn watch(&self) {
        // However the watch ends, nothing is late for it any more.
        let _end = EndOfWatch(self);
        loop {
            let due = Instant::now() + BEAT;
            self.state().due = Some(due);
            tokio::time::sleep_until(due.into()).await;
            let now = Instant::now();
            if now - due >= LEAST {
                let mut state = self.state();
                if state.stalls.len() == MOST {
                    state.stalls.pop_front();
                }
                state.stalls.push_back((due, now));
            }
        }
    }

    /// How long the event loop was late in all between two moments, one that still lasts included.
    pub fn between(&self, begin: Instant, end: Instant) -> Duration {
        let state = self.state();
        let lasting = state.due.filter(|due| *due + LEAST <= end).map(|due| (due, end));
        let all = state.stalls.iter().rev().copied().take_while(|(_, until)| *until > begin);
        all.chain(lasting)
            .map(|(from, until)| until.min(end).saturating_duration_since(from.max(begin)))
            .sum()
    }

    /// How long the event loop was late in all.
    pub fn total(&self) -> Duration {
        self.state().stalls.iter().map(|(from, until)| *until - *from).sum()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can panic half-way, so a poisoned one is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct EndOfWatch<'l>(&'l Lateness);

impl Drop for EndOfWatch<'_> {
    fn drop(&mut self) {
        self.0.state().due = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Lateness;

    #[tokio::test]
    async fn a_blocked_loop_is_late_for_as_long_as_it_is_blocked() {
        let lateness = Lateness::default();
        let begin = Instant::now();
        let block = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            std::thread::sleep(Duration::from_millis(200));
            // Told before the next beat, too.
            assert!(lateness.between(begin, Instant::now()) >= Duration::from_millis(180));
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        tokio::select! {
            () = lateness.watch() => unreachable!("never ends"),
            () = block => {}
        }
        let end = Instant::now();
        let late = lateness.between(begin, end);
        assert!(late >= Duration::from_millis(180) && late <= end - begin, "{late:?}");
        assert_eq!(lateness.between(end, end + Duration::from_secs(9)), Duration::ZERO);
    }

    #[test]
    fn where_nobody_watches_nothing_is_late() {
        let lateness = Lateness::default();
        let begin = Instant::now();
        assert_eq!(lateness.between(begin, begin + Duration::from_secs(1)), Duration::ZERO);
    }
}
