//! The generator's outer face: a schema made ready once, then drawn from many times.

use std::sync::OnceLock;

use serde_json::Value;

use super::compile::{Unsupported, compile};
use super::dice::Dice;
use super::intent::intent;
use super::node::{Extra, Node};
use super::repair::repair;
use super::text::Texts;
use super::violate::{self, Labelled, ViolationKind};
use crate::case::label::broken;
use crate::contract::{Place, Schema, Step};
use crate::generate::CaseRng;

/// Draws that are checked, or that luck decides, are tried so often.
const TRIES: usize = 64;

/// More rules of one schema than this are not broken one by one.
const MOST_KINDS: usize = 400;

/// A schema compiled for drawing values that keep it or break one of its rules.
#[derive(Clone, Debug)]
pub struct Recipe {
    schema: Schema,
    root: Node,
    /// Drawn values are checked: the schema has keywords that can't be taken apart.
    checked: bool,
    /// A valid value, for when luck fails.
    fallback: Value,
    /// What can be broken, found out when it is first asked for with these dice.
    kinds: OnceLock<Vec<ViolationKind>>,
    dice: Dice,
}

impl Recipe {
    /// Compiles the schema of a request body.
    ///
    /// Circular references are unrolled twice; `allOf` is merged; of `anyOf` and `oneOf` a branch
    /// is chosen and the value checked.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] where no value fits the schema or it uses a keyword or a pattern that is
    /// beyond the generator.
    pub fn new(schema: &Schema) -> Result<Self, Unsupported> {
        let compiled = compile(schema)?;
        let mut recipe = Self {
            schema: schema.clone(),
            root: compiled.root,
            checked: compiled.checked,
            fallback: Value::Null,
            kinds: OnceLock::new(),
            dice: Dice::seeded(0),
        };
        let mut dice = Dice::seeded(0);
        let found = (0..TRIES * 4)
            .filter_map(|_| recipe.draw(Texts::Plain, &mut dice))
            .find(|value| broken(schema, value).is_empty());
        recipe.fallback = found.ok_or_else(|| Unsupported {
            pointer: schema.pointer().to_owned(),
            reason: "none of many drawn values fits it".to_owned(),
        })?;
        recipe.dice = dice;
        Ok(recipe)
    }

    fn possible(&self) -> Vec<ViolationKind> {
        let mut possible = violate::kinds(&self.root);
        if possible.len() > MOST_KINDS {
            // Those near the root, where most requests get to.
            possible.sort_by_key(|kind| kind.place.steps().len());
            possible.truncate(MOST_KINDS);
        }
        let mut dice = self.dice.clone();
        possible
            .retain(|kind| (0..8).any(|_| self.break_one(kind, Texts::Plain, &mut dice).is_some()));
        possible
    }

    /// The schema that it was made from.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Has the values at `place` drawn from `values`, such as identifiers that exist on a server.
    ///
    /// Values that the schema forbids there are left out; where none is left nothing changes. A
    /// place within a list stands for all its entries.
    #[must_use]
    pub fn with_known(mut self, place: &Place, values: &[Value]) -> Self {
        self.violations();
        let before = self.clone();
        if let Some(node) = find_mut(&mut self.root, place.steps()) {
            node.known = values.to_vec();
        }
        let legal = |value: &Value| {
            let mut only = before.clone();
            if let Some(node) = find_mut(&mut only.root, place.steps()) {
                node.known = vec![value.clone()];
            }
            let mut dice = Dice::seeded(0);
            (0..TRIES)
                .filter_map(|_| only.root.draw(Texts::Plain, &mut dice))
                .find(|drawn| place.values(drawn).contains(&value))
                .is_some_and(|drawn| broken(&self.schema, &drawn).is_empty())
        };
        let values: Vec<Value> = values.iter().filter(|value| legal(value)).cloned().collect();
        if let Some(node) = find_mut(&mut self.root, place.steps()) {
            node.known = values;
        }
        self
    }

