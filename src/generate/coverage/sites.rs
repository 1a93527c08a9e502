//! The places in a body that rules speak of.

use serde_json::Value;

use super::bench::Bench;
use super::reach;
use crate::contract::{Place, Schema, Step, UNREADABLE_PATTERN};
use crate::generate::CaseRng;
use crate::generate::text;

/// Bodies nest, and schemas may nest without end: deeper places are left to the random cases.
const DEEPEST: usize = 6;

/// Of a body with more places than this only those near the root are varied one by one.
const MOST_SITES: usize = 150;

/// One place in a body with its schema.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Where it is.
    pub(crate) place: Place,
    /// What stands there.
    pub(crate) schema: Schema,
    /// Whether the object around it requires it.
    pub(crate) required: bool,
}

/// The places of `schema` from the body's root down, in the document's order: so many levels of
/// them as stay within what is varied one by one.
pub(crate) fn sites(schema: &Schema) -> Vec<Site> {
    sites_and_beyond(schema).0
}

/// The same, and the places without which bodies are made: their least value is too large to send.
pub(super) fn sites_and_beyond(schema: &Schema) -> (Vec<Site>, Vec<Place>) {
    let (mut found, mut beyond) = (Vec::new(), Vec::new());
    for deepest in 1..=DEEPEST {
        let mut descent =
            Descent { deepest, reached: false, found: Vec::new(), beyond: Vec::new() };
        descent.enter(&Place::body(), schema, true);
        let is_too_much = descent.found.len() > MOST_SITES;
        if !is_too_much || found.is_empty() {
            (found, beyond) = (descent.found, descent.beyond);
        }
        if is_too_much || !descent.reached {
            break;
        }
    }
    found.truncate(MOST_SITES);
    (found, beyond)
}

struct Descent {
    /// How many steps from the root.
    deepest: usize,
    /// Whether there is something below the deepest places.
    reached: bool,
    found: Vec<Site>,
    /// Places where nothing can be sent.
    beyond: Vec<Place>,
}

impl Descent {
    fn enter(&mut self, place: &Place, schema: &Schema, required: bool) {
        if reach::is_beyond(schema) {
            self.beyond.push(place.clone());
            return;
        }
        self.found.push(Site { place: place.clone(), schema: schema.clone(), required });
        if place.steps().len() >= self.deepest {
            self.reached = true;
            return;
        }
        if self.found.len() > MOST_SITES {
            return;
        }
        let names = schema.required();
        for (name, member) in schema.properties() {
            // What only answers carry is not sent.
            if member.keyword("readOnly") != Some(&Value::Bool(true)) {
                self.enter(&place.member(name), &member, names.contains(&name));
            }
        }
        if let Some(items) = schema.items() {
            self.enter(&place.items(), &items, false);
        }
    }
}

impl Site {
    /// Whether this is a place for strings whose text nothing but their length limits.
    pub(crate) fn is_free_text(&self) -> bool {
        let types = self.schema.types();
        types.contains(&"string")
            && types.iter().all(|name| matches!(*name, "string" | "null"))
            && self.schema.enumeration().is_none()
            && self.schema.pattern().is_none()
            && self.schema.keyword(UNREADABLE_PATTERN).is_none()
            && self.schema.format().is_none()
    }

    /// Whether the schema composes others, so that one keyword alone doesn't say what is legal.
    pub(crate) fn is_composed(&self) -> bool {
        ["allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "$ref"]
            .iter()
            .any(|keyword| self.schema.keyword(keyword).is_some())
    }

    /// The list that this place's values are entries of.
    pub(crate) fn list(&self) -> Option<Place> {
        match self.place.steps().last() {
            Some(Step::Items) => self.place.parent(),
            _ => None,
        }
    }
}

impl Bench<'_> {
    /// The values at `place` that may exist on the server; empty where it is no identifier's.
    pub(crate) fn known_at(&self, place: &Place) -> &[String] {
        if self.operation.identifiers.is_empty() {
            return &[];
        }
        self.operation
            .identifier_at(&place.to_string())
            .map_or(&[], |identifier| self.inputs.known(identifier))
    }

    /// The plain valid body with `value` at `place`.
    pub(crate) fn body_with(&self, place: &Place, index: usize, value: Value) -> Value {
        let template = self.template.as_ref().unwrap_or(&Value::Null);
        super::body::replace(template, place, index, value)
    }

    /// `count` entries for the list whose entries stand at `items`: such as exist, repeated in
    /// turn, where the contract allows equal entries; else different legal ones.
    pub(crate) fn repeated(&self, items: &Site, count: usize) -> Vec<Value> {
        let list = items.list();
        let unique = list.and_then(|list| self.schema_at(&list)).is_some_and(|s| s.unique_items());
        let known = self.known_at(&items.place);
        let template = self.template.as_ref();
        let values: Vec<Value> = if known.is_empty() {
            template
                .map(|body| items.place.values(body).into_iter().cloned().collect())
                .unwrap_or_default()
        } else {
            known.iter().cloned().map(Value::String).collect()
        };
        if unique || values.is_empty() {
            return self.distinct(items, count);
        }
        values.into_iter().cycle().take(count).collect()
    }

    /// `count` different legal entries for the list whose entries stand at `items`.
    pub(crate) fn distinct(&self, items: &Site, count: usize) -> Vec<Value> {
        let mut rng = self.rng(&format!("distinct/{}/{count}", items.place));
        let length = comfortable_length(&items.schema);
        Self::texts(&mut rng, count, length)
    }

    /// `count` different strings of letters and digits, `length` characters each.
    pub(crate) fn texts(rng: &mut CaseRng, count: usize, length: usize) -> Vec<Value> {
        (0..count).map(|number| text::numbered(rng, length, number).into()).collect()
    }

    /// The schema at a place of the body.
    pub(crate) fn schema_at(&self, place: &Place) -> Option<Schema> {
        self.sites.iter().find(|site| site.place == *place).map(|site| site.schema.clone())
    }
}

/// A length that is legal and long enough to tell values apart.
pub(crate) fn comfortable_length(schema: &Schema) -> usize {
    let most = schema.max_length().unwrap_or(12);
    let least = schema.min_length().unwrap_or(0);
    most.min(12).max(least)
}
