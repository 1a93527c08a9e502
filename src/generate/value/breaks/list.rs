//! Lists of the wrong size, or with repeated entries.

use serde_json::Value;

use super::size::{MOST_ITEMS, MOST_NESTED, above, under};
use crate::generate::value::dice::Dice;
use crate::generate::value::node::{Choice, List};
use crate::generate::value::plant::{self, Bug};
use crate::generate::value::text::Texts;

/// A legal list and what it becomes.
pub(super) fn break_list(
    choice: &Choice,
    keyword: &str,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Value)> {
    let list = &choice.list;
    let (twin, bad) = match keyword {
        "maxItems" => {
            let most = if list.nested { MOST_NESTED } else { MOST_ITEMS };
            let max = list.max.filter(|max| *max <= most)?;
            let twin = if !dice.is_near() && dice.one_in(4) {
                list.draw(None, texts, dice)?.0
            } else {
                list.of_size(max, None, texts, dice)?.0
            };
            let planted = plant::is(Bug::MaxItemsOffByOne);
            let size = if planted { max } else { above(max, dice) };
            let bad = grown(list, &twin, size, texts, dice)?;
            (twin, bad)
        }
        "minItems" => {
            let (twin, _) = if dice.is_near() {
                list.of_size(list.min, None, texts, dice)?
            } else {
                list.draw(None, texts, dice)?
            };
            let planted = plant::is(Bug::MinItemsOffByOne);
            let size = if planted { list.min } else { under(list.min, dice)? };
            let bad = twin.iter().take(size).cloned().collect();
            (twin, bad)
        }
        _ => {
            let (twin, _) = list.draw(None, texts, dice)?;
            let mut bad = twin.clone();
            let from = dice.below(twin.len());
            let copy = twin.get(from)?.clone();
            if list.max.is_none_or(|max| twin.len() < max)
                && list.items.is_some()
                && (twin.len() < 2 || dice.one_in(2))
                && list.prefix.is_empty()
            {
                bad.insert(dice.below(twin.len() + 1), copy);
            } else {
                let to = (from + 1 + dice.below(twin.len().checked_sub(1).filter(|n| *n > 0)?))
                    % twin.len();
                if !list.prefix.is_empty() {
                    return None;
                }
                bad[to] = copy;
            }
            if plant::is(Bug::RepeatedDiffer) {
                bad.clone_from(&twin);
                bad.rotate_left(1);
            }
            (twin, bad)
        }
    };
    Some((twin.into(), bad.into()))
}

/// The list with more entries, up to `size`, among and behind its own.
fn grown(
    list: &List,
    twin: &[Value],
    size: usize,
    texts: Texts,
    dice: &mut Dice,
) -> Option<Vec<Value>> {
    let mut bad = twin.to_vec();
    bad.truncate(size);
    while bad.len() < size {
        let entry = if plant::is(Bug::TooManyRepeat) && list.unique {
            bad.first()?.clone()
        } else {
            list.entry(&bad, None, texts, dice)?
        };
        let at =
            if dice.one_in(4) { dice.between(list.prefix.len(), bad.len()) } else { bad.len() };
        bad.insert(at.min(bad.len()), entry);
    }
    Some(bad)
}