    /// A valid value, drawn from the whole legal space ([`Texts::Any`]).
    pub fn valid(&self, rng: &mut CaseRng) -> Value {
        self.valid_of(Texts::Any, rng)
    }

    /// A valid value of the part of the legal space that `texts` names.
    pub fn valid_of(&self, texts: Texts, rng: &mut CaseRng) -> Value {
        self.sound(texts, &mut Dice::new(rng))
    }

    /// Every rule that can be broken alone: place, keyword and label, in the schema's order.
    pub fn violations(&self) -> &[ViolationKind] {
        self.kinds.get_or_init(|| self.possible())
    }

    /// The kind that breaks `keyword` at `place` (`body.user_id`).
    pub fn violation(&self, place: &str, keyword: &str) -> Option<&ViolationKind> {
        self.violations()
            .iter()
            .find(|kind| kind.keyword == keyword && kind.place.to_string() == place)
    }

    /// A value that breaks exactly this rule, with its valid twin, both [`Texts::Plain`] otherwise.
    ///
    /// `None` where luck fails, which is rare, or where the kind is not one of
    /// [`violations`](Self::violations).
    pub fn violate(&self, kind: &ViolationKind, rng: &mut CaseRng) -> Option<Labelled> {
        self.violate_of(kind, Texts::Plain, rng)
    }

    /// As [`violate`](Self::violate), with the twin drawn as `texts` says.
    pub fn violate_of(
        &self,
        kind: &ViolationKind,
        texts: Texts,
        rng: &mut CaseRng,
    ) -> Option<Labelled> {
        let mut dice = Dice::new(rng);
        (0..TRIES).find_map(|_| self.break_one(kind, texts, &mut dice))
    }

    /// As [`violate`](Self::violate), with the value right beyond the limit, and the twin at the limit
    /// itself, wherever the rule is one of size, length or number.
    pub fn violate_nearly(&self, kind: &ViolationKind, rng: &mut CaseRng) -> Option<Labelled> {
        let mut dice = Dice::new(rng).near();
        (0..TRIES).find_map(|_| self.break_one(kind, Texts::Plain, &mut dice))
    }

    /// The valid value nearest to one that breaks exactly `keyword` at `place`: it differs in the
    /// offending value alone, or as little as the schema allows.
    ///
    /// `None` where `value` breaks another rule, or more than one value of it does.
    pub fn repair(&self, place: &Place, keyword: &str, value: &Value) -> Option<Value> {
        repair(&self.schema, &self.root, place, keyword, value)
    }

    /// Describes a value that breaks exactly the rule of `kind`, wherever it comes from: finds the
    /// offender and the twin.
    ///
    /// `None` where the value breaks another rule, or where no twin is found.
    pub fn label(&self, kind: &ViolationKind, value: Value) -> Option<Labelled> {
        let twin = self.repair(&kind.place, kind.keyword, &value)?;
        let pointer = broken(&self.schema, &value).pop()?.pointer;
        Some(Labelled {
            intent: intent(&kind.place, kind.keyword, &value, &pointer),
            twin,
            pointer,
            scenario: kind.scenario,
            place: kind.place.clone(),
            keyword: kind.keyword,
            value,
        })
    }

    fn break_one(&self, kind: &ViolationKind, texts: Texts, dice: &mut Dice) -> Option<Labelled> {
        dice.begin();
        let labelled = violate::draw(&self.root, kind, texts, dice)?;
        let sound = !self.checked
            || (broken(&self.schema, &labelled.twin).is_empty()
                && violate::is_only(kind, &broken(&self.schema, &labelled.value)));
        sound.then_some(labelled)
    }

    fn draw(&self, texts: Texts, dice: &mut Dice) -> Option<Value> {
        dice.begin();
        self.root.draw(texts, dice)
    }

