//! Which keywords can be broken, and by what.

use serde_json::Value;

use super::list::break_list;
use super::member::{missing, unexpected};
use super::other::{outside, wrong_type, wrong_types};
use super::text::break_text;
use crate::case::Scenario;
use crate::generate::value::dice::Dice;
use crate::generate::value::node::{Choice, Extra, Node, Type};
use crate::generate::value::text::Texts;

/// What is to be broken.
#[derive(Clone, Copy)]
pub(in crate::generate::value) enum Rule<'k> {
    /// A keyword of the value itself.
    Keyword(&'static str),
    /// The presence of a member.
    Member(&'k str),
}

/// The keywords of the value itself that can be broken.
pub(in crate::generate::value) fn keywords(choice: &Choice) -> Vec<(&'static str, Scenario)> {
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
pub(in crate::generate::value) fn break_keyword(
    node: &Node,
    choice: &Choice,
    rule: Rule<'_>,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Value, Value)> {
    let keyword = match rule {
        Rule::Keyword(keyword) => keyword,
        Rule::Member(name) => return missing(choice, name, texts, dice),
    };
    match keyword {
        "type" => {
            let twin = node.draw(texts, dice)?;
            let bad = wrong_type(choice, &twin, dice)?;
            Some((twin, bad))
        }
        "enum" => {
            let twin = node.draw(texts, dice)?;
            let bad = outside(choice, dice)?;
            Some((twin, bad))
        }
        "maxLength" | "minLength" | "pattern" => break_text(node, choice, keyword, texts, dice),
        "format" if choice.text.format.is_some() => break_text(node, choice, keyword, texts, dice),
        "maxItems" | "minItems" | "uniqueItems" => break_list(choice, keyword, texts, dice),
        "additionalProperties" => unexpected(choice, texts, dice),
        _ => {
            let number = choice.number.as_ref()?;
            let twin = match node.draw(texts, dice)? {
                _ if dice.is_near() => number.edge(keyword),
                twin if twin.is_number() => twin,
                _ => number.draw(dice),
            };
            let bad = number.violate(keyword, dice)?;
            Some((twin, bad))
        }
    }
}
