//! How each keyword is broken, and nothing beside it.

use serde_json::{Value, json};

use super::dice::Dice;
use super::format;
use super::node::{Choice, Extra, List, Node, Text, Type};
use super::plant::{self, Bug};
use super::text::{Texts, string};
use super::violate::Rule;
use crate::case::Scenario;

/// Beyond these a value tests body limits, not the rule.
const LONGEST: usize = 65_536;
const MOST_ITEMS: usize = 4096;

/// A value in the place of a legal one.
pub(super) struct Break {
    pub(super) bad: Value,
    /// What is wrong with it: `33 characters`.
    pub(super) what: String,
}

/// The keywords of the value itself that can be broken.
pub(super) fn keywords(choice: &Choice) -> Vec<(&'static str, Scenario)> {
    let mut found = Vec::new();
    let has = |kind| choice.types.contains(&kind) && choice.enumeration.is_none();
    if choice.typed && choice.enumeration.is_none() && !wrong_types(choice).is_empty() {
        found.push(("type", Scenario::IncorrectType));
    }
    if choice.enumeration.is_some() {
        found.push(("enum", Scenario::ValueOutsideEnum));
    }
    if has(Type::String) {
        let text = &choice.text;
        if text.max.is_some() {
            found.push(("maxLength", Scenario::StringAboveMaxLength));
        }
        if text.min > 0 {
            found.push(("minLength", Scenario::StringBelowMinLength));
        }
        if !text.patterns.is_empty() {
            found.push(("pattern", Scenario::StringOutsidePattern));
        }
        if text.format.is_some() {
            found.push(("format", Scenario::StringOutsidePattern));
        }
    }
    if let (true, Some(number)) = (has(Type::Integer) || has(Type::Number), &choice.number) {
        found.extend(number.keywords().into_iter().map(|keyword| {
            let scenario = match keyword {
                "minimum" | "exclusiveMinimum" => Scenario::NumberBelowMinimum,
                "multipleOf" => Scenario::NumberNotMultipleOf,
                _ => Scenario::NumberAboveMaximum,
            };
            (keyword, scenario)
        }));
    }
    if has(Type::Array) {
        if choice.list.max.is_some() {
            found.push(("maxItems", Scenario::ArrayAboveMaxItems));
        }
        if choice.list.min > 0 {
            found.push(("minItems", Scenario::ArrayBelowMinItems));
        }
        if choice.list.unique {
            found.push(("uniqueItems", Scenario::NonUniqueItems));
        }
    }
    if has(Type::Object) && matches!(choice.members.extra, Extra::Forbidden) {
        found.push(("additionalProperties", Scenario::UnexpectedProperty));
    }
    found
}

/// A legal value and what it becomes when the rule is broken.
pub(super) fn break_keyword(
    node: &Node,
    choice: &Choice,
    rule: Rule<'_>,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Break)> {
    let Rule::Keyword(keyword) = rule else { return missing(choice, rule, texts, dice) };
    match keyword {
        "type" => {
            let twin = node.draw(texts, dice)?;
            let bad = wrong_type(choice, &twin, dice)?;
            let what = format!("{} instead", type_name(&bad));
            Some((twin, Break { bad, what }))
        }
        "enum" => {
            let twin = node.draw(texts, dice)?;
            let bad = outside(choice, dice)?;
            let what = "a value that is not listed".to_owned();
            Some((twin, Break { bad, what }))
        }
        "maxLength" | "minLength" | "pattern" => break_text(node, choice, keyword, texts, dice),
        "format" if choice.text.format.is_some() => break_text(node, choice, keyword, texts, dice),
        "maxItems" | "minItems" | "uniqueItems" => break_list(choice, keyword, texts, dice),
        "additionalProperties" => unexpected(choice, texts, dice),
        _ => {
            let number = choice.number.as_ref()?;
            let twin = match node.draw(texts, dice)? {
                twin if twin.is_number() => twin,
                _ => number.draw(dice),
            };
            let bad = number.violate(keyword, dice)?;
            let what = format!("the number {bad}");
            Some((twin, Break { bad, what }))
        }
    }
}

/// A size beyond `limit`: most often the next one.
fn above(limit: usize, dice: &mut Dice) -> usize {
    match dice.below(8) {
        0..=4 => limit + 1,
        5 => limit + 2,
        6 => (limit * 2).max(limit + 1),
        _ => dice.between(limit + 1, (limit * 2).max(limit + 8)),
    }
}