    fn sound(&self, texts: Texts, dice: &mut Dice) -> Value {
        (0..TRIES)
            .filter_map(|_| self.draw(texts, dice))
            .find(|value| !self.checked || broken(&self.schema, value).is_empty())
            .unwrap_or_else(|| self.fallback.clone())
    }
}

/// The node at a place, where the way leads through no branches.
fn find_mut<'n>(node: &'n mut Node, steps: &[Step]) -> Option<&'n mut Node> {
    let Some((step, rest)) = steps.split_first() else { return Some(node) };
    let [choice] = node.choices.as_mut_slice() else { return None };
    match step {
        Step::Items => find_mut(choice.list.items.as_mut()?, rest),
        Step::Member(name) => {
            let named = choice.members.named.iter_mut().find(|member| member.name == *name);
            match (named, &mut choice.members.extra) {
                (Some(member), _) => find_mut(&mut member.node, rest),
                (None, Extra::Of(node)) => find_mut(node, rest),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::{Recipe, Texts};
    use crate::contract::{Place, Schema};
    use crate::generate::Seed;

    fn recipe(schema: Value) -> Recipe {
        Recipe::new(&Schema::at(&Arc::new(schema), "")).expect("is within reach")
    }

    #[test]
    fn known_values_are_used_where_they_are_legal() {
        let recipe = recipe(json!({"type": "object", "required": ["ids"], "properties": {
            "ids": {"type": "array", "items": {"type": "string", "maxLength": 4}}
        }}));
        let place = Place::body().member("ids").items();
        let recipe = recipe.with_known(&place, &[json!("a1"), json!("toolong"), json!("b2")]);
        for number in 0..50 {
            let value = recipe.valid_of(Texts::Plain, &mut Seed(1).rng("op", "known", number));
            assert!(place.values(&value).iter().all(|id| [json!("a1"), json!("b2")].contains(id)));
        }
    }

    #[test]
    fn what_has_no_value_or_is_beyond_reach_is_said() {
        for (schema, part) in [
            (json!(false), "no value fits"),
            (json!({"type": "string", "pattern": "(?=a)b"}), "pattern"),
            (json!({"type": "string", "minLength": 3, "maxLength": 2}), "no value"),
            (json!({"type": "object", "unevaluatedProperties": false}), "unevaluatedProperties"),
            (json!({"type": "integer", "minimum": 3, "maximum": 2}), "no value"),
            (json!({"type": "string", "minLength": 1_000_000_000}), "at least"),
            (json!({"type": "array", "minItems": 1_000_000_000}), "at least"),
        ] {
            let error = Recipe::new(&Schema::at(&Arc::new(schema), "")).expect_err("has no value");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn a_pattern_beyond_reach_falls_back_on_examples_or_leaves_the_member_out() {
        let recipe = recipe(json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": "string", "pattern": r"^(x)\1$", "example": "xx"},
            "b": {"type": "string", "pattern": r"^(x)\1$"},
            "c": {"type": "integer", "readOnly": true},
        }}));
        for number in 0..20 {
            let value = recipe.valid(&mut Seed(1).rng("op", "beyond", number));
            assert_eq!(value, json!({"a": "xx"}));
        }
    }

    #[test]
    fn generous_limits_do_not_make_values_grow_without_bound() {
        let text = json!({"type": "string", "maxLength": 1_000_000_000});
        let list = |items| json!({"type": "array", "maxItems": 2000, "items": items});
        let recipe = recipe(list(list(list(text))));
        for number in 0..20 {
            let value = recipe.valid(&mut Seed(1).rng("op", "bound", number));
            assert!(value.to_string().len() < 20_000_000);
        }
    }

    #[test]
    fn the_same_generator_gives_the_same_value() {
        let recipe = recipe(json!({"type": "array", "items": {"type": "string"}}));
        let draw = |number| recipe.valid(&mut Seed(7).rng("op", "same", number));
        assert_eq!(draw(3), draw(3));
        assert_ne!((0..9).map(draw).collect::<Vec<_>>(), (9..18).map(draw).collect::<Vec<_>>());
    }
}
