//! The fast random numbers within one value.

use rand_core::Rng;

use crate::generate::CaseRng;

/// `SplitMix64`: one case draws thousands of numbers, and they need to be spread, not secret.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    state: u64,
    /// Members that the value being drawn has so far.
    members: usize,
    /// What breaks a limit is its immediate neighbour, and what keeps it the limit itself.
    is_near: bool,
}

/// A value with more members than this gets no further optional ones, and its lists are as short
/// as they may be: schemas of whole systems would grow it beyond every body limit.
const MANY_MEMBERS: usize = 200;

impl Dice {
    /// Takes one number from the case's generator as its seed.
    pub(super) fn new(rng: &mut CaseRng) -> Self {
        Self::seeded(rng.next_u64())
    }

    pub(super) fn seeded(seed: u64) -> Self {
        Self { state: seed, members: 0, is_near: false }
    }

    /// With these a limit is broken by its immediate neighbour, beside the limit itself.
    pub(super) fn near(self) -> Self {
        Self { is_near: true, ..self }
    }

    pub(super) fn is_near(&self) -> bool {
        self.is_near
    }

    /// A new value begins.
    pub(super) fn begin(&mut self) {
        self.members = 0;
    }

    /// Counts a member of the value.
    pub(super) fn count_member(&mut self) {
        self.members += 1;
    }

    /// Whether the value is as large as it should get.
    pub(super) fn is_large(&self) -> bool {
        self.members > MANY_MEMBERS
    }

    pub(super) fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `count`; 0 when that is 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.word()) * count as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high.saturating_sub(low)).saturating_add(1))
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn wide(&mut self, low: i128, high: i128) -> i128 {
        let span = high.abs_diff(low).saturating_add(1);
        let word = (u128::from(self.word()) << 64) | u128::from(self.word());
        low.saturating_add_unsigned(word % span)
    }

    /// True once in `count` times.
    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// One of the entries; `None` when there are none.
    pub(super) fn pick<'e, T>(&mut self, entries: &'e [T]) -> Option<&'e T> {
        entries.get(self.below(entries.len()))
    }

    /// A size between the limits: at them, beside them, or small, or anywhere.
    ///
    /// Without an upper limit sizes stay within `usual` above the lower one.
    pub(super) fn size(&mut self, low: usize, high: Option<usize>, usual: usize) -> usize {
        let top = high.unwrap_or(low + usual).max(low);
        // Beyond a few thousand a value tests body limits, not this rule.
        let full = if top > 4096.max(low) { low + usual } else { top };
        let size = match self.below(16) {
            0 => low,
            1 => low + 1,
            2 => low + 2,
            3 => full,
            4 => full.saturating_sub(1),
            5..=10 => low + self.below((full - low).min(usual / 4 + 4) + 1),
            _ => self.between(low, full.min(low + 256)),
        };
        size.clamp(low, full)
    }
}
