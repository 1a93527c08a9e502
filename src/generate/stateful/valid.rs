//! Valid requests whose identifiers may exist, and whose answers can be told apart.

use rand_core::Rng;
use serde_json::Value;

use crate::case::label::broken;
use crate::contract::{Place, Step};
use crate::generate::coverage::Bench;
use crate::generate::{CaseRng, Recipe, Texts};

/// Known values that are combined to lists.
const COMBINED: usize = 3;

/// Requests whose answers can be told apart; more are of no use.
const MOST: usize = 8;

impl Bench<'_> {
    /// A random valid body, with identifiers that may exist wherever there are such.
    pub(super) fn lively(&self, recipe: &Recipe, rng: &mut CaseRng) -> Value {
        let mut body = recipe.valid_of(Texts::Plain, rng);
        for site in self.sites.iter() {
            let known = self.known_at(&site.place);
            if !known.is_empty() {
                each(&mut body, site.place.steps(), &mut |value| {
                    let at = usize::try_from(rng.next_u32()).unwrap_or(0) % known.len();
                    *value = Value::String(known[at].clone());
                });
            }
        }
        match &self.template {
            // Equal identifiers, say, where they have to differ.
            Some(template) if !self.is_legal(&body) => template.clone(),
            _ => body,
        }
    }

    fn is_legal(&self, body: &Value) -> bool {
        let declared = self.operation.body.as_ref();
        declared.is_none_or(|declared| broken(&declared.schema, body).is_empty())
    }

    /// Valid bodies that differ in what they ask for, the plain one first.
    pub(super) fn distinct_bodies(&self) -> Vec<Value> {
        let Some(template) = &self.template else { return Vec::new() };
        let mut bodies = vec![template.clone()];
        let add = |bodies: &mut Vec<Value>, body: Value| {
            if bodies.len() < MOST && self.is_legal(&body) && !bodies.contains(&body) {
                bodies.push(body);
            }
        };
        for relation in &self.operation.relations {
            let place = Place::of_pointer(&Place::body(), template, relation.asked.pointer());
            let known = self.known_at(&place.items());
            let known: Vec<Value> = known.iter().take(COMBINED).cloned().map(Value::from).collect();
            for size in 1..known.len() {
                for start in 0..known.len() {
                    let entries: Vec<Value> =
                        known.iter().cycle().skip(start).take(size).cloned().collect();
                    add(&mut bodies, self.body_with(&place, 0, entries.into()));
                }
            }
        }
        if let Some(recipe) = self.recipe().cloned().filter(|_| bodies.len() < 2) {
            for number in 0..MOST {
                let mut rng = self.random("stateful/distinct", number);
                add(&mut bodies, self.lively(&recipe, &mut rng));
            }
        }
        bodies
    }
}

/// Does something with every value behind these steps.
fn each(value: &mut Value, steps: &[Step], change: &mut impl FnMut(&mut Value)) {
    match (steps.split_first(), value) {
        (None, value) => change(value),
        (Some((Step::Member(name), rest)), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name.as_str()) {
                each(member, rest, change);
            }
        }
        (Some((Step::Items, rest)), Value::Array(entries)) => {
            for entry in entries {
                each(entry, rest, change);
            }
        }
        _ => {}
    }
}
