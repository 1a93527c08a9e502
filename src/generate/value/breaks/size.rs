//! Sizes on the wrong side of a limit.

use crate::generate::value::dice::Dice;

/// Beyond these a value tests body limits, not the rule.
pub(super) const LONGEST: usize = 65_536;
pub(super) const MOST_ITEMS: usize = 4096;
pub(super) const MOST_NESTED: usize = 256;

/// A size beyond `limit`: most often the next one.
pub(super) fn above(limit: usize, dice: &mut Dice) -> usize {
    if dice.is_near() {
        return limit + 1;
    }
    match dice.below(8) {
        0..=4 => limit + 1,
        5 => limit + 2,
        6 => (limit * 2).max(limit + 1),
        _ => dice.between(limit + 1, (limit * 2).max(limit + 8)),
    }
}

/// A size below `limit`: most often the one before; `None` where there is none.
pub(super) fn under(limit: usize, dice: &mut Dice) -> Option<usize> {
    let before = limit.checked_sub(1)?;
    if dice.is_near() {
        return Some(before);
    }
    Some(match dice.below(4) {
        0 => 0,
        1 => dice.below(limit),
        _ => before,
    })
}
