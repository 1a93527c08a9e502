//! Faults that come and go: sent again until they are seen again, or often enough to say how rare
//! they are.

use crate::case::GenerationMode;
use crate::check::{CheckName, Severity};
use crate::contract::RuleId;
use crate::run::company::RHYTHM;
use crate::run::known::is_of_something_gone;
use crate::run::session::Session;
use crate::run::word::word;

/// Requests that a suspicion is worth: a fault in 1 of 100 shows again with a probability of 0.95,
/// and one at every hundredth request three times.
const TIMES: u32 = 310;

/// Requests for all such suspicions of one operation.
const MOST: u32 = 2 * TIMES;

/// Times that a fault has to come back for its rhythm to be told.
const BEATS: usize = 3;

impl Session<'_> {
    /// Sends the valid requests again that looked broken and mostly didn't when they were sent
    /// again, to tell how often they do.
    pub(super) async fn find_rare(&mut self) {
        let mut left = MOST;
        for index in 0..self.suspects.len() {
            if !self.is_rare(index) {
                continue;
            }
            let case = self.suspects.get(index).case.clone();
            let (mut sent, mut beats) = (0, Vec::new());
            // On a kept connection the lack of an answer may pass for that connection's end.
            let is_fresh = self.suspects.get(index).breach.check == CheckName::Answered;
            while sent < TIMES.min(left) && beats.len() < BEATS {
                let answer = self.wire.send_one(&case.request, is_fresh, false).await;
                let Some(interaction) = answer else { break };
                let Some(interaction) = self.unless_full(&case, interaction).await else {
                    sent += 1;
                    continue;
                };
                let reading = self.oracle.read(&interaction);
                sent += 1;
                if self.shows(index, &interaction, &reading).is_some() {
                    beats.push(sent);
                }
            }
            left -= sent;
            let suspect = self.suspects.get_mut(index);
            let seen = u32::try_from(beats.len()).unwrap_or(u32::MAX);
            suspect.reproduced.seen = suspect.reproduced.seen.max(1) + seen;
            suspect.reproduced.sent = suspect.reproduced.sent.max(1) + sent;
            suspect.is_confirmed |= suspect.reproduced.seen >= 2;
            if let [first, second, third] = beats[..]
                && third - second == second - first
                && second - first > 1
            {
                let kind = format!("{}{RHYTHM}{} requests", suspect.breach.kind, second - first);
                suspect.breach.kind = word(&kind);
            }
        }
    }

    /// Whether a suspicion is one of a valid request that comes and goes, for no reason that is
    /// known.
    fn is_rare(&self, index: usize) -> bool {
        let suspect = self.suspects.get(index);
        let breach = &suspect.breach;
        let is_explained =
            (0..self.suspects.len()).map(|index| self.suspects.get(index)).any(|s| {
                s.is_confirmed && s.breach.check == breach.check && needs_company(&s.breach.rule)
            });
        let is_scarce = suspect.reproduced.is_scarce() || !suspect.is_confirmed;
        let checks =
            [CheckName::NotAServerError, CheckName::Answered, CheckName::PositiveDataAcceptance];
        // What is known to a server may come and go.
        suspect.count > 0
            && !is_of_something_gone(breach.kind)
            && is_scarce
            && !is_explained
            && breach.severity == Severity::Failure
            && suspect.case.mode == GenerationMode::Positive
            && checks.contains(&breach.check)
    }
}

/// Whether a rule is about requests in the company of others.
fn needs_company(rule: &RuleId) -> bool {
    rule.location() == "request" && ["concurrency", "afterMalformed"].contains(&rule.keyword())
}
