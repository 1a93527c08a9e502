//! Rules of parameters.

use super::ledger::{Ledger, MUST, SHOULD, Source, Weight};
use super::parts::Parts;
use super::words;
use crate::contract::{Parameter, ParameterLocation, Schema};

/// Adds the rules of a parameter.
pub(super) fn rules(ledger: &mut Ledger<'_>, parameter: &Parameter) {
    let location = format!("{}.{}", parameter.location.as_str(), parameter.name);
    let source = Source::root(&parameter.schema);
    let parts = Parts::always(&parameter.schema);
    if parameter.required && parameter.location != ParameterLocation::Path {
        let citation = source.citation_of(ledger, "required");
        ledger.cited(&location, "required", MUST, "must be present", citation);
    }
    if parts.describes("array") {
        list(ledger, parameter, &location, &parts, &source);
    } else if !parts.describes("object") {
        scalar(ledger, parameter.location, &location, &parts, &source);
    }
}

fn list(
    ledger: &mut Ledger<'_>,
    parameter: &Parameter,
    location: &str,
    parts: &Parts,
    source: &Source,
) {
    for keyword in ["maxItems", "minItems"] {
        // No request can carry an empty list: it reads as none, or as one of an empty text.
        let is_least = keyword == "minItems";
        if let Some((_, value)) = parts.keyword(keyword)
            && !(is_least && value.as_f64().is_none_or(|least| least < 2.0))
            && let Some(summary) = words::limit(keyword, value)
        {
            let citation = source.citation_of(ledger, keyword);
            ledger.cited(location, keyword, MUST, &summary, citation);
        }
    }
    if parts.flag("uniqueItems") {
        let citation = source.citation_of(ledger, "uniqueItems");
        ledger.cited(location, "uniqueItems", MUST, "no entry stands twice", citation);
    }
    if let Some(items) = parts.iter().find_map(Schema::items) {
        let location = format!("{location}/items");
        let (parts, source) = (Parts::always(&items), source.below(&items));
        if !parts.describes("array") && !parts.describes("object") {
            scalar(ledger, parameter.location, &location, &parts, &source);
        }
    }
}

fn scalar(
    ledger: &mut Ledger<'_>,
    carried: ParameterLocation,
    location: &str,
    parts: &Parts,
    source: &Source,
) {
    let mut add = |keyword: &str, weight: Weight, summary: &str| {
        let citation = source.citation_of(ledger, keyword);
        ledger.cited(location, keyword, weight, summary, citation);
    };
    let types = parts.types();
    // Every text on the wire is a string; only other scalars can be of the wrong type.
    let scalar = ["integer", "number", "boolean"];
    if !types.is_empty() && types.iter().all(|name| scalar.contains(name)) {
        add("type", MUST, &words::types(&types));
    }
    for keyword in words::SCALAR_LIMITS {
        if let Some((_, value)) = parts.keyword(keyword)
            && let Some(summary) = words::limit(keyword, value)
        {
            // A path without a text in it is another path, and an entry without one is none.
            let is_unsendable = keyword == "minLength"
                && value.as_f64().is_none_or(|least| least < 2.0)
                && (carried == ParameterLocation::Path || location.ends_with("/items"));
            if !is_unsendable {
                add(keyword, MUST, &summary);
            }
        }
    }
    let format = parts.keyword("format").map(|(_, format)| format);
    let has_bits = |format: &serde_json::Value| format == "int32" || format == "int64";
    if let Some(format) = format.filter(|held| parts.has_known_format() || has_bits(held))
        && let Some(summary) = words::limit("format", format)
    {
        add("format", SHOULD, &summary);
    }
    if let Some(values) = parts.iter().find_map(Schema::enumeration) {
        add("enum", MUST, &words::one_of(&values));
    }
}
