//! What answers say of the target's health, and when a run is not worth going on with.

use std::time::{Duration, Instant};

use super::Wire;
use crate::http::{Interaction, NoAnswer, NoAnswerKind};
use crate::run::EndedEarly;

/// A target that leaves this many requests in a row without a connection is gone.
const LOST_CONNECTIONS: u32 = 3;

/// Unless it answered another request within this: it may take few connections at once,
const CROWDED: Duration = Duration::from_millis(500);

/// or be started anew. Then nothing is sent for a while,
const RESTART: Duration = Duration::from_millis(600);

/// and it is gone once that took longer than this.
const GONE: Duration = Duration::from_secs(5);

/// A run is not worth waiting for more requests without an answer in time than this,
const MOST_UNANSWERED: u32 = 60;

/// or, once it is known that some answers never come and they are given little time, than this.
const MOST_UNANSWERED_SOON: u32 = 600;

/// Nor for more in a row that are closed without an answer, once there was none for so long.
const MOST_CLOSED: u32 = 100;

/// Nor for more in a row during which our own event loop was late all the time.
const MOST_STARVED: u32 = 40;

impl Wire<'_> {
    /// Sees to the target's load. Once it is known that some answers never come, one more of them is
    /// no sign of it.
    pub(super) fn watch(&self, interaction: &Interaction) {
        if !(interaction.is_late() && self.patience.is_certain()) {
            self.gate.watch(interaction);
        }
    }

    /// Takes note of what an answer says of the target, and ends the run where it is not worth going on.
    pub(super) fn note(&self, interaction: &Interaction) {
        self.gate.count(interaction);
        match &interaction.result {
            Ok(answer) => {
                self.largest.set(self.largest.get().max(answer.body.len()));
                self.answered.set(Some(Instant::now()));
                self.lost.set(0);
                self.closed.set(0);
                self.starved.set(0);
                self.waits.note(answer);
                self.latency.borrow_mut().add(interaction.elapsed);
                self.patience.note(interaction.elapsed);
            }
            Err(failure) if failure.kind == NoAnswerKind::Connect => {
                self.lost.set(self.lost.get() + 1);
                let since = self.answered.get().map_or(Duration::MAX, |at| at.elapsed());
                if self.lost.get() >= LOST_CONNECTIONS && (CROWDED..GONE).contains(&since) {
                    self.waits.hold(RESTART);
                } else if self.lost.get() >= LOST_CONNECTIONS && since >= GONE {
                    self.end(EndedEarly::NotConnected {
                        detail: failure.detail.clone(),
                        answered_before: self.has_answered(),
                    });
                }
            }
            Err(NoAnswer { kind: NoAnswerKind::Untrusted(fault), detail }) => {
                self.end(EndedEarly::Untrusted {
                    fault: *fault,
                    detail: detail.clone(),
                    answered_before: self.has_answered(),
                });
            }
            Err(failure) if failure.kind == NoAnswerKind::Starved => {
                self.starved.set(self.starved.get() + 1);
                if self.starved.get() >= MOST_STARVED {
                    self.end(EndedEarly::Starved);
                }
            }
            Err(failure) if failure.kind == NoAnswerKind::Timeout => {
                self.unanswered.set(self.unanswered.get() + 1);
                let most =
                    if self.patience.is_lost() { MOST_UNANSWERED_SOON } else { MOST_UNANSWERED };
                if self.unanswered.get() >= most {
                    self.end(EndedEarly::Unanswered);
                }
            }
            Err(failure) if failure.kind == NoAnswerKind::Closed => {
                self.lost.set(0);
                self.closed.set(self.closed.get() + 1);
                let is_gone = self.answered.get().is_some_and(|at| at.elapsed() >= GONE);
                if is_gone && self.closed.get() >= MOST_CLOSED {
                    self.end(EndedEarly::Unanswered);
                }
            }
            Err(_) => self.lost.set(0),
        }
    }
}
