//! Answers that don't come in time: never, never again, or now and then.

use super::session::Session;
use super::{EndedEarly, Reproduced};
use crate::case::Case;
use crate::check::{Breach, CheckName, Severity, TOO_LATE};
use crate::http::NoAnswer;

/// The kind of breach of a target that leaves requests without an answer now and then.
pub(super) const LAPSE: &str = "no answer in time now and then";

/// So many lapses, each at a moment of its own, are no chance.
const LAPSES: u32 = 3;

/// How often the plain request is sent before the target is taken to answer nothing any more.
const LAST_TRIES: u32 = 2;

impl Session<'_> {
    /// Asks again for what was not answered in time, alone: where it isn't again, though the plain
    /// request is, such answers never come, and the plan's other requests are given less time. Where
    /// the plain request isn't either, though it was before, the run is over.
    pub(super) async fn doubt(&mut self, case: &Case, late: &NoAnswer) {
        self.wire.close_idle().await;
        let Some(again) = self.wire.send_fresh(&case.request).await else { return };
        let actual = format!("{}: {}", late.kind, late.detail);
        if again.result.is_ok() {
            self.note_lapse(case, &actual);
        }
        if !again.is_late() {
            return;
        }
        for _ in 0..LAST_TRIES {
            let plain = self.wire.send_fresh(&self.bounds.plain_request()).await;
            let Some(plain) = plain else { return };
            if plain.result.is_ok() {
                return self.wire.patience.lose();
            }
            if !plain.is_late() || self.controls.accepted == 0 {
                return;
            }
            self.wire.close_idle().await;
        }
        let before = self.controls.accepted;
        let actual =
            format!("{actual}, nor to the plain request, which was accepted {before} times before");
        let times = 2 + LAST_TRIES;
        self.convict_silence(case, TOO_LATE, actual, Reproduced { seen: times, sent: times });
        self.wire.end(EndedEarly::Unanswered);
    }

    /// Takes note of a lapse: what was not answered in time, and is when it is sent again alone.
    ///
    /// A target that takes long anyway, or few requests at once, may be late for want of time. One that
    /// is quick otherwise leaves requests without an answer: that is held against it once it was no
    /// chance.
    pub(super) fn note_lapse(&mut self, case: &Case, actual: &str) {
        if !self.wire.is_quick() {
            return;
        }
        let lapses = self.wire.lapses.get() + 1;
        self.wire.lapses.set(lapses);
        if lapses < LAPSES {
            return;
        }
        self.wire.patience.lose();
        let actual = format!(
            "{actual}; so {lapses} times, and answered in time each time it was sent again"
        );
        self.convict_silence(case, LAPSE, actual, Reproduced { seen: lapses, sent: 2 * lapses });
    }

    /// Holds it against the target that requests are left without an answer.
    fn convict_silence(
        &mut self,
        case: &Case,
        kind: &'static str,
        actual: String,
        seen: Reproduced,
    ) {
        let rule = self.oracle.operation().rule_id("response", "noAnswer");
        if !self.settings.asks(CheckName::Answered, &rule) {
            return;
        }
        let breach = Breach {
            check: CheckName::Answered,
            rule,
            severity: Severity::Failure,
            kind,
            expected: "a whole answer".to_owned(),
            actual,
        };
        self.suspects.convict(&breach, case, None, seen);
    }
}
