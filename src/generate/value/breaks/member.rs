//! Objects with a member too few or too many.

use serde_json::{Value, json};

use crate::generate::value::dice::Dice;
use crate::generate::value::node::Choice;
use crate::generate::value::plant::{self, Bug};
use crate::generate::value::text::{Texts, string};

/// A legal object and what it becomes without the member.
pub(super) fn missing(
    choice: &Choice,
    name: &str,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Value)> {
    let twin = choice.members.draw(None, texts, dice)?;
    let mut bad = twin.clone();
    if plant::is(Bug::MissingIsNull) {
        bad.insert(name.to_owned(), Value::Null);
    } else {
        bad.shift_remove(name)?;
    }
    (bad.len() >= choice.members.min || plant::is(Bug::MissingIsNull))
        .then(|| (twin.into(), bad.into()))
}

/// A legal object and what it becomes with a member that no schema names.
pub(super) fn unexpected(choice: &Choice, texts: Texts, dice: &mut Dice) -> Option<(Value, Value)> {
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
    bad.insert(name, value);
    Some((twin.into(), bad.into()))
}
