//! What looks broken, until it is seen again.

use std::collections::HashMap;

use super::slow::TOO_SLOW;
use super::{Finding, Position, RealLimit, Reproduced, Sighting};
use crate::case::Case;
use crate::check::{Breach, Fingerprint, Twin};
use crate::contract::RuleId;

/// Cases with the same fingerprint that are sent again before it is given up.
const MOST_TRIES: u32 = 3;

/// Such cases where an answer was slow, which may be the moment's fault each time.
const MOST_SLOW_TRIES: u32 = 30;

/// Something that looks broken, with the first case that showed it.
#[derive(Clone, Debug)]
pub(super) struct Suspect {
    /// What the answer breaks.
    pub(super) breach: Breach,
    /// Where in the plan it was seen first.
    pub(super) first: Position,
    /// The case that showed it.
    pub(super) case: Case,
    /// What became of that case's twin.
    pub(super) twin: Option<Twin>,
    /// Cases that showed it.
    pub(super) count: u64,
    /// How often it was seen when sent again, over all tries.
    pub(super) reproduced: Reproduced,
    /// Whether it was seen again.
    pub(super) is_confirmed: bool,
    /// Whether what its cases showed turned out to break nothing.
    is_acquitted: bool,
    tries: u32,
}

impl Suspect {
    /// The suspicion as it stands, with what reducing it came to.
    pub(super) fn sighting(&self, shrink_requests: u32, real_limit: Option<RealLimit>) -> Sighting {
        let breach = &self.breach;
        let finding = Finding {
            rule: breach.rule.clone(),
            check: breach.check,
            severity: breach.severity,
            kind: breach.kind,
            scenario: self.case.scenario,
            count: self.count,
            reproduced: self.reproduced,
            expected: breach.expected.clone(),
            actual: breach.actual.clone(),
            twin: self.twin.as_ref().map(super::block::describe),
            case: self.case.clone(),
            shrink_requests,
            real_limit,
            also: Vec::new(),
        };
        Sighting { first: self.first, is_confirmed: self.is_confirmed, finding }
    }

    fn most_tries(&self) -> u32 {
        if self.breach.kind == TOO_SLOW { MOST_SLOW_TRIES } else { MOST_TRIES }
    }

    /// Shows the suspicion by another case.
    fn adopt(&mut self, breach: &Breach, case: &Case, twin: Option<&Twin>) {
        self.breach = breach.clone();
        self.case = case.clone();
        self.twin = twin.cloned();
    }
}

/// All suspects of an operation, in the order of first sight.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// The index of the block that is sent.
    pub(super) block: usize,
    order: Vec<Suspect>,
    by_fingerprint: HashMap<Fingerprint, usize>,
}

impl Suspects {
    /// Notes a breach; says whether its case is worth sending again.
    pub(super) fn note(
        &mut self,
        breach: &Breach,
        case: &Case,
        twin: Option<&Twin>,
    ) -> Option<usize> {
        let fingerprint = breach.fingerprint();
        let index = *self.by_fingerprint.entry(fingerprint).or_insert_with(|| {
            self.order.push(Suspect {
                breach: breach.clone(),
                first: Position::of(self.block, case),
                case: case.clone(),
                twin: twin.cloned(),
                count: 0,
                reproduced: Reproduced::default(),
                is_confirmed: false,
                is_acquitted: false,
                tries: 0,
            });
            self.order.len() - 1
        });
        let suspect = &mut self.order[index];
        if suspect.is_acquitted && !suspect.is_confirmed && suspect.tries >= suspect.most_tries() {
            return None;
        }
        suspect.count += 1;
        if breach.severity > suspect.breach.severity {
            // The same cause, seen where it weighs more.
            suspect.is_confirmed = false;
            suspect.reproduced = Reproduced::default();
            suspect.tries = 0;
            suspect.adopt(breach, case, twin);
        }
        if suspect.is_confirmed || suspect.tries >= suspect.most_tries() {
            return None;
        }
        if suspect.tries > 0 {
            // Another case of the same fingerprint takes its place, for a better chance.
            suspect.adopt(breach, case, twin);
        }
        suspect.tries += 1;
        Some(index)
    }

