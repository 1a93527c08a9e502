//! Waiting before a request is sent again that was turned away for reasons of the moment.

use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime};

use super::EndedEarly;
use super::session::Session;
use super::wire::Wire;
use crate::case::{Case, Expectation};
use crate::check::{Disposition, Reading};
use crate::http::header::RETRY_AFTER;
use crate::http::{Answer, Interaction, NoAnswerKind};

/// A request that was turned away for reasons of the moment is sent again this often.
const TRANSIENT_TRIES: u32 = 4;

/// One during which our own event loop was late all the time is, unless it is a control, sent again
/// this often: it may be what keeps the loop busy.
const STARVED_TRIES: u32 = 1;

/// The longest wait before such a request is sent again, whatever `Retry-After` says.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a run waits in all before sending again what was turned away for reasons of the moment.
const MOST_WAITING: Duration = Duration::from_secs(120);

/// Requests in a row that the gateway kept refusing before that is taken as its last word.
const FUTILE_REQUESTS: u32 = 5;

/// So many answers in a row that turn requests away and say when to come again are for every request.
const TURNED_AWAY: u32 = 3;

/// What a run has waited.
#[derive(Debug, Default)]
pub(super) struct Waits {
    total: Cell<Duration>,
    last: Cell<Option<Instant>>,
    /// Answers in a row that turned requests away and said when to come again.
    turned_away: Cell<u32>,
    /// Until when nothing is to be sent, as these say.
    closed: Cell<Option<Instant>>,
}

impl Waits {
    /// The time waited in all.
    pub(super) fn total(&self) -> Duration {
        self.total.get()
    }

    /// Takes note of an answer: one request that is turned away says nothing of others, several do.
    pub(super) fn note(&self, answer: &Answer) {
        let asked = matches!(answer.status, 429 | 503).then(|| asked(answer)).flatten();
        let Some(wait) = asked else { return self.turned_away.set(0) };
        self.turned_away.set(self.turned_away.get() + 1);
        if self.turned_away.get() >= TURNED_AWAY {
            self.hold(wait.min(LONGEST_WAIT));
        }
    }

    /// Nothing is to be sent for so long.
    pub(super) fn hold(&self, wait: Duration) {
        self.closed.set(self.closed.get().max(Some(Instant::now() + wait)));
    }

    /// For how long nothing is to be sent yet.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.closed.get()?.checked_duration_since(Instant::now());
        if left.is_none() {
            self.closed.set(None);
        }
        left
    }
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
        let begun = Instant::now();
        let is_over = tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop().stopped() => false,
        };
        // Waits beside each other count once.
        let (last, now) = (self.waits.last.get(), Instant::now());
        let counted = last.map_or(begun, |last| last.max(begun));
        self.waits.total.set(self.waits.total.get() + now.saturating_duration_since(counted));
        self.waits.last.set(Some(now));
        if !is_over {
            self.end(EndedEarly::Interrupted);
        }
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
            if !self.is_transient(case, &interaction, &reading, is_control)
                || (attempt >= STARVED_TRIES && !is_control && interaction.is_starved())
            {
                break;
            }
            let is_late = attempt == 0 && self.wire.has_paused_since(answered);
            if !is_late && !self.wire.pause(wait(&interaction, attempt)).await {
                break;
            }
            // A server that takes few connections turns away what comes on one too many, for ever.
            let is_crowded = attempt > 0 && reading.disposition == Disposition::Shed;
            let again = if is_crowded {
                self.wire.close_idle().await;
                self.wire.send_fresh(&case.request).await
            } else {
                self.wire.send_again(&case.request).await
            };
            let Some(again) = again else { break };
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
                let is_unheard =
                    |kind| matches!(kind, NoAnswerKind::Connect | NoAnswerKind::Starved);
                matches!(&interaction.result, Err(failure) if is_unheard(failure.kind))
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
    let asked = interaction.result.as_ref().ok().and_then(asked);
    // A server that is started anew is back in a second or two.
    let shortest = if interaction.is_unconnected() { 150 } else { 20 };
    asked.unwrap_or(Duration::from_millis(shortest << attempt)).min(LONGEST_WAIT)
}

/// The wait that an answer asks for with `Retry-After`, in seconds or up to a date.
fn asked(answer: &Answer) -> Option<Duration> {
    let text = answer.header(RETRY_AFTER)?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What is too large for a number is too large for a wait as well.
    let seconds = is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    seconds.or_else(|| {
        let then = httpdate::parse_http_date(text).ok()?;
        Some(then.duration_since(SystemTime::now()).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use bytes::Bytes;

    use super::{Waits, wait};
    use crate::http::header::{HeaderValue, RETRY_AFTER};
    use crate::http::{Answer, Interaction};

    #[test]
    fn a_server_may_say_when_to_come_again_in_seconds_or_as_a_date() {
        let asked = |text: &str| {
            let value = HeaderValue::from_str(text).expect("is a value");
            let headers = [(RETRY_AFTER, value)].into_iter().collect();
            let answer = Answer { status: 429, headers, body: Bytes::new() };
            wait(&Interaction { result: Ok(answer), elapsed: Duration::ZERO }, 1)
        };
        assert_eq!(asked("3"), Duration::from_secs(3));
        for long in ["86400", "99999999999999999999"] {
            assert_eq!(asked(long), Duration::from_secs(30), "{long}");
        }
        for not_said in ["", "soon", "-1"] {
            assert_eq!(asked(not_said), Duration::from_millis(40), "{not_said}");
        }
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(10));
        assert!(asked(&date) > Duration::from_secs(7) && asked(&date) <= Duration::from_secs(10));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Duration::ZERO);
    }

    #[test]
    fn nothing_is_sent_while_every_request_is_told_to_come_again_later() {
        let answer = |status, seconds: &'static str| {
            let value = HeaderValue::from_static(seconds);
            let headers = [(RETRY_AFTER, value)].into_iter().collect();
            Answer { status, headers, body: Bytes::new() }
        };
        let waits = Waits::default();
        for status in [429, 503, 200, 429, 429] {
            waits.note(&answer(status, "7"));
            assert_eq!(waits.left(), None, "one request alone says nothing of others");
        }
        waits.note(&answer(503, "7"));
        let left = waits.left().expect("the third in a row");
        assert!(left > Duration::from_secs(5) && left <= Duration::from_secs(7));
    }
}
