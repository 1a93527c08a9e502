//! Faults that come and go: sent again until they are seen again, or often enough to say how rare
//! they are.

use crate::case::GenerationMode;
use crate::check::{CheckName, Severity};
use crate::run::session::Session;

/// Requests that a suspicion is worth: a fault in 1 of 100 shows again with a probability of 0.95.
const TIMES: u32 = 300;

/// Requests for all such suspicions of one operation.
const MOST: u32 = 900;

impl Session<'_> {
    /// Sends the valid requests again that looked broken once, and didn't when they were sent again.
    pub(super) async fn find_rare(&mut self) {
        let mut left = MOST;
        for index in 0..self.suspects.len() {
            let suspect = self.suspects.get(index);
            let is_rare = suspect.count > 0
                && !suspect.is_confirmed
                && suspect.breach.severity == Severity::Failure
                && suspect.case.mode == GenerationMode::Positive
                && matches!(
                    suspect.breach.check,
                    CheckName::NotAServerError
                        | CheckName::Answered
                        | CheckName::PositiveDataAcceptance
                );
            if !is_rare {
                continue;
            }
            let case = suspect.case.clone();
            let (mut seen, mut sent) =
                (suspect.reproduced.seen.max(1), suspect.reproduced.sent.max(1));
            for _ in 0..TIMES.min(left) {
                let Some(interaction) = self.wire.send_again(&case.request).await else { break };
                left -= 1;
                let reading = self.oracle.read(&interaction);
                sent += 1;
                if self.shows(index, &interaction, &reading).is_some() {
                    seen += 1;
                    break;
                }
            }
            let suspect = self.suspects.get_mut(index);
            suspect.reproduced.seen = seen;
            suspect.reproduced.sent = sent;
            suspect.is_confirmed = seen >= 2;
        }
    }
}
