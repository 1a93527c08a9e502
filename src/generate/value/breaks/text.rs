//! Strings of the wrong length or form.

use serde_json::Value;

use super::size::{LONGEST, above, under};
use crate::generate::value::dice::Dice;
use crate::generate::value::format;
use crate::generate::value::node::{Choice, Node, Text};
use crate::generate::value::plant::{self, Bug};
use crate::generate::value::text::Texts;

/// A legal string and what it becomes.
pub(super) fn break_text(
    node: &Node,
    choice: &Choice,
    keyword: &str,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Value)> {
    let text = &choice.text;
    let twin = match node.draw(texts, dice)? {
        Value::String(twin) => twin,
        _ => text.draw(texts, dice)?,
    };
    let (twin, bad) = match keyword {
        "maxLength" => {
            let max = text.max.filter(|max| *max <= LONGEST)?;
            // The full twin is the nearest control; known values stay what they are.
            let full = node.known.is_empty() && (dice.is_near() || !dice.one_in(4));
            let twin = full.then(|| text.of_length(max, texts, dice)).flatten().unwrap_or(twin);
            let planted = plant::is(Bug::MaxLengthOffByOne);
            let length = if planted { max } else { above(max, dice) };
            (twin, too_long(text, length, texts, dice)?)
        }
        "minLength" => {
            let planted = plant::is(Bug::MinLengthOffByOne);
            let length = if planted { text.min } else { under(text.min, dice)? };
            let least = dice.is_near().then(|| text.of_length(text.min, texts, dice)).flatten();
            (least.unwrap_or(twin), text.of_any_form(length, texts, dice)?)
        }
        "pattern" => {
            let bad = if plant::is(Bug::PatternKept) {
                text.draw(texts, dice)?
            } else {
                off_pattern(text, &twin, dice)?
            };
            (twin, bad)
        }
        _ => {
            let name = text.format.as_deref()?;
            let length = twin.chars().count();
            let bad = if plant::is(Bug::FormatKept) {
                text.draw(texts, dice)?
            } else {
                (0..16).map(|_| format::near_miss(name, length, dice)).find(|bad| {
                    let count = bad.chars().count();
                    let fits = count >= text.min && text.max.is_none_or(|max| count <= max);
                    fits && text.matches(bad)
                })?
            };
            (twin, bad)
        }
    };
    Some((twin.into(), bad.into()))
}

/// A string of exactly `length` characters that keeps pattern and format.
fn too_long(text: &Text, length: usize, texts: Texts, dice: &mut Dice) -> Option<String> {
    if plant::is(Bug::TooLongBreaksPattern) {
        return Some("?".repeat(length));
    }
    if plant::is(Bug::LengthInBytes) {
        return Some("é".repeat(length / 2 + 1));
    }
    text.of_any_form(length, texts, dice)
}

/// A string within the length limits that the pattern refuses: near `twin` where that will do.
fn off_pattern(text: &Text, twin: &str, dice: &mut Dice) -> Option<String> {
    const ODD: [char; 10] = [' ', '!', '-', '_', '.', 'a', 'Z', '0', 'é', '\n'];
    let original: Vec<char> = twin.chars().collect();
    (0..48)
        .map(|attempt| {
            let mut chars = original.clone();
            let odd = *dice.pick(&ODD[..if attempt < 16 { 9 } else { 10 }]).unwrap_or(&' ');
            let at = dice.below(chars.len());
            match dice.below(4) {
                0 | 1 if !chars.is_empty() => chars[at] = odd,
                2 if !chars.is_empty() => drop(chars.remove(at)),
                _ => chars.insert(dice.below(chars.len() + 1), odd),
            }
            if attempt >= 32 {
                let length = chars.len().clamp(text.min, text.max.unwrap_or(usize::MAX));
                chars = vec![odd; length];
            }
            chars.into_iter().collect::<String>()
        })
        .find(|bad| {
            let count = bad.chars().count();
            let fits = count >= text.min && text.max.is_none_or(|max| count <= max);
            // A format beside the pattern would be broken too; such rules are left alone.
            fits && text.format.is_none() && !text.matches(bad)
        })
}
