//! Waiting before a request is sent again that was turned away for reasons of the moment.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::session::Session;
use super::wire::Wire;
use crate::case::{Case, Expectation};
use crate::check::{Disposition, Reading};
use crate::http::{Interaction, NoAnswerKind};

/// A request that was turned away for reasons of the moment is sent again this often.
const TRANSIENT_TRIES: u32 = 4;

/// The longest wait before such a request is sent again, whatever `Retry-After` says.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What a run waits in all before sending again what was turned away for reasons of the moment.
const MOST_WAITING: Duration = Duration::from_secs(120);

/// Requests in a row that the gateway kept refusing before that is taken as its last word.
const FUTILE_REQUESTS: u32 = 5;

/// What a run has waited.
#[derive(Debug, Default)]
pub(super) struct Waits {
    total: Cell<Duration>,
    last: Cell<Option<Instant>>,
}

impl Wire<'_> {
    /// Waits before something is sent again; false where the run has no time for that, or ends
    /// meanwhile.
    pub(super) async fn pause(&self, wait: Duration) -> bool {
        let left = self.time_left();
        let waited = self.waits.total.get() + wait;
        if waited > MOST_WAITING || wait >= left || !self.may_send() {
            return false;
        }
        self.waits.total.set(waited);
        let is_over = tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop().stopped() => false,
        };
        self.waits.last.set(Some(Instant::now()));
        is_over
    }

    /// Whether there was a pause since then: what was turned away before it may be sent at once.
    pub(super) fn has_paused_since(&self, then: Instant) -> bool {
        self.waits.last.get().is_some_and(|pause| pause >= then)
    }
}

impl Session<'_> {
    /// The answer, or the one to the same request a little later where this one says nothing.
    pub(super) async fn settled(
        &self,
        case: &Case,
        mut interaction: Interaction,
        answered: Instant,
        is_control: bool,
    ) -> (Interaction, Reading) {
        let mut reading = self.oracle.read(&interaction);
        let is_gateway = |reading: &Reading| {
            matches!(reading.disposition, Disposition::Gateway | Disposition::Denied)
        };
        let mut was_tried = false;
        for attempt in 0..TRANSIENT_TRIES {
            if !self.is_transient(case, &interaction, &reading, is_control) {
                break;
            }
            let is_late = attempt == 0 && self.wire.has_paused_since(answered);
            if !is_late && !self.wire.pause(wait(&interaction, attempt)).await {
                break;
            }
            let Some(again) = self.wire.send_again(&case.request).await else { break };
            was_tried |= is_gateway(&reading);
            interaction = again;
            reading = self.oracle.read(&interaction);
        }
        if was_tried && !is_control {
            let futile = if is_gateway(&reading) { self.futile.get() + 1 } else { 0 };
            self.futile.set(futile);
        }
        (interaction, reading)
    }

    /// Whether the answer says more about the moment than about the request.
    pub(super) fn is_transient(
        &self,
        case: &Case,
        interaction: &Interaction,
        reading: &Reading,
        is_control: bool,
    ) -> bool {
        match reading.disposition {
            Disposition::Shed => true,
            Disposition::NoAnswer => {
                matches!(&interaction.result, Err(failure) if failure.kind == NoAnswerKind::Connect)
            }
            // Once a control was let through, the gateway's refusal of it is one of the moment. So
            // it is where a rule about the body is asked for.
            Disposition::Gateway | Disposition::Denied => {
                let is_decided = match &case.expectation {
                    Expectation::Refused(outcome) => !outcome.any,
                    Expectation::Open => false,
                    _ => true,
                };
                let was_let_through = self.controls.accepted + self.controls.unknown > 0;
                let is_last_word = !is_control && self.futile.get() >= FUTILE_REQUESTS;
                (is_control || is_decided)
                    && was_let_through
                    && self.lost_blocks == 0
                    && !is_last_word
            }
            _ => false,
        }
    }
}

/// How long to wait before sending again: what the server asks for, within limits.
fn wait(interaction: &Interaction, attempt: u32) -> Duration {
    let asked = interaction.result.as_ref().ok().and_then(|answer| {
        answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    });
    asked.unwrap_or(Duration::from_millis(20 << attempt)).min(LONGEST_WAIT)
}
