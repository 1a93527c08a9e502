//! The smallest value that keeps a label, found without asking anybody.

use serde_json::{Number, Value};

use super::edit;

/// Whether a value may stand for the one that is being shrunk.
pub(super) type Keeps<'k> = &'k dyn Fn(&Value) -> bool;

/// Makes everything small that the label leaves free.
///
/// `floor` is a minimal valid value whose parts are preferred to made-up ones.
pub(super) fn whole(value: &Value, floor: Option<&Value>, keeps: Keeps<'_>) -> Value {
    let mut least = value.clone();
    for pointer in edit::objects(&least) {
        members(&mut least, &pointer, &edit::names(value, &pointer), keeps);
    }
    // A list that is cut short may end lists within it, so they are looked for again.
    let mut done = 0;
    while let Some(pointer) = edit::lists(&least).get(done).cloned() {
        list(&mut least, &pointer, keeps);
        done += 1;
    }
    leaves(&mut least, &edit::leaves(value), floor, keeps);
    least
}

/// Drops each of these members that the label can do without.
pub(super) fn members(value: &mut Value, pointer: &str, names: &[String], keeps: Keeps<'_>) {
    for name in names {
        attempt(value, keeps, |value| edit::drop_member(value, pointer, name));
    }
}

/// Cuts pieces out of a list, large ones first; one entry stays.
pub(super) fn list(value: &mut Value, pointer: &str, keeps: Keeps<'_>) {
    let mut size = edit::len(value, pointer);
    while size > 0 {
        let mut end = edit::len(value, pointer);
        while end > 0 && edit::len(value, pointer) > 1 {
            let start = end.saturating_sub(size);
            let all = end - start == edit::len(value, pointer);
            attempt(value, keeps, |value| {
                edit::drop_entries(value, pointer, start + usize::from(all), end)
            });
            end = start;
        }
        size /= 2;
    }
}

/// Gives each of these values its smallest form: all at once where that keeps the label.
pub(super) fn leaves(
    value: &mut Value,
    pointers: &[String],
    floor: Option<&Value>,
    keeps: Keeps<'_>,
) {
    let changed = attempt(value, keeps, |value| {
        for pointer in pointers {
            if let Some(leaf) = value.pointer_mut(pointer) {
                *leaf = first_form(leaf, edit::kept(floor, pointer));
            }
        }
        Some(())
    });
    match pointers {
        _ if changed => {}
        [] => {}
        [only] => leaf(value, only, floor, keeps),
        many => {
            let (front, back) = many.split_at(many.len() / 2);
            leaves(value, front, floor, keeps);
            leaves(value, back, floor, keeps);
        }
    }
}

/// What a value becomes where nothing is asked of it.
fn first_form(leaf: &Value, kept: Option<&Value>) -> Value {
    match (leaf, kept) {
        (_, Some(kept)) if !kept.is_array() && !kept.is_object() => kept.clone(),
        (Value::String(text), _) if !text.is_empty() => "a".into(),
        (Value::Number(number), _) if number.as_f64() != Some(0.0) => 0.into(),
        (Value::Bool(_), _) => false.into(),
        _ => leaf.clone(),
    }
}

fn leaf(value: &mut Value, pointer: &str, floor: Option<&Value>, keeps: Keeps<'_>) {
    let Some(original) = value.pointer(pointer).cloned() else { return };
    if attempt(value, keeps, |value| {
        set(value, pointer, first_form(&original, edit::kept(floor, pointer)))
    }) || attempt(value, keeps, |value| set(value, pointer, first_form(&original, None)))
    {
        return;
    }
    match &original {
        Value::String(text) => {
            let chars: Vec<char> = text.chars().collect();
            let simple = [vec!['a'; chars.len()], edit::simple(&chars), chars];
            // The simplest characters that will do, then as few of them as will do.
            let spelled = simple.into_iter().find(|chars| {
                let text: String = chars.iter().collect();
                keeps(&with(value, pointer, text.into()))
            });
            let Some(spelled) = spelled else { return };
            let cut = |length: usize| Value::from(spelled[..length].iter().collect::<String>());
            let least =
                lowest(1, spelled.len(), |length| keeps(&with(value, pointer, cut(length))));
            set(value, pointer, cut(least));
        }
        Value::Number(number) => {
            let found = nearest_zero(number, |number| keeps(&with(value, pointer, number)));
            set(value, pointer, found.unwrap_or(original));
        }
        _ => {}
    }
}

/// The least number in size that will do, of those with the same sign.
fn nearest_zero(number: &Number, keeps: impl Fn(Value) -> bool) -> Option<Value> {
    let float = number.as_f64()?;
    let whole = number.as_i64().or_else(|| format!("{:.0}", float.trunc()).parse().ok())?;
    let size = usize::try_from(whole.unsigned_abs()).ok()?;
    let of_size = |size: usize| {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Value::from(if float < 0.0 { -size } else { size })
    };
    if keeps(of_size(size)) {
        return Some(of_size(lowest(0, size, |size| keeps(of_size(size)))));
    }
    // A fraction is asked for.
    let fraction = Number::from_f64(float.fract())?;
    keeps(fraction.clone().into()).then(|| fraction.into())
}

/// The lowest number that holds, where `high` does and what holds goes on holding above.
fn lowest(mut low: usize, mut high: usize, holds: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// Changes the value where the change keeps the label.
fn attempt(
    value: &mut Value,
    keeps: Keeps<'_>,
    change: impl FnOnce(&mut Value) -> Option<()>,
) -> bool {
    let mut changed = value.clone();
    let kept = change(&mut changed).is_some() && keeps(&changed);
    if kept {
        *value = changed;
    }
    kept
}

pub(super) fn set(value: &mut Value, pointer: &str, new: Value) -> Option<()> {
    *value.pointer_mut(pointer)? = new;
    Some(())
}

fn with(value: &Value, pointer: &str, new: Value) -> Value {
    let mut changed = value.clone();
    set(&mut changed, pointer, new);
    changed
}
