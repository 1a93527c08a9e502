//! Whole numbers that are wider than their format says, which JSON Schema doesn't look at.

use serde_json::Value;

use crate::contract::{AdditionalProperties, Broken, Place, Schema};

use super::offence::Offence;

/// Schemas apply each other, and values nest, no deeper than this.
const DEEPEST: usize = 64;

/// Every number in `value`, which stands at `root`, that its `int32` or `int64` can't hold.
pub(super) fn too_wide(schema: &Schema, root: &Place, value: &Value) -> Vec<Offence> {
    let mut walk = Walk { pointer: String::new(), found: Vec::new() };
    walk.value(schema, root, value, 0);
    walk.found
}

struct Walk {
    pointer: String,
    found: Vec<Offence>,
}

impl Walk {
    fn value(&mut self, schema: &Schema, place: &Place, value: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for part in schema.children("allOf") {
            self.value(&part, place, value, depth + 1);
        }
        match value {
            Value::Number(number) => {
                let bits = match schema.format() {
                    Some("int32") => 31,
                    Some("int64") => 63,
                    _ => return,
                };
                let limit = 1_i128 << bits;
                let whole = number.as_i128();
                let is_wide = match whole {
                    Some(whole) => !(-limit..limit).contains(&whole),
                    None => number.as_f64().is_some_and(|float| {
                        float.fract() == 0.0
                            && !(-2_f64.powi(bits)..2_f64.powi(bits)).contains(&float)
                    }),
                };
                let broken = Broken::new(place.to_string(), "format");
                let pointer = self.pointer.clone();
                let offence = Offence { broken, pointer, value: value.clone() };
                if is_wide && !self.found.contains(&offence) {
                    self.found.push(offence);
                }
            }
            Value::Array(entries) => {
                let Some(items) = schema.items() else { return };
                let place = place.items();
                for (index, entry) in entries.iter().enumerate() {
                    self.below(&index.to_string(), &items, &place, entry, depth);
                }
            }
            Value::Object(members) => {
                let named = |name: &String| match schema.property(name) {
                    Some(member) => Some(member),
                    None => match schema.additional_properties() {
                        AdditionalProperties::Of(other) => Some(other),
                        _ => None,
                    },
                };
                for (name, member) in members {
                    if let Some(schema) = named(name) {
                        let token = crate::contract::reference::escape(name);
                        self.below(&token, &schema, &place.member(name), member, depth);
                    }
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, token: &str, schema: &Schema, place: &Place, value: &Value, depth: usize) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(token);
        self.value(schema, place, value, depth + 1);
        self.pointer.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::too_wide;
    use crate::contract::{Place, Schema};

    #[test]
    fn a_number_beyond_its_width_is_found_where_it_stands() {
        let number = json!({"type": "integer", "format": "int32"});
        let document = Arc::new(json!({
            "allOf": [{"properties": {"list": {"type": "array", "items": number}}}],
            "additionalProperties": {"type": "integer", "format": "int64"},
        }));
        let schema = Schema::at(&document, "");
        let found = |value| -> Vec<String> {
            let found = too_wide(&schema, &Place::body(), &value);
            found.iter().map(|one| format!("{} {}", one.broken, one.pointer)).collect()
        };
        assert_eq!(
            found(json!({"list": [2_147_483_647, 2_147_483_648_u64]})),
            ["body.list/items: format /list/1"]
        );
        assert_eq!(found(json!({"a": 1e19, "b": 9_223_372_036_854_775_808_u64})).len(), 2);
        assert_eq!(found(json!({"a": i64::MIN, "list": [-2_147_483_648_i64, 0.5]})), [""; 0]);
    }
}
