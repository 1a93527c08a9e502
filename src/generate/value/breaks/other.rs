//! Values of another type, or outside an enumeration.

use serde_json::{Value, json};

use crate::generate::value::dice::Dice;
use crate::generate::value::node::{Choice, Type};
use crate::generate::value::plant::{self, Bug};
use crate::generate::value::text::{Texts, string};

/// The types that are not allowed, and of which no other keyword speaks.
pub(super) fn wrong_types(choice: &Choice) -> Vec<Type> {
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
pub(super) fn wrong_type(choice: &Choice, twin: &Value, dice: &mut Dice) -> Option<Value> {
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

/// A value that is not listed, of a type that is allowed.
pub(super) fn outside(choice: &Choice, dice: &mut Dice) -> Option<Value> {
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