/// A size below `limit`, which is not 0: most often the one before.
fn under(limit: usize, dice: &mut Dice) -> usize {
    match dice.below(4) {
        0 => 0,
        1 => dice.below(limit),
        _ => limit - 1,
    }
}

fn break_text(
    node: &Node,
    choice: &Choice,
    keyword: &str,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Break)> {
    let text = &choice.text;
    let twin = match node.draw(texts, dice)? {
        Value::String(twin) => twin,
        _ => text.draw(texts, dice)?,
    };
    let (twin, bad, what) = match keyword {
        "maxLength" => {
            let max = text.max.filter(|max| *max <= LONGEST)?;
            // The full twin is the nearest control; known values stay what they are.
            let full = node.known.is_empty() && !dice.one_in(4);
            let twin = full.then(|| text.of_length(max, texts, dice)).flatten().unwrap_or(twin);
            let planted = plant::is(Bug::MaxLengthOffByOne);
            let length = if planted { max } else { above(max, dice) };
            (twin, too_long(text, length, texts, dice)?, characters(length))
        }
        "minLength" => {
            let planted = plant::is(Bug::MinLengthOffByOne);
            let length = if planted { text.min } else { under(text.min, dice) };
            (twin, text.of_length(length, texts, dice)?, characters(length))
        }
        "pattern" => {
            let bad = if plant::is(Bug::PatternKept) {
                text.draw(texts, dice)?
            } else {
                off_pattern(text, &twin, dice)?
            };
            (twin, bad, "outside the pattern".to_owned())
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
            (twin, bad, format!("not a {name}"))
        }
    };
    Some((twin.into(), Break { bad: bad.into(), what }))
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

/// A string of exactly `length` characters that keeps pattern and format.
fn too_long(text: &Text, length: usize, texts: Texts, dice: &mut Dice) -> Option<String> {
    if plant::is(Bug::TooLongBreaksPattern) {
        return Some("?".repeat(length));
    }
    if plant::is(Bug::LengthInBytes) {
        return Some("é".repeat(length / 2 + 1));
    }
    text.of_length(length, texts, dice)
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

fn break_list(
    choice: &Choice,
    keyword: &str,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Break)> {
    let list = &choice.list;
    let (twin, bad) = match keyword {
        "maxItems" => {
            let max = list.max.filter(|max| *max <= MOST_ITEMS)?;
            let twin = if dice.one_in(4) {
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
            let (twin, _) = list.draw(None, texts, dice)?;
            let planted = plant::is(Bug::MinItemsOffByOne);
            let size = if planted { list.min } else { under(list.min, dice) };
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
            let what = format!("a repeated entry among {}", bad.len());
            return Some((twin.into(), Break { bad: bad.into(), what }));
        }
    };
    let what = if bad.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", bad.len()) };
    Some((twin.into(), Break { bad: bad.into(), what }))
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

fn missing(
    choice: &Choice,
    rule: Rule<'_>,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Break)> {
    let Rule::Member(name) = rule else { return None };
    let twin = choice.members.draw(None, texts, dice)?;
    let mut bad = twin.clone();
    if plant::is(Bug::MissingIsNull) {
        bad.insert(name.to_owned(), Value::Null);
    } else {
        bad.shift_remove(name)?;
    }
    (bad.len() >= choice.members.min || plant::is(Bug::MissingIsNull))
        .then(|| (twin.into(), Break { bad: bad.into(), what: format!("without `{name}`") }))
}

fn unexpected(choice: &Choice, texts: Texts, dice: &mut Dice) -> Option<(Value, Break)> {
    let members = &choice.members;
    let twin = members.draw(None, texts, dice)?;
    if members.max.is_some_and(|max| twin.len() >= max) {
        return None;
    }
    let mut bad = twin.clone();
    let near = dice.pick(&members.names).map(|name| match dice.below(3) {
        0 => name.to_uppercase(),
        1 => format!("{name}s"),
        _ => format!("_{name}"),
    });
    let name = match near {
        Some(near) if dice.one_in(2) => near,
        _ => "unexpected".to_owned(),
    };
    let name = if plant::is(Bug::UnexpectedIsNamed) {
        members.names.first()?.clone()
    } else if members.names.contains(&name) {
        string(12, Texts::Plain, dice)
    } else {
        name
    };
    if members.names.contains(&name) && !plant::is(Bug::UnexpectedIsNamed) {
        return None;
    }
    let value = bad.get(&name).cloned().unwrap_or_else(|| json!("x"));
    let what = format!("with a member `{name}`");
    bad.insert(name, value);
    Some((twin.into(), Break { bad: bad.into(), what }))
}

/// The types that are not allowed, and of which no other keyword speaks.
fn wrong_types(choice: &Choice) -> Vec<Type> {
    let number = choice.types.contains(&Type::Number);
    let allowed = |kind: &Type| choice.types.contains(kind) || (*kind == Type::Integer && number);
    let text = &choice.text;
    let speaks = |kind: &Type| match kind {
        Type::String => !text.is_free() || text.min > 0 || text.max.is_some(),
        Type::Integer | Type::Number => {
            choice.number.as_ref().is_some_and(|number| !number.keywords().is_empty())
        }
        _ => false,
    };
    let all = [
        Type::Null,
        Type::Boolean,
        Type::Integer,
        Type::Number,
        Type::String,
        Type::Array,
        Type::Object,
    ];
    all.into_iter().filter(|kind| !allowed(kind) && !speaks(kind)).collect()
}

/// A value of a type that is not allowed: often one that looks like the right one.
fn wrong_type(choice: &Choice, twin: &Value, dice: &mut Dice) -> Option<Value> {
    if plant::is(Bug::TypeStillAllowed) {
        return Some(twin.clone());
    }
    let near = dice.one_in(2);
    Some(match dice.pick(&wrong_types(choice))? {
        Type::Null => Value::Null,
        Type::Boolean => dice.one_in(2).into(),
        Type::Integer => match twin {
            Value::String(text) if near => text.parse::<u32>().unwrap_or(5).into(),
            Value::Bool(flag) => i32::from(*flag).into(),
            _ => dice.below(100).into(),
        },
        // A whole number would be an integer, and that may be allowed.
        Type::Number => match twin {
            Value::Number(number) => {
                json!(
                    number
                        .as_i64()
                        .and_then(|n| i32::try_from(n).ok())
                        .map_or(0.5, |n| f64::from(n) + 0.5)
                )
            }
            _ => json!(1.5),
        },
        Type::String => match twin {
            Value::Array(_) | Value::Object(_) if !near => json!(""),
            Value::String(_) => json!("x"),
            other => other.to_string().into(),
        },
        Type::Array => {
            if near {
                json!([twin])
            } else {
                json!([])
            }
        }
        Type::Object => match twin {
            Value::Array(entries) if near => {
                let members = entries.iter().take(3).enumerate();
                members.map(|(index, entry)| (index.to_string(), entry.clone())).collect()
            }
            _ if near => json!({"value": twin}),
            _ => json!({}),
        },
    })
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A value that is not listed, of a type that is allowed.
fn outside(choice: &Choice, dice: &mut Dice) -> Option<Value> {
    let listed = choice.enumeration.as_ref()?;
    if plant::is(Bug::EnumKept) {
        return listed.last().cloned();
    }
    let fits = |bad: &Value| {
        let equal = |one: &Value| {
            one == bad
                || one.as_f64().zip(bad.as_f64()).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        };
        let typed = !choice.typed || choice.types.iter().any(|kind| kind.holds(bad));
        !listed.iter().any(equal) && (typed || plant::is(Bug::EnumOfOtherType))
    };
    let candidate = |dice: &mut Dice| {
        if plant::is(Bug::EnumOfOtherType) {
            return json!({"other": 1});
        }
        match dice.pick(listed) {
            Some(Value::String(text)) => match dice.below(5) {
                0 => text.to_uppercase().into(),
                1 => text.to_lowercase().into(),
                2 => format!("{text}x").into(),
                3 => format!(" {text}").into(),
                _ => string(dice.between(1, 12), Texts::Plain, dice).into(),
            },
            Some(Value::Number(number)) => match number.as_i64() {
                Some(whole) => json!(whole.saturating_add([1, -1, 2, 100][dice.below(4)])),
                None => json!(number.as_f64().unwrap_or(0.0) + 1.5),
            },
            Some(Value::Bool(flag)) => json!(!flag),
            Some(Value::Array(_)) => json!([]),
            Some(Value::Object(_)) => json!({}),
            _ => json!("unlisted"),
        }
    };
    (0..24).map(|_| candidate(dice)).find(|bad| fits(bad))
}
