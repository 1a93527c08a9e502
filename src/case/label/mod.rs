//! Which rules of a schema a value breaks: the truth of labels.
//!
//! A small reader of the JSON Schema keywords (2020-12) that Fencepost generates for, written apart
//! from the generator and from the `jsonschema` crate, so that a label which both readings confirm
//! doesn't rest on one misunderstanding. Lengths are code points, `5.0` is an integer, and values
//! are equal as JSON Schema says (`1` and `1.0` are).

mod equal;
mod format;
mod number;
mod pattern;
mod reader;

use std::fmt;

use serde_json::Value;

use crate::contract::{Place, Schema};

/// One broken rule, named as rule ids name it.
///
/// A missing member is `required` at the member's own place, a wrong `const` is `enum`, an
/// unexpected member is `additionalProperties` at the object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Broken {
    /// The place of the rule: `body.instance_ids/items`.
    pub place: Place,
    /// What is asked there: `maxLength`.
    pub keyword: String,
    /// The value that breaks it, as a JSON pointer: `/instance_ids/3`. Of a missing member, the
    /// object that lacks it.
    pub pointer: String,
}

impl Broken {
    /// Whether it is that of a member missing from the object at `place`.
    pub fn is_missing_from(&self, place: &Place) -> bool {
        self.keyword == "required" && self.place.parent().as_ref() == Some(place)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.place, self.keyword)
    }
}

/// Every rule of a request body's `schema` that `value` breaks, each once a value.
///
/// Keywords without an assertion, formats it doesn't know and patterns that are beyond it hold.
/// A value that fits no branch of `anyOf`, or not exactly one of `oneOf`, breaks that keyword; the
/// rules within the branches aren't named.
pub fn broken(schema: &Schema, value: &Value) -> Vec<Broken> {
    broken_at(&Place::body(), schema, value)
}

/// As [`broken`], with places that begin at `root`.
pub fn broken_at(root: &Place, schema: &Schema, value: &Value) -> Vec<Broken> {
    reader::Reader::new(root, schema.document()).read(schema.raw(), value)
}
