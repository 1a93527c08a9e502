//! A failure is sent again before it is believed.

use std::collections::BTreeSet;
use std::time::Duration;

use super::known::is_of_something_gone;
use super::lapse::LAPSE;
use super::session::Session;
use super::slow::TOO_SLOW;
use super::suspect::Suspect;
use crate::case::{Case, Phase, Request, Scenario};
use crate::check::{
    Breach, CheckName, Disposition, Exchange, Reading, Severity, TOO_LATE, judge, relations,
};
use crate::contract::Relation;
use crate::http::{Interaction, NoAnswerKind};

/// Times that a case is sent again when it looks broken.
const REPETITIONS: u32 = 2;

/// Times more where it didn't look broken each time.
const MORE_REPETITIONS: u32 = 2;

/// How long a server that takes no more connections is left alone.
const FULL: Duration = Duration::from_millis(300);

/// The time in which a server takes note that a connection was closed.
const LEAVING: Duration = Duration::from_millis(20);

impl Session<'_> {
    /// Sends the case of a suspect again, alone and on a fresh connection, and counts how often the
    /// same is seen.
    pub(super) async fn confirm(&mut self, index: usize) {
        let suspect = self.suspects.get(index).clone();
        if suspect.breach.kind == TOO_SLOW {
            return self.confirm_slow(index).await;
        }
        if suspect.breach.kind == TOO_LATE && self.wire.patience.is_exhausted() {
            return;
        }
        let is_hasty = suspect.breach.kind == TOO_LATE && self.wire.patience.is_lost();
        let repetitions = if is_hasty { 1 } else { REPETITIONS };
        let mut seen = 1;
        let mut sent = 1;
        for repetition in 0..repetitions + MORE_REPETITIONS {
            if repetition >= repetitions && seen == sent {
                break;
            }
            let Some(interaction) = self.wire.send_fresh(&suspect.case.request).await else {
                break;
            };
            let Some(interaction) = self.unless_full(&suspect.case, interaction).await else {
                continue;
            };
            let reading = self.oracle.read(&interaction);
            let shown = self.shows(index, &interaction, &reading);
            let is_asked_in_front = is_of_the_front(suspect.case.scenario)
                && matches!(reading.disposition, Disposition::Denied | Disposition::Gateway);
            if shown.is_none() && says_nothing(&interaction, &reading) && !is_asked_in_front {
                continue;
            }
            sent += 1;
            seen += u32::from(shown.is_some());
            match shown {
                Some(breach) if is_hasty => {
                    self.suspects.get_mut(index).breach.actual = breach.actual;
                }
                // It was only later than the others.
                None if is_hasty => return self.suspects.acquit(index),
                _ => {}
            }
        }
        let suspect = self.suspects.get_mut(index);
        if suspect.breach.check == CheckName::Answered && seen == 1 && suspect.reproduced.seen > 0 {
            // Among others it may have waited or made way for them: what never shows alone doesn't
            // add up.
            seen = 0;
        }
        suspect.reproduced.seen += seen;
        suspect.reproduced.sent += sent;
        suspect.is_confirmed = suspect.reproduced.seen >= 2;
        if !suspect.is_confirmed {
            // Of those sent among others one was asked again at once.
            let is_lapse = suspect.breach.kind == TOO_LATE
                && suspect.case.phase == Phase::Stateful
                && seen < 2
                && sent > REPETITIONS;
            if is_lapse {
                let Suspect { case, breach, .. } = suspect.clone();
                self.note_lapse(&case, &breach.actual);
            }
            return;
        }
        if suspect.breach.kind == TOO_LATE {
            self.wire.patience.lose_for_a_rule();
        }
        if is_not_answered(suspect.breach.kind) {
            self.ask_alone(index).await;
        } else if is_of_something_gone(suspect.breach.kind) {
            self.ask_again(index).await;
        }
    }

    /// What counts of a case's answer on a connection of its own: a server that takes few connections
    /// turns away one more while it still holds ours, so that a connection closed without an answer
    /// counts right behind another request that is answered: the plain one or, where that is what
    /// goes wrong, one for something else. `None` where nothing is answered.
    pub(super) async fn unless_full(
        &self,
        case: &Case,
        interaction: Interaction,
    ) -> Option<Interaction> {
        let is_closed = matches!(
            &interaction.result,
            Err(failure) if failure.kind == NoAnswerKind::Closed
        );
        if !is_closed {
            return Some(interaction);
        }
        let plain = self.wire.send_fresh(&self.bounds.plain_request()).await?;
        if plain.result.is_err() {
            tokio::time::sleep(FULL).await;
            self.wire.close_idle().await;
            let other = self.wire.send_fresh(&elsewhere(&self.bounds.plain_request())).await?;
            if other.result.is_err() {
                return None;
            }
        }
        tokio::time::sleep(LEAVING).await;
        self.wire.send_fresh(&case.request).await
    }

    /// The breach of an answer to the suspect's case, where it breaks the same promise in the same
    /// way.
    pub(super) fn shows(
        &self,
        index: usize,
        interaction: &Interaction,
        reading: &Reading,
    ) -> Option<Breach> {
        let suspect = self.suspects.get(index);
        let fingerprint = suspect.breach.fingerprint();
        let case = &suspect.case;
        let exchange = Exchange { oracle: self.oracle, case, interaction, reading };
        let mut breaches = self.oracle.breaches(case, interaction, reading);
        let (_, broken) = judge(&exchange, suspect.twin.as_ref(), &breaches);
        breaches.extend(broken.or_else(|| self.contradiction(&exchange)));
        self.weigh_missing(&exchange, &mut breaches);
        breaches.extend(self.too_slow(&exchange));
        breaches.into_iter().find(|breach| {
            let is_same_kind = breach.kind == fingerprint.kind
                // Where a whole answer fails to come, chance decides how: reset, closed, too late.
                || breach.check == CheckName::Answered
                || (is_not_answered(breach.kind)
                    && fingerprint.kind == relations::MADE_UP_NOT_ANSWERED);
            // Whatever request it hits, it is the same.
            let is_same_rule = breach.rule == fingerprint.rule || fingerprint.kind == LAPSE;
            is_same_rule && breach.check == fingerprint.check && is_same_kind
        })
    }

    /// Tells values without an entry that are known to exist from made-up ones, which a server may
    /// leave out.
    pub(super) fn weigh_missing(&self, exchange: &Exchange<'_>, breaches: &mut [Breach]) {
        for breach in breaches.iter_mut().filter(|breach| is_not_answered(breach.kind)) {
            let missing = self.missing(breach, exchange.case, exchange.reading);
            let Some((answered, missing)) = missing else { continue };
            let exists = |value: &String| answered.contains(value) || self.bounds.knows(value);
            if !missing.iter().any(exists) {
                breach.kind = relations::MADE_UP_NOT_ANSWERED;
            }
        }
    }

    /// The values that an answer has no entry for, beside those that other answers had one for.
    fn missing(
        &self,
        breach: &Breach,
        case: &Case,
        reading: &Reading,
    ) -> Option<(&BTreeSet<String>, Vec<String>)> {
        let (relation, answered) = self.relation(breach)?;
        let response = reading.json()?;
        let related = relations::related(relation, case.body.as_ref()?, response)?;
        Some((answered, related.missing))
    }

    /// The relation that a breach is about.
    fn relation(&self, breach: &Breach) -> Option<(&Relation, &BTreeSet<String>)> {
        let location = breach.rule.location();
        let mut relations = self.oracle.operation().relations.iter().zip(&self.answered);
        relations.find(|(relation, _)| relations::answered_location(relation) == location)
    }

    /// A value without an entry contradicts the server's own answers only if it has one elsewhere:
    /// alone, or in another answer of this run.
    async fn ask_alone(&mut self, index: usize) {
        let suspect = self.suspects.get(index).clone();
        let Some(interaction) = self.wire.send_fresh(&suspect.case.request).await else { return };
        let reading = self.oracle.read(&interaction);
        let found = self.missing(&suspect.breach, &suspect.case, &reading);
        let Some((answered, missing)) = found else { return };
        if let Some(value) = missing.iter().find(|value| answered.contains(*value)) {
            let actual = format!("no entry for {value:?}, which other answers have one for");
            return self.convict(index, actual);
        }
        let known = missing.iter().find(|value| self.bounds.knows(value));
        let Some(value) = known.or(missing.first()).cloned() else { return };
        let Some((relation, _)) = self.relation(&suspect.breach) else { return };
        match self.alone(index, relation, &value).await {
            Alone::Answered => {
                let actual = format!("no entry for {value:?}, which has one when asked for alone");
                self.convict(index, actual);
            }
            Alone::AnsweredOtherwise { is_echo: true } => {
                let actual = format!("no entry for {value:?}, but one in another spelling");
                self.convict(index, actual);
            }
            Alone::Empty if self.bounds.knows(&value) => {
                let actual = format!("no entry for {value:?}, nor where it is accepted alone");
                self.convict(index, actual);
            }
            Alone::Empty if self.answers_made_up() => {
                let actual = format!(
                    "no entry for {value:?}, nor where it is accepted alone, as others are"
                );
                self.convict(index, actual);
            }
            // The page's own examples show entries for other ids than were asked for.
            Alone::AnsweredOtherwise { is_echo: false } => {
                self.suspects.get_mut(index).breach.severity = Severity::Warning;
            }
            Alone::Empty | Alone::Refused => self.suspects.acquit(index),
        }
    }

    /// Whether the server has entries for values that nobody named as known, so that an accepted
    /// one without an entry is not one that doesn't exist.
    fn answers_made_up(&self) -> bool {
        self.answered.iter().flatten().any(|value| !self.bounds.knows(value))
    }

    /// The value without an entry breaks the promise.
    fn convict(&mut self, index: usize, actual: String) {
        let breach = &mut self.suspects.get_mut(index).breach;
        breach.kind = relations::NOT_ANSWERED;
        breach.actual = actual;
    }

    /// Asks for one value alone.
    async fn alone(&self, index: usize, relation: &Relation, value: &str) -> Alone {
        let case = &self.suspects.get(index).case;
        let entries = async |value: &str| {
            let alone = self.bounds.alone(case, relation.asked.pointer(), value)?;
            let interaction = self.wire.send_fresh(&alone.request).await?;
            let reading = self.oracle.read(&interaction);
            if reading.disposition != Disposition::Accepted {
                return None;
            }
            relations::related(relation, alone.body.as_ref()?, reading.json()?)
        };
        let Some(related) = entries(value).await else { return Alone::Refused };
        if related.missing.is_empty() {
            return Alone::Answered;
        }
        if related.unrequested.is_empty() {
            return Alone::Empty;
        }
        // An answer that varies with the request speaks of it; one that doesn't is a fixed text.
        let first = if value.starts_with('x') { 'y' } else { 'x' };
        let other: String = std::iter::once(first).chain(value.chars().skip(1)).collect();
        let is_echo = entries(&other).await.is_some_and(|o| o.unrequested != related.unrequested);
        Alone::AnsweredOtherwise { is_echo }
    }
}

/// Whether a kind of breach is that of a value without an entry.
fn is_not_answered(kind: &str) -> bool {
    matches!(kind, relations::NOT_ANSWERED | relations::MADE_UP_NOT_ANSWERED)
}

/// Whether an answer that doesn't show a fault doesn't show its absence either: the service was not
/// asked.
pub(super) fn says_nothing(interaction: &Interaction, reading: &Reading) -> bool {
    use Disposition::{Denied, Gateway, Shed};
    matches!(reading.disposition, Shed | Gateway | Denied)
        || matches!(&interaction.result, Err(failure) if !failure.kind.is_of_the_target())
}

/// Whether what stands in front of the service may be meant to answer.
fn is_of_the_front(scenario: Scenario) -> bool {
    scenario.is_credential() || scenario.is_elsewhere()
}

/// The same call to a path that no contract names: whatever the answer, the server gives one.
fn elsewhere(request: &Request) -> Request {
    let path = format!("{}/fencepost-nowhere", request.path.trim_end_matches('/'));
    Request { path, body: None, ..request.clone() }
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
