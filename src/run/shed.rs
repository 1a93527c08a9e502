//! Load is shed, or does this one request make the server say so?

use super::Reproduced;
use super::session::{Judged, Session};
use crate::case::Case;
use crate::check::{Breach, CaseVerdict, CheckName, Disposition, Exchange, Reason, Severity};

/// How often control and case are sent in turn.
const ROUNDS: u32 = 6;

/// The way in which [`Breach::kind`] names a 503 that has nothing to do with load.
pub(super) const SHED_ALONE: &str = "503 for this request alone";

impl Session<'_> {
    /// Finds out which of the cases that were turned away with 503 are turned away always, while
    /// `control`, sent in between, never is.
    ///
    /// Such a case is a server error by itself; all others stay undecided.
    pub(super) async fn find_shed_alone(&mut self, control: &Case, judged: &mut [Judged<'_>]) {
        if !self.settings.checks.contains(&CheckName::NotAServerError) {
            return;
        }
        for judged in judged {
            if judged.verdict != CaseVerdict::Undecided(Reason::Throttled)
                || judged.status != Some(503)
            {
                continue;
            }
            let Some((breach, times)) = self.shed_alone(control, judged.case).await else {
                continue;
            };
            let is_own = breach.rule == judged.case.rule;
            judged.verdict = if is_own { CaseVerdict::Failed } else { CaseVerdict::NotJudged };
            if !is_own {
                self.ledger.count(&breach.rule, &CaseVerdict::NotJudged);
            }
            let reproduced = Reproduced { seen: times, sent: times };
            self.suspects.convict(&breach, judged.case, judged.twin.as_ref(), reproduced);
        }
    }

    /// The breach, and how often it was seen, where the case alone is turned away.
    async fn shed_alone(&self, control: &Case, case: &Case) -> Option<(Breach, u32)> {
        let mut breach = None;
        for _ in 0..ROUNDS {
            let plain = self.wire.send_again(&control.request).await?;
            if !self.oracle.read(&plain).disposition.is_legal() {
                return None;
            }
            let interaction = self.wire.send_fresh(&case.request).await?;
            let reading = self.oracle.read(&interaction);
            let status = interaction.result.as_ref().ok()?.status;
            if reading.disposition != Disposition::Shed || status != 503 {
                return None;
            }
            let (oracle, reading) = (self.oracle, &reading);
            let exchange = Exchange { oracle, case, interaction: &interaction, reading };
            breach = Some(Breach {
                check: CheckName::NotAServerError,
                rule: exchange.narrowest("serverError"),
                severity: Severity::Failure,
                kind: SHED_ALONE,
                expected: "an answer other than a server error".to_owned(),
                actual: format!(
                    "{}, {ROUNDS} times of {ROUNDS}, and never for the plain request in between",
                    exchange.describe_answer()
                ),
            });
        }
        let breach = breach.filter(|breach| self.settings.selects(&breach.rule))?;
        Some((breach, ROUNDS))
    }
}
