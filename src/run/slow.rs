//! Answers that take longer than the user allows.

use super::session::Session;
pub(super) use crate::check::TOO_SLOW;
use crate::check::{Breach, Exchange};

/// Times that a slow answer's case is sent again; it must be slow each time.
const REPETITIONS: u32 = 2;

impl Session<'_> {
    /// The breach of an answer that took longer than allowed, where there is a limit.
    pub(super) fn too_slow(&self, exchange: &Exchange<'_>) -> Option<Breach> {
        let limit = self.settings.max_response_time?;
        crate::check::too_slow(exchange, limit)
    }

    /// Sends the case of a slow answer again, alone: on a fresh connection, and on a kept one,
    /// where connecting costs nothing. One answer in time says that it was the moment's fault, our
    /// own company's among it.
    pub(super) async fn confirm_slow(&mut self, index: usize) {
        let suspect = self.suspects.get(index).clone();
        let request = &suspect.case.request;
        for repetition in 0..REPETITIONS {
            let again = match repetition {
                0 => self.wire.send_fresh(request).await,
                _ => self.wire.send_again(request).await,
            };
            let Some(interaction) = again else { return self.suspects.acquit(index) };
            let reading = self.oracle.read(&interaction);
            if self.shows(index, &interaction, &reading).is_none() {
                return self.suspects.acquit(index);
            }
        }
        let suspect = self.suspects.get_mut(index);
        suspect.reproduced.seen = REPETITIONS + 1;
        suspect.reproduced.sent = REPETITIONS + 1;
        suspect.is_confirmed = true;
    }
}