    /// Notes a breach that was seen so often when its case was sent again and again.
    pub(super) fn convict(
        &mut self,
        breach: &Breach,
        case: &Case,
        twin: Option<&Twin>,
        reproduced: Reproduced,
    ) {
        self.note(breach, case, twin);
        let Some(&index) = self.by_fingerprint.get(&breach.fingerprint()) else { return };
        let suspect = &mut self.order[index];
        if !suspect.is_confirmed {
            suspect.reproduced = reproduced;
            suspect.is_confirmed = reproduced.seen >= 2;
        }
    }

    /// Whether something looks wrong with this rule.
    pub(super) fn doubts(&self, rule: &RuleId) -> bool {
        self.order.iter().any(|suspect| suspect.count > 0 && suspect.breach.rule == *rule)
    }

    pub(super) fn get(&self, index: usize) -> &Suspect {
        &self.order[index]
    }

    pub(super) fn get_mut(&mut self, index: usize) -> &mut Suspect {
        &mut self.order[index]
    }

    /// Takes back a breach that turned out to be none.
    pub(super) fn acquit(&mut self, index: usize) {
        let suspect = &mut self.order[index];
        suspect.count = 0;
        suspect.is_confirmed = false;
        suspect.reproduced = Reproduced::default();
        suspect.is_acquitted = true;
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_TRIES, Suspects};
    use crate::check::{Breach, CheckName, Severity};
    use crate::run::Reproduced;
    use crate::run::tests::{case, operation};

    fn breach(severity: Severity) -> Breach {
        Breach {
            check: CheckName::NotAServerError,
            rule: operation().rule_id("response", "serverError"),
            severity,
            kind: "server error",
            expected: String::new(),
            actual: String::new(),
        }
    }

    #[test]
    fn a_breach_is_sent_again_until_it_is_confirmed_or_given_up() {
        let (mut suspects, case) = (Suspects::default(), case(&operation()));
        let breach = breach(Severity::Failure);
        for _ in 0..MOST_TRIES {
            assert_eq!(suspects.note(&breach, &case, None), Some(0));
        }
        assert_eq!(suspects.note(&breach, &case, None), None, "given up");
        assert_eq!((suspects.len(), suspects.get(0).count), (1, u64::from(MOST_TRIES) + 1));
        suspects.acquit(0);
        assert_eq!(suspects.note(&breach, &case, None), None);
        assert_eq!(suspects.get(0).count, 0, "what was taken back doesn't come back");
    }

    #[test]
    fn what_weighs_more_is_confirmed_anew() {
        let (mut suspects, case) = (Suspects::default(), case(&operation()));
        assert_eq!(suspects.note(&breach(Severity::Warning), &case, None), Some(0));
        suspects.get_mut(0).is_confirmed = true;
        assert_eq!(suspects.note(&breach(Severity::Warning), &case, None), None);
        assert_eq!(suspects.note(&breach(Severity::Failure), &case, None), Some(0));
        assert_eq!(suspects.get(0).breach.severity, Severity::Failure);
        assert!(!suspects.get(0).is_confirmed);
    }

    #[test]
    fn what_was_seen_each_time_needs_no_confirmation() {
        let (mut suspects, case) = (Suspects::default(), case(&operation()));
        let breach = breach(Severity::Failure);
        suspects.convict(&breach, &case, None, Reproduced { seen: 6, sent: 6 });
        let suspect = suspects.get(0);
        assert_eq!((suspect.is_confirmed, suspect.count), (true, 1));
        assert_eq!(suspect.reproduced, Reproduced { seen: 6, sent: 6 });
        assert_eq!(suspects.note(&breach, &case, None), None);
    }
}
