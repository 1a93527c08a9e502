//! A value that a schema describes, for answers that no example shows.

use serde_json::{Map, Value, json};

use crate::contract::{AdditionalProperties, Schema};

use super::pattern;

/// Recursive schemas end here.
const DEEPEST: usize = 12;

/// A sample of more values than this gets no further members and entries: schemas that refer to
/// each other would grow it without end.
const LARGEST: usize = 2000;

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
    Sampler { members, is_shown: true, branch: 0, values: 0 }.value(schema, 0)
}

/// As [`sample`], with what the document shows only where it keeps the whole schema: the first of
/// some attempts that `is_valid` takes, or the first of all.
pub(super) fn sound_sample(
    schema: &Schema,
    members: Members,
    is_valid: impl Fn(&Value) -> bool,
) -> Value {
    let first = sample(schema, members);
    if is_valid(&first) {
        return first;
    }
    let ways = [(members, false), (Members::Required, true), (Members::Required, false)];
    let attempts = ways.iter().flat_map(|way| (0..BRANCHES).map(move |branch| (*way, branch)));
    attempts
        .map(|((members, is_shown), branch)| {
            Sampler { members, is_shown, branch, values: 0 }.value(schema, 0)
        })
        .find(is_valid)
        .unwrap_or(first)
}

/// So many branches of every choice are tried.
const BRANCHES: usize = 4;

struct Sampler {
    members: Members,
    /// Whether examples and defaults of the document are used.
    is_shown: bool,
    /// Which branch of a choice is taken, counted round.
    branch: usize,
    /// How many values were made so far.
    values: usize,
}

impl Sampler {
    fn value(&mut self, schema: &Schema, depth: usize) -> Value {
        self.values += 1;
        let shown = schema.enumeration().and_then(|values| values.first().copied());
        let example = || schema.examples().first().copied().or_else(|| schema.keyword("default"));
        if let Some(value) = shown.or_else(|| example().filter(|_| self.is_shown)) {
            return value.clone();
        }
        if depth < DEEPEST {
            let choice = ["oneOf", "anyOf"].iter().find_map(|choice| {
                let branches = schema.children(choice);
                let index = self.branch.checked_rem(branches.len())?;
                branches.into_iter().nth(index)
            });
            let parts = choice.into_iter().chain(schema.children("allOf"));
            let parts: Vec<_> = parts.map(|part| self.value(&part, depth + 1)).collect();
            if !parts.is_empty() {
                let own = self.object(schema, depth);
                return parts.into_iter().fold(own, |whole, part| merged(part, whole));
            }
        }
        let types = schema.types();
        let named = types.iter().copied().find(|name| *name != "null").or(types.first().copied());
        match named {
            Some("array") => self.list(schema, depth),
            Some("string") => Value::String(text(schema)),
            Some("integer" | "number") => number(schema),
            Some("boolean") => json!(true),
            Some("null") => Value::Null,
            None if schema.keyword("items").is_some() => self.list(schema, depth),
            _ => self.object(schema, depth),
        }
    }

    fn object(&mut self, schema: &Schema, depth: usize) -> Value {
        let required = schema.required();
        let mut found = Map::new();
        for (name, property) in schema.properties() {
            let wanted = self.members == Members::All && depth < DEEPEST / 2;
            if depth < DEEPEST && self.values < LARGEST && (wanted || required.contains(&name)) {
                found.insert(name.to_owned(), self.value(&property, depth + 1));
            }
        }
        let more = |sampler: &mut Self| match schema.additional_properties() {
            AdditionalProperties::Of(more) if depth < DEEPEST => sampler.value(&more, depth + 1),
            _ => json!("ok"),
        };
        // Some are asked for by name alone.
        for name in required {
            if schema.property(name).is_none() {
                found.insert(name.to_owned(), more(self));
            }
        }
        let fewest = schema.keyword("minProperties").and_then(Value::as_u64).unwrap_or(0);
        let mut further = 0;
        while (found.len() as u64) < fewest.min(LARGEST as u64) {
            found.insert(format!("member{further}"), more(self));
            further += 1;
        }
        // What a condition adds is taken to be part of the whole: it is, in a success.
        match schema.child("then").filter(|_| self.members == Members::All && depth < DEEPEST) {
            Some(then) => merged(found.into(), self.object(&then, depth + 1)),
            None => found.into(),
        }
    }

    fn list(&mut self, schema: &Schema, depth: usize) -> Value {
        let shortest = usize::from(self.members == Members::All && schema.max_items() != Some(0));
        let length = schema.min_items().unwrap_or(0).max(shortest);
        match schema.items() {
            Some(items) if depth < DEEPEST => (0..length)
                .map_while(|index| {
                    (self.values < LARGEST).then(|| {
                        let value = self.value(&items, depth + 1);
                        if schema.unique_items() { another(&items, value, index) } else { value }
                    })
                })
                .collect(),
            _ => json!([]),
        }
    }
}

