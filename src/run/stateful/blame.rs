//! Trouble becomes a finding: of its sequence, or of the request alone.

use super::trouble::{Trouble, Way};
use crate::case::Case;
use crate::check::{Breach, CaseVerdict, Severity};
use crate::generate::Sequence;
use crate::http::Interaction;
use crate::run::Reproduced;
use crate::run::session::Session;

/// Trouble, with the request and the answer that showed it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) trouble: Trouble,
    /// The request's index in its sequence.
    pub(super) index: usize,
    pub(super) interaction: Interaction,
}

impl Session<'_> {
    /// Holds trouble against the rule of its sequence: it shows there, and not alone.
    ///
    /// `company` says with what the request was sent, `alone` how often it was sent without.
    pub(super) fn blame_sequence(
        &mut self,
        sequence: &Sequence,
        shown: &Shown,
        reproduced: Reproduced,
        company: &str,
        alone: usize,
    ) -> CaseVerdict {
        let case = &sequence.cases[shown.index];
        let way = shown.trouble.way;
        let rules = &self.oracle.operation().rules;
        let rule = rules.iter().find(|rule| rule.id == sequence.rule);
        let strength = rule.and_then(|rule| Severity::of(rule.strength));
        let is_asked = self.settings.asks(way.check(), &sequence.rule);
        let Some(severity) = strength.filter(|_| is_asked) else { return CaseVerdict::NotJudged };
        let severity = severity.min(shown.trouble.severity);
        let verb = if way == Way::NotEnforced { "refused" } else { "answered" };
        let breach = Breach {
            check: way.check(),
            rule: sequence.rule.clone(),
            severity,
            kind: way.kind(sequence.kind),
            expected: format!("{verb} as it is alone, where it was so {alone} of {alone} times"),
            actual: shown.trouble.actual.clone(),
        };
        let case = Case {
            rule: sequence.rule.clone(),
            intent: format!("{}, {company}", case.intent),
            twin: None,
            ..case.clone()
        };
        self.suspects.convict(&breach, &case, None, reproduced);
        match severity {
            Severity::Failure => CaseVerdict::Failed,
            Severity::Warning => CaseVerdict::Warned,
        }
    }

    /// Judges the answer as that to a request of its own: what shows alone as well, or shows once,
    /// is no matter of the sequence. `reproduced` tells how often it was seen in all that was sent.
    pub(super) async fn blame_request(
        &mut self,
        case: &Case,
        shown: &Shown,
        reproduced: Reproduced,
    ) -> CaseVerdict {
        let is_plain = self.oracle.operation().envelope.is_none();
        // Status alone doesn't tell a broken rule from a value that doesn't suit.
        if !(is_plain && matches!(shown.trouble.way, Way::Refused | Way::Unknown)) {
            let reading = self.oracle.read(&shown.interaction);
            let judged = self.judge(case, &shown.interaction, &reading);
            if reproduced.seen >= 2 {
                for breach in &judged.breaches {
                    self.suspects.convict(breach, case, None, reproduced);
                }
            }
            self.settle(vec![judged], false).await;
        }
        CaseVerdict::NotJudged
    }
}
