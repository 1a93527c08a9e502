//! A value that a schema describes, for answers that no example shows.

use serde_json::{Map, Value, json};

use crate::contract::Schema;

use super::pattern;

/// Recursive schemas end here.
const DEEPEST: usize = 12;

/// Which members a sampled object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// All that are documented, and one entry in every list.
    All,
    /// Those that are required, and lists as short as they may be.
    Required,
}

/// A plain value of `schema`: an example where it has one, else the first that comes to mind.
pub(super) fn sample(schema: &Schema, members: Members) -> Value {
    at_depth(schema, members, 0)
}

fn at_depth(schema: &Schema, members: Members, depth: usize) -> Value {
    let shown = schema.enumeration().and_then(|values| values.first().copied());
    if let Some(value) = shown.or_else(|| schema.examples().first().copied()) {
        return value.clone();
    }
    if let Some(value) = schema.keyword("default") {
        return value.clone();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(first) = schema.children(choice).first() {
            return merged(at_depth(first, members, depth), object(schema, members, depth));
        }
    }
    if !schema.children("allOf").is_empty() {
        let parts = schema.children("allOf");
        return parts
            .iter()
            .map(|part| at_depth(part, members, depth + 1))
            .fold(object(schema, members, depth), |whole, part| merged(part, whole));
    }
    let types = schema.types();
    let named = types.iter().copied().find(|name| *name != "null").or(types.first().copied());
    match named {
        Some("object") => object(schema, members, depth),
        Some("array") => list(schema, members, depth),
        Some("string") => Value::String(text(schema)),
        Some("integer" | "number") => number(schema),
        Some("boolean") => json!(true),
        Some(_) => Value::Null,
        None if schema.keyword("items").is_some() => list(schema, members, depth),
        None => object(schema, members, depth),
    }
}

fn object(schema: &Schema, members: Members, depth: usize) -> Value {
    let required = schema.required();
    let wanted =
        |name: &str| required.contains(&name) || (members == Members::All && depth < DEEPEST / 2);
    let properties = schema.properties().into_iter().filter(|(name, _)| wanted(name));
    let found = properties
        .filter(|_| depth < DEEPEST)
        .map(|(name, property)| (name.to_owned(), at_depth(&property, members, depth + 1)));
    Value::Object(found.collect())
}

fn list(schema: &Schema, members: Members, depth: usize) -> Value {
    let shortest = usize::from(members == Members::All && schema.max_items() != Some(0));
    let length = schema.min_items().unwrap_or(0).max(shortest);
    match schema.items() {
        Some(items) if depth < DEEPEST => {
            vec![at_depth(&items, members, depth + 1); length.min(1000)].into()
        }
        _ => json!([]),
    }
}

fn text(schema: &Schema) -> String {
    if let Some(text) = schema.pattern().and_then(pattern::shortest) {
        return text;
    }
    let text = match schema.format() {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("time") => "00:00:00Z",
        Some("email") => "a@example.com",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("uri" | "url") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        _ => "ok",
    };
    let padding = schema.min_length().unwrap_or(0).saturating_sub(text.chars().count());
    let padded = text.to_owned() + &"a".repeat(padding.min(1 << 16));
    padded.chars().take(schema.max_length().unwrap_or(usize::MAX)).collect()
}

fn number(schema: &Schema) -> Value {
    let of = |keyword| schema.keyword(keyword).and_then(Value::as_f64);
    let lowest = of("minimum").or(of("exclusiveMinimum").map(|least| least.floor() + 1.0));
    let highest = of("maximum").or(of("exclusiveMaximum").map(|most| most.ceil() - 1.0));
    let mut value = match (lowest, highest) {
        (Some(lowest), _) => lowest,
        (None, Some(highest)) if highest < 0.0 => highest,
        _ => 0.0,
    };
    if let Some(step) = of("multipleOf").filter(|step| *step > 0.0) {
        value = (value / step).ceil() * step;
    }
    // A whole number is written without a point, since some readers of integers insist on it.
    format!("{value}").parse::<i64>().map_or_else(|_| json!(value), Value::from)
}

/// Lays the members of `over` over those of `under`; what is no object gives way.
fn merged(over: Value, under: Value) -> Value {
    match (over, under) {
        (Value::Object(over), Value::Object(mut under)) => {
            under.extend(over);
            Value::Object(under)
        }
        (over, under) if under == Value::Object(Map::new()) => over,
        (_, under) => under,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::{Members, sample};
    use crate::contract::Schema;
    use crate::stub::validator::compile;

    #[test]
    fn a_sample_keeps_its_schema() {
        for schema in [
            json!({"type": "string", "minLength": 9, "maxLength": 12}),
            json!({"type": "string", "pattern": "^ID-[0-9]{3}$"}),
            json!({"type": "string", "format": "uuid"}),
            json!({"type": ["null", "integer"], "exclusiveMinimum": 6, "multipleOf": 5}),
            json!({"type": "number", "maximum": -0.5}),
            json!({"enum": [3, 4]}),
            json!({"type": "array", "minItems": 3, "items": {"type": "boolean"}}),
            json!({"allOf": [{"required": ["a"], "properties": {"a": {"type": "integer"}}},
                {"required": ["b"], "properties": {"b": {"const": "x"}}}]}),
            json!({"oneOf": [{"type": "null"}, {"type": "string"}]}),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/t"}},
                "$defs": {"t": {"type": "object", "properties": {"next": {"$ref": "#/$defs/t"}}}}}),
        ] {
            let schema = Schema::at(&Arc::new(schema), "");
            let validator = compile(&schema).expect("compiles");
            for members in [Members::All, Members::Required] {
                let value = sample(&schema, members);
                assert!(validator.is_valid(&value), "{} → {value}", schema.raw());
            }
        }
    }
}
