//! What several schemas say together, keyword by keyword.

use serde_json::{Map, Number, Value};

use super::dice::Dice;
use super::format;
use super::node::{Text, Type};
use super::numeric::{Limits, Numeric};
use super::pattern::Pattern;
use super::text::Texts;
use crate::contract::UNREADABLE_PATTERN;

/// A schema as written.
pub(super) type Keywords = Map<String, Value>;

pub(super) fn list<'d>(part: &'d Keywords, keyword: &str) -> &'d [Value] {
    part.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The types that all parts allow, or that their other keywords speak of.
pub(super) fn types(parts: &[&Keywords]) -> Vec<Type> {
    const ALL: [(&str, Type); 7] = [
        ("null", Type::Null),
        ("boolean", Type::Boolean),
        ("integer", Type::Integer),
        ("number", Type::Number),
        ("string", Type::String),
        ("array", Type::Array),
        ("object", Type::Object),
    ];
    let mut allowed: Vec<(&str, Type)> = ALL.to_vec();
    let mut typed = false;
    for part in parts {
        let names: Vec<&str> = match part.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        typed = true;
        allowed.retain(|(name, _)| {
            names.contains(name) || (*name == "integer" && names.contains(&"number"))
        });
    }
    if allowed.iter().any(|(name, _)| *name == "number") {
        allowed.retain(|(name, _)| *name != "integer");
    }
    if !typed {
        let speaks = |words: &[&str]| {
            parts.iter().any(|part| words.iter().any(|word| part.contains_key(*word)))
        };
        allowed = ALL.to_vec();
        let numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        if speaks(&["properties", "required", "additionalProperties", "patternProperties"]) {
            allowed.retain(|(name, _)| *name == "object");
        } else if speaks(&[
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
        ]) {
            allowed.retain(|(name, _)| *name == "array");
        } else if speaks(&["minLength", "maxLength", "pattern", "format"]) {
            allowed.retain(|(name, _)| *name == "string");
        } else if speaks(&numbers) {
            allowed.retain(|(name, _)| *name == "number");
        } else if !speaks(&["enum", "const"]) {
            allowed.retain(|(name, _)| ["boolean", "integer", "string"].contains(name));
        }
    }
    allowed.into_iter().map(|(_, kind)| kind).collect()
}

pub(super) fn enumeration(parts: &[&Keywords]) -> Option<Vec<Value>> {
    let mut values: Option<Vec<Value>> = None;
    for part in parts {
        let listed = part.get("enum").and_then(Value::as_array).cloned();
        let only = part.get("const").map(|only| vec![only.clone()]);
        for more in [listed, only].into_iter().flatten() {
            match &mut values {
                Some(values) => values.retain(|value| more.contains(value)),
                None => values = Some(more),
            }
        }
    }
    values
}

/// The values that the parts show: `examples`, `example` and `default`.
pub(super) fn examples(parts: &[&Keywords]) -> Vec<Value> {
    let of = |part: &&Keywords| {
        let single = ["example", "default"].map(|keyword| part.get(keyword));
        list(part, "examples")
            .iter()
            .chain(single.into_iter().flatten())
            .cloned()
            .collect::<Vec<_>>()
    };
    parts.iter().flat_map(of).collect()
}

/// The greatest of the minima and the least of the maxima.
pub(super) fn limits(parts: &[&Keywords], min: &str, max: &str) -> (usize, Option<usize>) {
    let count = |part: &&Keywords, keyword: &str| {
        let number = part.get(keyword)?.as_number()?;
        // `32.0` is a legal way to write a count.
        let whole = number.as_u64().or_else(|| number.to_string().strip_suffix(".0")?.parse().ok());
        usize::try_from(whole?).ok()
    };
    let least = parts.iter().filter_map(|part| count(part, min)).max().unwrap_or(0);
    (least, parts.iter().filter_map(|part| count(part, max)).min())
}

pub(super) fn text(parts: &[&Keywords]) -> Result<Text, String> {
    if let Some(source) = parts.iter().find_map(|part| part.get(UNREADABLE_PATTERN)) {
        return Err(format!("its pattern {source} can't be read"));
    }
    let (min, max) = limits(parts, "minLength", "maxLength");
    let mut patterns = Vec::new();
    let written = parts.iter().filter_map(|part| part.get("pattern")).filter_map(Value::as_str);
    let sources: Vec<&str> = written.collect();
    for source in &sources {
        let pattern = Pattern::new(source);
        patterns.push(pattern.map_err(|error| format!("its pattern `{source}`: {error}"))?);
    }
    let formats = parts.iter().filter_map(|part| part.get("format")).filter_map(Value::as_str);
    let format = formats.clone().find(|name| format::is_known(name)).map(str::to_owned);
    let hint = formats.clone().find_map(format::hinted);
    let text = Text { min, max, patterns, format, hint };
    if let Some(source) = sources.first()
        && min <= max.unwrap_or(usize::MAX)
        && !is_drawn(&text)
    {
        return Err(format!("its pattern `{source}`: no text was found that fits it"));
    }
    Ok(text)
}

/// Whether luck finds a text at all: not where a pattern looks for what is seldom drawn.
fn is_drawn(text: &Text) -> bool {
    let mut dice = Dice::seeded(0);
    (0..8).any(|_| text.draw(Texts::Plain, &mut dice).is_some())
}

pub(super) fn numeric(parts: &[&Keywords], fractions: bool) -> Option<Numeric> {
    let numbers = |keyword: &str| -> Vec<Number> {
        parts.iter().filter_map(|part| part.get(keyword)?.as_number().cloned()).collect()
    };
    let by_value = |a: &Number, b: &Number| {
        a.as_f64().zip(b.as_f64()).map_or(std::cmp::Ordering::Equal, |(a, b)| a.total_cmp(&b))
    };
    let least = |keyword| numbers(keyword).into_iter().min_by(by_value);
    let greatest = |keyword| numbers(keyword).into_iter().max_by(by_value);
    let mut formats = parts.iter().filter_map(|part| part.get("format")).filter_map(Value::as_str);
    Numeric::new(&Limits {
        integer: !fractions,
        minimum: greatest("minimum"),
        maximum: least("maximum"),
        exclusive_minimum: greatest("exclusiveMinimum"),
        exclusive_maximum: least("exclusiveMaximum"),
        multiple_of: numbers("multipleOf"),
        format: formats.find(|name| ["int32", "int64"].contains(name)).map(str::to_owned),
    })
}
