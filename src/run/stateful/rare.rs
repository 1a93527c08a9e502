//! Faults that come and go: sent again until they are seen again, or often enough to say how rare
//! they are.

use crate::case::GenerationMode;
use crate::check::{CheckName, Severity, TOO_LATE, relations};
use crate::contract::RuleId;
use crate::run::company::{RHYTHM, is_of_the_whole};
use crate::run::known::is_of_something_gone;
use crate::run::lapse::LAPSE;
use crate::run::session::Session;
use crate::run::word::word;

/// Requests that a suspicion is worth: a fault in 1 of 100 shows again with a probability of 0.95,
/// and one at every hundredth request three times.
const TIMES: u32 = 310;

/// Requests for all such suspicions of one operation.
const MOST: u32 = 2 * TIMES;

/// Times that a fault has to come back for its rhythm to be told: at this distance or further the
/// first number, below it, where chance repeats itself more easily, the second.
const APART: u32 = 20;
const BEATS: usize = 3;
const QUICK_BEATS: usize = 5;

impl Session<'_> {
    /// Sends the requests again that looked broken and didn't each time when they were sent again,
    /// to tell how often they do.
    pub(super) async fn find_rare(&mut self) {
        let mut left = MOST;
        // A fault of the whole answer shows in its parts, too.
        let (whole, parts): (Vec<usize>, Vec<usize>) = (0..self.suspects.len())
            .partition(|index| is_of_the_whole(self.suspects.get(*index).breach.check));
        for index in whole.into_iter().chain(parts) {
            if !self.is_rare(index) {
                continue;
            }
            let case = self.suspects.get(index).case.clone();
            let (mut sent, mut beats) = (0, Vec::new());
            // On a kept connection the lack of an answer may pass for that connection's end.
            let is_fresh = self.suspects.get(index).breach.check == CheckName::Answered;
            while sent < TIMES.min(left) && !is_told(&beats) {
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
            if let Some(distance) = rhythm(&beats) {
                let kind =
                    if suspect.breach.kind == LAPSE { TOO_LATE } else { suspect.breach.kind };
                let kind = format!("{kind}{RHYTHM}{distance} requests");
                suspect.breach.kind = word(&kind);
            }
        }
    }

    /// Whether a suspicion is one that comes and goes, for no reason that is known.
    fn is_rare(&self, index: usize) -> bool {
        let suspect = self.suspects.get(index);
        let breach = &suspect.breach;
        let is_explained =
            (0..self.suspects.len()).map(|index| self.suspects.get(index)).any(|s| {
                let is_told = s.breach.kind == LAPSE || s.breach.kind.contains(RHYTHM);
                let is_alike = s.breach.check == breach.check
                    && (needs_company(&s.breach.rule) || (is_told && s.breach.kind != breach.kind));
                let is_more = !is_of_the_whole(breach.check)
                    && is_of_the_whole(s.breach.check)
                    && (s.reproduced.is_flaky() || needs_company(&s.breach.rule));
                s.is_confirmed && s.count > 0 && (is_alike || is_more)
            });
        let comes_and_goes = suspect.reproduced.is_flaky() || !suspect.is_confirmed;
        let is_worth_it = match breach.check {
            CheckName::MaxResponseTime => false,
            CheckName::PositiveDataAcceptance => suspect.case.mode == GenerationMode::Positive,
            // What may not exist on the server may be left out, now and then.
            _ => breach.kind != relations::MADE_UP_NOT_ANSWERED,
        };
        // What is known to a server may come and go.
        suspect.count > 0
            && !is_of_something_gone(breach.kind)
            && comes_and_goes
            && is_worth_it
            && !is_explained
            && breach.severity == Severity::Failure
    }
}

/// Whether a fault came back often enough to tell whether it has a rhythm.
fn is_told(beats: &[u32]) -> bool {
    let is_slow = matches!(beats, [first, second, ..] if second - first >= APART);
    beats.len() >= if is_slow { BEATS } else { QUICK_BEATS }
}

/// The number of requests from each time to the next, where it is the same.
fn rhythm(beats: &[u32]) -> Option<u32> {
    let mut distances = beats.windows(2).map(|pair| pair[1] - pair[0]);
    let first = distances.next()?;
    (is_told(beats) && first > 1 && distances.all(|distance| distance == first)).then_some(first)
}

/// Whether a rule is about requests in the company of others.
fn needs_company(rule: &RuleId) -> bool {
    rule.location() == "request" && ["concurrency", "afterMalformed"].contains(&rule.keyword())
}

#[cfg(test)]
mod tests {
    use super::{is_told, rhythm};

    #[test]
    fn a_rhythm_is_told_by_distances_that_chance_hardly_repeats() {
        assert_eq!(rhythm(&[97, 194, 291]), Some(97));
        assert_eq!(rhythm(&[4, 9, 14, 19, 24]), Some(5));
        assert_eq!(rhythm(&[1, 2, 3, 4, 5]), None, "each time is no rhythm");
        assert_eq!(rhythm(&[4, 9, 14, 19, 25]), None);
        assert_eq!(rhythm(&[97, 194, 290]), None);
        assert!(!is_told(&[4, 9, 14]) && !is_told(&[97, 194]) && !is_told(&[]));
    }
}
