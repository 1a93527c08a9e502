//! Rules of parameters.

use super::ledger::{Ledger, MUST, Source};
use super::parts::Parts;
use super::words;
use crate::contract::{Parameter, ParameterLocation, Schema};

/// Adds the rules of a parameter.
pub(super) fn rules(ledger: &mut Ledger<'_>, parameter: &Parameter) {
    let location = format!("{}.{}", parameter.location.as_str(), parameter.name);
    let source = Source::root(&parameter.schema);
    let parts = Parts::always(&parameter.schema);
    let mut add = |keyword: &str, summary: &str| {
        let citation = source.citation_of(ledger, keyword);
        ledger.cited(&location, keyword, MUST, summary, citation);
    };
    if parameter.required && parameter.location != ParameterLocation::Path {
        add("required", "must be present");
    }
    let types = parts.types();
    // Every text on the wire is a string; only other scalars can be of the wrong type.
    let scalar = ["integer", "number", "boolean"];
    if !types.is_empty() && types.iter().all(|name| scalar.contains(name)) {
        add("type", &words::types(&types));
    }
    if parts.describes("array") || parts.describes("object") {
        return;
    }
    for keyword in words::SCALAR_LIMITS {
        if let Some((_, value)) = parts.keyword(keyword)
            && let Some(summary) = words::limit(keyword, value)
        {
            add(keyword, &summary);
        }
    }
    if let Some(values) = parts.iter().find_map(Schema::enumeration) {
        add("enum", &words::one_of(&values));
    }
}
