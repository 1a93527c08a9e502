//! The stateful phase as it is sent and judged: sequences in order or at once, held against what
//! becomes of the same requests alone.

mod alone;
mod blame;
mod burst;
mod dropped;
mod late;
mod order;
mod rare;
mod reach;
mod trouble;

pub use reach::Reach;

use super::session::Session;
use crate::check::CaseVerdict;
use crate::generate::{Sequence, SequenceKind};

use alone::Alone;

/// Sequences stand behind all blocks, however many those are.
const BEHIND_BLOCKS: usize = 1 << 30;

impl Session<'_> {
    /// Sends all sequences and judges them; then looks again for what was seen once or twice.
    pub(super) async fn stateful(&mut self, sequences: impl Iterator<Item = (usize, Sequence)>) {
        let mut alone = Alone::default();
        let mut repetition = None;
        for (index, sequence) in sequences {
            self.begin(BEHIND_BLOCKS + index);
            let verdict = match sequence.kind {
                _ if self.wire.ended().is_some() => CaseVerdict::Undecided(self.wire.why_unsent()),
                SequenceKind::Burst(size) => self.burst(&sequence, size, &mut alone).await,
                _ => self.in_order(&sequence, &mut alone).await,
            };
            if self.settings.selects(&sequence.rule) && self.settings.judges_company() {
                self.ledger.count(&sequence.rule, &verdict);
            }
            self.tell_sequence(&sequence, &verdict);
            if sequence.kind == SequenceKind::Repetition {
                repetition.get_or_insert(sequence);
            }
        }
        if let Some(repetition) = repetition {
            self.find_dropped(&repetition, self.wire.take_reconnects()).await;
        }
        self.find_rare().await;
    }
}