/// A value like this one, and another one for every index.
fn another(schema: &Schema, value: Value, index: usize) -> Value {
    if let Some(values) = schema.enumeration() {
        return values.get(index).map_or(value, |value| (*value).clone());
    }
    match value {
        Value::String(text) if index > 0 && schema.format().is_none() => {
            let digits = index.to_string();
            let room = schema.max_length().unwrap_or(usize::MAX).saturating_sub(digits.len());
            json!(text.chars().take(room).collect::<String>() + &digits)
        }
        Value::Number(number) => match number.as_i64() {
            Some(whole) => json!(whole + i64::try_from(index).unwrap_or(0)),
            None => Value::Number(number),
        },
        other => other,
    }
}

fn text(schema: &Schema) -> String {
    if let Some(pattern) = schema.pattern() {
        let (least, most) = (schema.min_length().unwrap_or(0), schema.max_length());
        if let Some(text) = pattern::of_length(pattern, least, most) {
            return text;
        }
    }
    let text = match schema.format() {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("time") => "00:00:00Z",
        Some("duration") => "PT1H",
        Some("email" | "idn-email") => "a@example.com",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("iri" | "uri" | "url") => "https://example.com/",
        Some("json-pointer") => "/ok",
        Some("relative-json-pointer") => "0",
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

    use super::{Members, sample, sound_sample};
    use crate::contract::{Compiler, Schema};

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
            json!({"type": "string", "pattern": "[a-z]*", "minLength": 5}),
            json!({"type": "string", "pattern": "^(?!-)[a-z-]{3,9}$"}),
            json!({"type": "string", "pattern": r"^[\p{L}_]+$"}),
            json!({"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}}),
            json!({"type": "array", "uniqueItems": true, "minItems": 3, "items": {"type": "string"}}),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/t"}},
                "$defs": {"t": {"type": "object", "properties": {"next": {"$ref": "#/$defs/t"}}}}}),
        ] {
            let document = Arc::new(schema);
            let schema = Schema::at(&document, "");
            let compiler = Compiler::new(&document).expect("is taken in");
            let validator = compiler.compile(&schema).expect("compiles");
            for members in [Members::All, Members::Required] {
                let value = sample(&schema, members);
                assert!(validator.is_valid(&value), "{} → {value}", schema.raw());
            }
        }
    }

    #[test]
    fn a_text_has_the_form_that_is_asked_for() {
        for format in [
            "date",
            "date-time",
            "duration",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "iri",
            "iri-reference",
            "json-pointer",
            "regex",
            "relative-json-pointer",
            "time",
            "uri",
            "uri-reference",
            "uri-template",
            "uuid",
        ] {
            let document = Arc::new(json!({"type": "string", "format": format}));
            let schema = Schema::at(&document, "");
            let compiler = Compiler::new(&document).expect("is taken in");
            let validator = compiler.compile(&schema).expect("compiles");
            assert!(
                !validator.is_valid(&json!("\u{0} :")) || format == "regex",
                "{format} is checked"
            );
            let value = sample(&schema, Members::All);
            assert!(validator.is_valid(&value), "{format} → {value}");
        }
    }

    #[test]
    fn what_the_document_shows_is_used_where_it_is_true() {
        for schema in [
            json!({"type": "object", "properties": {"at": {"type": "number", "example": "40.4"}}}),
            json!({"type": "string", "format": "date-time", "default": "<function now>"}),
            json!({"oneOf": [{"type": "object", "required": ["a"], "example": 5},
                {"type": "string", "example": "b"}]}),
        ] {
            let document = Arc::new(schema);
            let schema = Schema::at(&document, "");
            let compiler = Compiler::new(&document).expect("is taken in");
            let validator = compiler.compile(&schema).expect("compiles");
            assert!(!validator.is_valid(&sample(&schema, Members::All)));
            let value = sound_sample(&schema, Members::All, |value| validator.is_valid(value));
            assert!(validator.is_valid(&value), "{} → {value}", schema.raw());
        }
    }

    #[test]
    fn a_whole_sample_has_what_a_condition_adds() {
        let schema = json!({
            "properties": {"code": {"const": "0"}},
            "if": {"properties": {"code": {"const": "0"}}},
            "then": {"required": ["data"], "properties": {"data": {"type": "object"}}},
        });
        let value = sample(&Schema::at(&Arc::new(schema), ""), Members::All);
        assert_eq!(value, json!({"code": "0", "data": {}}));
    }

    #[test]
    fn schemas_that_refer_to_each_other_end() {
        let node = json!({"$ref": "#/$defs/node"});
        let members: serde_json::Map<_, _> =
            (0..30).map(|n| (format!("m{n}"), node.clone())).collect();
        let required: Vec<_> = members.keys().cloned().collect();
        let schema = json!({"$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "properties": members, "required": required}}});
        let schema = Schema::at(&Arc::new(schema), "");
        for members in [Members::All, Members::Required] {
            assert!(sample(&schema, members).is_object());
        }
    }
}
