//! Near misses: texts that almost fit a pattern, almost documented words, almost numbers.

use serde_json::Value;

use super::super::keywords::{FAR, size_rule};
use super::pairs::{Pair, Pairs};
use super::reading::takes_text;
use crate::case::Scenario;
use crate::contract::{ParameterLocation, Place, Schema, Strength};
use crate::generate::Recipe;
use crate::generate::value::near_misses;

/// What is tried: in words, the text or number, and what it is worth at most.
type Near = (String, Value, Strength);

/// Adds the near misses of `place`, of each the ones that break one rule alone.
pub(super) fn misses(
    pairs: &mut Pairs<'_, '_, '_>,
    recipe: &Recipe,
    place: &Place,
    schema: &Schema,
) {
    let Some((host, pointer)) = super::host(pairs, recipe, place) else { return };
    let Some(base) = host.pointer(&pointer).cloned() else { return };
    let is_path = pairs.parameter().location == ParameterLocation::Path;
    let (bench, name) = (pairs.bench(), pairs.parameter().name.clone());
    let rng = |place: &str| bench.rng(&format!("parts/{name}/{place}"));
    let mut add = |keyword, scenario, rows: Vec<Near>| {
        for (what, near, most) in rows {
            let mut value = host.clone();
            if let Some(held) = value.pointer_mut(&pointer) {
                *held = near;
                let pair = Pair::new(host.clone(), value, place, keyword, scenario);
                pairs.add(pair.saying(what).at_most(most));
            }
        }
    };

    if let Some(text) = base.as_str() {
        add("pattern", Scenario::StringOutsidePattern, texts(text, is_path));
    }
    if let Some(pattern) = schema.pattern() {
        let mut rng = rng(&place.to_string());
        let parts = near_misses(pattern, &mut rng).into_iter();
        let rows =
            parts.map(|miss| must(&format!("a text that fits but for {}", miss.what), miss.text));
        add("pattern", Scenario::StringOutsidePattern, rows.collect());
    }
    for number in FAR {
        let value = Value::from(number);
        if let Some((keyword, scenario)) = size_rule(schema, &value) {
            add(keyword, scenario, vec![must(&format!("{number}"), value)]);
        }
    }
    let listed = schema.enumeration().unwrap_or_default();
    add("enum", Scenario::ValueOutsideEnum, beside(&listed));
    if !takes_text(schema) && base.is_number() {
        add("type", Scenario::IncorrectType, numbers(&base));
    }
}

fn must(what: &str, near: impl Into<Value>) -> Near {
    (what.to_owned(), near.into(), Strength::Must)
}

/// Texts beside one that fits a pattern.
fn texts(text: &str, in_path: bool) -> Vec<Near> {
    let last = text.chars().last().unwrap_or('x');
    let first = text.chars().next().unwrap_or('x');
    let without_last: String = text.chars().take(text.chars().count().saturating_sub(1)).collect();
    let without_first: String = text.chars().skip(1).collect();
    let swapped: String = text.chars().map(swapped).collect();
    let mut rows = vec![
        must("a text that fits but for one character more", format!("{text}{last}")),
        must("a text that fits but for its last character, missing", without_last.clone()),
        must("a text that fits but for one character more in front", format!("{first}{text}")),
        must("a text that fits but for its first character, missing", without_first),
        must("a text that fits but for its letters' case", swapped),
        must("a text that fits but for `x` in front", format!("x{text}")),
        must("a text that fits but for `x` behind it", format!("{text}x")),
        must("a text that fits but for `-` behind it", format!("{text}-")),
        must("a text that fits but for a blank in front", format!(" {text}")),
        must("a text that fits but for a line feed behind it", format!("{text}\n")),
        must("a text that fits but for a letter beyond ASCII", format!("{without_last}é")),
        must("a text that fits but for a digit beyond ASCII", format!("{without_last}\u{663}")),
    ];
    // What stands between two slashes of a path is for many a router to say, escaped or not.
    let slash = if in_path { Strength::Should } else { Strength::Must };
    for near in [format!("{without_last}/"), format!("{text}/")] {
        rows.push(("a text that fits but for a slash".to_owned(), near.into(), slash));
    }
    rows
}

fn swapped(character: char) -> char {
    if character.is_ascii_lowercase() {
        character.to_ascii_uppercase()
    } else {
        character.to_ascii_lowercase()
    }
}

/// Values that are almost documented. Letter case and blanks around are often passed over, hence a
/// should for those.
fn beside(listed: &[&Value]) -> Vec<Near> {
    let mut rows = Vec::new();
    if let Some(word) = listed.iter().find_map(|value| value.as_str()) {
        let swapped: String = word.chars().map(swapped).collect();
        let shorter: String = word.chars().take(word.chars().count().saturating_sub(1)).collect();
        let named = |what: &str| format!("the documented value {word:?} {what}");
        rows.push((named("in another letter case"), swapped.into(), Strength::Should));
        rows.push((named("behind a blank"), format!(" {word}").into(), Strength::Should));
        rows.push((named("with a letter more"), format!("{word}x").into(), Strength::Must));
        rows.push((named("with a letter less"), shorter.into(), Strength::Must));
    }
    let whole: Vec<i64> = listed.iter().filter_map(|value| value.as_i64()).collect();
    if let (Some(least), Some(most)) = (whole.iter().min(), whole.iter().max()) {
        for near in [most.saturating_add(1), least.saturating_sub(1)] {
            rows.push(must(&format!("{near}, beside the documented values"), near));
        }
        let between = whole.iter().map(|value| value.saturating_add(1));
        if let Some(gap) = between.filter(|gap| gap < most).find(|gap| !whole.contains(gap)) {
            rows.push(must(&format!("{gap}, between the documented values"), gap));
        }
    }
    rows
}

/// Texts that begin as a number, and are none that is asked for.
fn numbers(base: &Value) -> Vec<Near> {
    let mut rows = vec![must("a number with a letter behind it", format!("{base}x"))];
    if let Some(whole) = base.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
        // One of the two lies between the limits.
        for half in [0.5, -0.5] {
            rows.push(must("a number with a fraction", f64::from(whole) + half));
        }
    }
    rows
}
