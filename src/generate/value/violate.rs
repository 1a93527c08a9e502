//! One rule broken at one place of an otherwise valid value.

use std::collections::HashSet;

use serde_json::Value;

use super::breaks::{Rule, break_keyword, keywords};
use super::dice::Dice;
use super::intent::intent;
use super::node::{Choice, Node, Type};
use super::plant::{self, Bug};
use super::text::Texts;
use crate::case::Scenario;
use crate::case::label::Broken;
use crate::contract::{Place, Step, reference};

/// A rule that can be broken alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ViolationKind {
    /// The rule's place: `body.instance_ids/items`. Of a missing member, the member's.
    pub place: Place,
    /// What is asked there: `maxLength`.
    pub keyword: &'static str,
    /// The label.
    pub scenario: Scenario,
}

/// A value that breaks exactly one rule, and its valid twin.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Breaks `keyword` at `place` and nothing else.
    pub value: Value,
    /// Valid; `value` differs from it at `pointer` alone.
    pub twin: Value,
    /// The value that was changed, as a JSON pointer into both.
    pub pointer: String,
    /// The label.
    pub scenario: Scenario,
    /// The place of the broken rule.
    pub place: Place,
    /// The broken keyword.
    pub keyword: &'static str,
    /// What was done, in words: `33 characters, entry 7 of 100`.
    pub intent: String,
}

/// Whether exactly the rule of `kind` is broken, once.
pub(super) fn is_only(kind: &ViolationKind, found: &[Broken]) -> bool {
    matches!(found, [only] if only.place == kind.place && only.keyword == kind.keyword)
}

/// Every rule below `root` that can be broken alone.
pub(super) fn kinds(root: &Node) -> Vec<ViolationKind> {
    let mut found = Found::default();
    collect(root, &Place::body(), &mut found);
    found.kinds
}

/// Rules in the order in which they were found, each once.
#[derive(Default)]
struct Found {
    kinds: Vec<ViolationKind>,
    known: HashSet<ViolationKind>,
}

fn collect(node: &Node, place: &Place, found: &mut Found) {
    for choice in &node.choices {
        collect_choice(choice, place, found);
    }
}

fn collect_choice(choice: &Choice, place: &Place, found: &mut Found) {
    // The branches of `anyOf` may name the same rule.
    let mut note = |place: &Place, keyword, scenario| {
        let kind = ViolationKind { place: place.clone(), keyword, scenario };
        if found.known.insert(kind.clone()) {
            found.kinds.push(kind);
        }
    };
    for (keyword, scenario) in keywords(choice) {
        note(place, keyword, scenario);
    }
    if choice.enumeration.is_some() {
        return;
    }
    if choice.types.contains(&Type::Object) {
        for member in choice.members.named.iter().filter(|member| member.required) {
            let scenario = Scenario::ObjectMissingRequiredProperty;
            note(&place.member(&member.name), "required", scenario);
        }
        for member in &choice.members.named {
            collect(&member.node, &place.member(&member.name), found);
        }
    }
    if choice.types.contains(&Type::Array)
        && choice.list.prefix.is_empty()
        && let Some(items) = &choice.list.items
    {
        collect(items, &place.items(), found);
    }
}

/// What became of one way down: the twin's part, where it changes, and how.
struct Focus {
    twin: Value,
    pointer: String,
    bad: Value,
}

/// Draws a twin and breaks the rule in it.
pub(super) fn draw(
    root: &Node,
    kind: &ViolationKind,
    texts: Texts,
    dice: &mut Dice,
) -> Option<Labelled> {
    let steps = kind.place.steps();
    let (steps, keyword) = match (kind.keyword, steps.split_last()) {
        ("required", Some((Step::Member(name), above))) => (above, Rule::Member(name)),
        _ => (steps, Rule::Keyword(kind.keyword)),
    };
    let Focus { mut twin, pointer, bad } = focus(root, steps, keyword, texts, dice)?;
    let mut value = twin.clone();
    *value.pointer_mut(&pointer)? = bad;
    if plant::is(Bug::TwinBroken) {
        twin.clone_from(&value);
    }
    if plant::is(Bug::SecondChange) {
        second_change(&mut value, &pointer);
    }
    let intent = intent(&kind.place, kind.keyword, &value, &pointer);
    Some(Labelled {
        value,
        twin,
        pointer,
        scenario: kind.scenario,
        place: kind.place.clone(),
        keyword: kind.keyword,
        intent,
    })
}

fn focus(
    node: &Node,
    steps: &[Step],
    rule: Rule<'_>,
    texts: Texts,
    dice: &mut Dice,
) -> Option<Focus> {
    let choice = dice.pick(&node.choices)?;
    let Some((step, rest)) = steps.split_first() else {
        let (twin, bad) = break_keyword(node, choice, rule, texts, dice)?;
        return Some(Focus { twin, pointer: String::new(), bad });
    };
    match step {
        Step::Items => {
            let inner = focus(choice.list.items.as_ref()?, rest, rule, texts, dice)?;
            let (entries, at) = draw_around(choice, inner.twin, texts, dice)?;
            let pointer = format!("/{at}{}", inner.pointer);
            Some(Focus { twin: Value::Array(entries), pointer, bad: inner.bad })
        }
        Step::Member(name) => {
            let inner = focus(&choice.members.member(name)?.node, rest, rule, texts, dice)?;
            let members = choice.members.draw(Some((name, inner.twin)), texts, dice)?;
            let pointer = format!("/{}{}", reference::escape(name), inner.pointer);
            Some(Focus { twin: Value::Object(members), pointer, bad: inner.bad })
        }
    }
}

/// A list with `twin` somewhere in it; full more often than lists are otherwise.
fn draw_around(
    choice: &Choice,
    twin: Value,
    texts: Texts,
    dice: &mut Dice,
) -> Option<(Vec<Value>, usize)> {
    let list = &choice.list;
    match list.max {
        Some(max) if max > 0 && max <= 256 && dice.one_in(4) => {
            list.of_size(max, Some(twin), texts, dice)
        }
        _ => list.draw(Some(twin), texts, dice),
    }
}

/// The planted bug that changes more than is said: some other string grows very long.
fn second_change(value: &mut Value, pointer: &str) {
    if let Value::Object(members) = value {
        for (name, member) in members.iter_mut() {
            if !pointer.starts_with(&format!("/{name}")) {
                *member = Value::String("x".repeat(5000));
            }
        }
    }
}
