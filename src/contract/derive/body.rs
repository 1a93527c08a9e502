//! Rules of the request's body, node by node.

use std::collections::HashSet;

use super::descent::Descent;
use super::ledger::{Ledger, MUST, OPEN, SHOULD, Source};
use super::parts::Parts;
use super::words;
use crate::contract::{AdditionalProperties, Operation, Place, Schema};

/// The keywords that list alternatives, in words.
pub(super) const UNIONS: [(&str, &str); 2] = [
    ("anyOf", "is one of the documented alternatives"),
    ("oneOf", "is exactly one of the documented alternatives"),
];

/// Adds the rules of the body's schema.
pub(super) fn rules(ledger: &mut Ledger<'_>, operation: &Operation, schema: &Schema) {
    let mut walk = Walk { ledger, operation, descent: Descent::default() };
    walk.node(&Place::body(), schema, &Source::root(schema));
}

struct Walk<'a, 'o> {
    ledger: &'a mut Ledger<'o>,
    operation: &'a Operation,
    descent: Descent,
}

impl Walk<'_, '_> {
    fn node(&mut self, place: &Place, schema: &Schema, source: &Source) {
        if self.ledger.is_full() || !self.descent.enter(schema) {
            return;
        }
        let parts = Parts::always(schema);
        let types = parts.types();
        if !types.is_empty() {
            self.ledger.stated(place, "type", MUST, &words::types(&types), source);
        }
        if let Some(values) = parts.iter().find_map(Schema::enumeration) {
            self.ledger.stated(place, "enum", MUST, &words::one_of(&values), source);
        }
        for (keyword, summary) in UNIONS {
            if parts.keyword(keyword).is_some() {
                self.ledger.stated(place, keyword, MUST, summary, source);
            }
        }
        if parts.describes("string") {
            self.string(place, &parts, source);
        }
        if parts.describes("integer") || parts.describes("number") {
            self.number(place, &parts, source);
        }
        if parts.describes("array") {
            self.array(place, &parts, source);
        }
        if parts.describes("object") || parts.keyword("properties").is_some() {
            self.object(place, &parts, source);
        }
        self.descent.leave();
    }

    fn string(&mut self, place: &Place, parts: &Parts, source: &Source) {
        let formed = ["pattern", "format", "enum", "const"];
        let free = formed.iter().all(|keyword| parts.keyword(keyword).is_none());
        self.limits(place, parts, source, &["maxLength", "minLength", "pattern"]);
        if parts.has_known_format()
            && let Some((_, format)) = parts.keyword("format")
            && let Some(summary) = words::limit("format", format)
        {
            // A note in JSON Schema, which many a server leaves at that.
            self.ledger.stated(place, "format", SHOULD, &summary, source);
        }
        let mut add = |keyword, weight, summary: &str| {
            self.ledger.stated(place, keyword, weight, summary, source);
        };
        if free {
            if parts.keyword("minLength").is_none() {
                add("minLength", OPEN, "no minimum length is documented");
            }
            add("plainCharacters", MUST, "ASCII letters and digits are legal");
            add("printableCharacters", SHOULD, "other printable characters are legal");
            add("controlCharacters", OPEN, "control characters are not mentioned");
            if parts.keyword("maxLength").is_some() {
                add("lengthUnit", SHOULD, "a character is a code point, beyond the BMP too");
            }
        }
        let name = place.to_string();
        if self.operation.identifier_at(&name).is_some() {
            let summary = "an unknown value is not refused as a bad parameter";
            self.ledger.stated(place, "unknown", MUST, summary, source);
            if name.ends_with("/items") {
                let summary = "known values beside an unknown one";
                self.ledger.stated(place, "mixed", OPEN, summary, source);
            }
        }
    }

    fn number(&mut self, place: &Place, parts: &Parts, source: &Source) {
        let keywords = ["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"];
        self.limits(place, parts, source, &keywords);
        if let Some((_, format)) = parts.keyword("format")
            && (format == "int32" || format == "int64")
            && let Some(summary) = words::limit("format", format)
        {
            self.ledger.stated(place, "format", SHOULD, &summary, source);
        }
    }

    fn array(&mut self, place: &Place, parts: &Parts, source: &Source) {
        self.limits(place, parts, source, &["maxItems", "minItems"]);
        if parts.keyword("minItems").is_none() {
            let summary = "no minimum size is documented";
            self.ledger.stated(place, "minItems", OPEN, summary, source);
        }
        if parts.flag("uniqueItems") {
            self.ledger.stated(place, "uniqueItems", MUST, "no entry stands twice", source);
        } else {
            let summary = "entries may stand twice";
            self.ledger.stated(place, "duplicates", OPEN, summary, source);
        }
        for items in parts.iter().filter_map(Schema::items) {
            self.node(&place.items(), &items, &source.below(&items));
        }
    }

    fn object(&mut self, place: &Place, parts: &Parts, source: &Source) {
        let forbidden =
            |part: &Schema| matches!(part.additional_properties(), AdditionalProperties::Forbidden);
        let (weight, summary) = if parts.iter().any(forbidden) {
            (MUST, "no members but the documented ones")
        } else {
            (OPEN, "further members are not mentioned")
        };
        self.ledger.stated(place, "additionalProperties", weight, summary, source);
        let mut missing: Vec<&str> = parts.iter().flat_map(Schema::required).collect();
        let required: HashSet<&str> = missing.iter().copied().collect();
        for (name, member) in parts.iter().flat_map(Schema::properties) {
            // What only answers carry is not asked of a request.
            if Parts::always(&member).flag("readOnly") {
                missing.retain(|held| *held != name);
                continue;
            }
            let (below, source) = (place.member(name), source.below(&member));
            if required.contains(name) {
                self.ledger.stated(&below, "required", MUST, "must be present", &source);
                missing.retain(|held| *held != name);
            }
            self.node(&below, &member, &source);
        }
        for name in missing {
            let below = place.member(name);
            self.ledger.stated(&below, "required", MUST, "must be present", source);
        }
    }

    fn limits(&mut self, place: &Place, parts: &Parts, source: &Source, keywords: &[&str]) {
        for keyword in keywords {
            if let Some((_, value)) = parts.keyword(keyword)
                && let Some(summary) = words::limit(keyword, value)
            {
                self.ledger.stated(place, keyword, MUST, &summary, source);
            }
        }
    }
}
