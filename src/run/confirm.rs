//! A failure is sent again before it is believed.

use super::session::Session;
use super::twice;
use crate::check::{Disposition, Exchange, Reading, Severity, judge, relations};
use crate::http::{Interaction, NoAnswerKind};

/// Times that a case is sent again when it looks broken.
const REPETITIONS: u32 = 2;

/// Times more where it didn't look broken each time.
const MORE_REPETITIONS: u32 = 2;

impl Session<'_> {
    /// Sends the case of a suspect again, alone and on a fresh connection, and counts how often the
    /// same is seen.
    pub(super) async fn confirm(&mut self, index: usize) {
        let suspect = self.suspects.get(index).clone();
        let mut seen = 1;
        let mut sent = 1;
        for repetition in 0..REPETITIONS + MORE_REPETITIONS {
            if repetition >= REPETITIONS && seen == sent {
                break;
            }
            let Some(interaction) = self.wire.send_fresh(&suspect.case.request).await else {
                break;
            };
            let reading = self.oracle.read(&interaction);
            let shows = self.shows(index, &interaction, &reading);
            if !shows && says_nothing(&interaction, &reading) {
                continue;
            }
            sent += 1;
            seen += u32::from(shows);
        }
        let suspect = self.suspects.get_mut(index);
        suspect.reproduced.seen += seen;
        suspect.reproduced.sent += sent;
        suspect.is_confirmed = suspect.reproduced.seen >= 2;
        if suspect.is_confirmed && suspect.breach.kind == relations::NOT_ANSWERED {
            self.ask_alone(index).await;
        }
    }

    /// Whether an answer to the suspect's case breaks the same promise in the same way.
    pub(super) fn shows(&self, index: usize, interaction: &Interaction, reading: &Reading) -> bool {
        let suspect = self.suspects.get(index);
        let fingerprint = suspect.breach.fingerprint();
        let case = &suspect.case;
        let exchange = Exchange { oracle: self.oracle, case, interaction, reading };
        let mut breaches = self.oracle.breaches(case, interaction, reading);
        let (_, broken) = judge(&exchange, suspect.twin.as_ref(), &breaches);
        breaches.extend(broken.or_else(|| twice::breach(&exchange, self.uses_last)));
        breaches.iter().any(|breach| breach.fingerprint() == fingerprint)
    }

    /// A value without an entry contradicts the server's own answers only if it has one elsewhere:
    /// alone, or in another answer of this run.
    async fn ask_alone(&mut self, index: usize) {
        let operation = self.oracle.operation();
        let suspect = self.suspects.get(index).clone();
        let location = suspect.breach.rule.location();
        let found = operation
            .relations
            .iter()
            .zip(&self.answered)
            .find(|(relation, _)| relations::answered_location(relation) == location);
        let Some((relation, answered)) = found else { return };
        let Some(interaction) = self.wire.send_fresh(&suspect.case.request).await else { return };
        let reading = self.oracle.read(&interaction);
        let (Some(request), Ok(response)) = (&suspect.case.body, &reading.json) else { return };
        let Some(related) = relations::related(relation, request, response) else { return };
        if let Some(missing) = related.missing.iter().find(|missing| answered.contains(*missing)) {
            let actual = format!("{missing:?}, which other answers have an entry for");
            return self.suspects.get_mut(index).breach.actual = actual;
        }
        let Some(missing) = related.missing.first() else { return };
        match self.alone(index, relation, missing).await {
            Alone::Answered => {
                self.suspects.get_mut(index).breach.actual =
                    format!("{missing:?}, which is answered when asked for alone");
            }
            Alone::AnsweredOtherwise { is_echo: true } => {
                self.suspects.get_mut(index).breach.actual =
                    format!("{missing:?}; alone it is answered in another spelling");
            }
            Alone::Empty if self.bounds.knows(missing) => {
                self.suspects.get_mut(index).breach.actual =
                    format!("{missing:?}, which is accepted alone and has no entry there either");
            }
            // The page's own examples show entries for other ids than were asked for.
            Alone::AnsweredOtherwise { is_echo: false } => {
                self.suspects.get_mut(index).breach.severity = Severity::Warning;
            }
            Alone::Empty | Alone::Refused => self.suspects.acquit(index),
        }
    }

    /// Asks for one value alone.
    async fn alone(
        &self,
        index: usize,
        relation: &crate::contract::Relation,
        value: &str,
    ) -> Alone {
        let case = &self.suspects.get(index).case;
        let entries = async |value: &str| {
            let alone = self.bounds.alone(case, relation.asked.pointer(), value)?;
            let interaction = self.wire.send_fresh(&alone.request).await?;
            let reading = self.oracle.read(&interaction);
            if reading.disposition != Disposition::Accepted {
                return None;
            }
            relations::related(relation, alone.body.as_ref()?, reading.json.as_ref().ok()?)
        };
        let Some(related) = entries(value).await else { return Alone::Refused };
        if related.missing.is_empty() {
            return Alone::Answered;
        }
        if related.unrequested.is_empty() {
            return Alone::Empty;
        }
        // An answer that varies with the request speaks of it; one that doesn't is a fixed text.
        let other: String = value.chars().rev().collect();
        let is_echo = entries(&other).await.is_some_and(|o| o.unrequested != related.unrequested);
        Alone::AnsweredOtherwise { is_echo }
    }
}

/// Whether an answer that doesn't show a fault doesn't show its absence either: the service was not
/// asked.
fn says_nothing(interaction: &Interaction, reading: &Reading) -> bool {
    let unconnected =
        matches!(&interaction.result, Err(failure) if failure.kind == NoAnswerKind::Connect);
    unconnected
        || matches!(
            reading.disposition,
            Disposition::Shed | Disposition::Gateway | Disposition::Denied
        )
}

/// What became of a value asked for alone.
enum Alone {
    /// It has its entry.
    Answered,
    /// There are entries, for other values; do they vary with the request?
    AnsweredOtherwise { is_echo: bool },
    /// It is accepted, and there is no entry.
    Empty,
    /// It is not accepted.
    Refused,
}
