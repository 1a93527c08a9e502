//! Parameters in path, query and headers: missing, and on the wrong side of their limits.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::draft::Draft;
use crate::case::{Phase, Scenario};
use crate::contract::{Parameter, ParameterLocation, Strength};
use crate::generate::template::set_parameter;
use crate::generate::{Recipe, Texts, carry};

/// Draws of each violation.
const DRAWS: u64 = 2;

/// One block for each parameter.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let parameters = bench.operation.parameters.iter();
    Box::new(parameters.filter_map(|parameter| block(bench, parameter)))
}

fn block(bench: &Bench<'_>, parameter: &Parameter) -> Option<Block> {
    let location = format!("{}.{}", parameter.location.as_str(), parameter.name);
    let mut block = bench.block(Phase::Coverage, location.clone());
    if parameter.required && parameter.location != ParameterLocation::Path {
        let draft = Draft::new(Scenario::MissingParameter, &location, "required", "left out");
        let name = &parameter.name;
        block.request(draft.refused(bench), |request| {
            carry::take(request, parameter.location, name);
        });
    }
    values(&mut block, parameter, &location);
    block.finish()
}

/// Values that break one rule each. A parameter is text: a wrong type shows only where the text
/// spells none that is asked for.
fn values(block: &mut Builder<'_, '_>, parameter: &Parameter, location: &str) {
    let bench = block.bench;
    let Ok(recipe) = Recipe::new(&parameter.schema) else { return };
    let takes_text = parameter.schema.allows_type("string");
    for kind in recipe.violations() {
        let is_whole = kind.place.steps().is_empty();
        let is_sendable = match kind.keyword {
            "type" => !takes_text,
            "minLength" | "maxLength" | "pattern" | "format" | "enum" | "minimum" | "maximum"
            | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => true,
            _ => false,
        };
        if !is_whole || !is_sendable {
            continue;
        }
        for number in 0..DRAWS {
            let label = format!("{location}/{}", kind.keyword);
            let mut rng = bench.inputs.seed.rng(&bench.operation.id, &label, number);
            let Some(labelled) = recipe.violate_of(kind, Texts::Plain, &mut rng) else { continue };
            let value = if kind.keyword == "type" { "fencepost".into() } else { labelled.value };
            let (Some(legal), Some(value)) = (text(&labelled.twin), text(&value)) else { continue };
            if !arrives(parameter.location, &legal) || !arrives(parameter.location, &value) {
                continue;
            }
            let intent = format!("the legal twin of {}", labelled.intent);
            let twin = Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted();
            let twin = block.request(twin, |request| {
                set_parameter(bench.operation, request, parameter, &legal);
            });
            let draft = Draft::new(labelled.scenario, &location, kind.keyword, labelled.intent)
                .refused(bench)
                .twin(&twin);
            // Many a server takes an empty value for none.
            let draft = if value.is_empty() { draft.at_most(Strength::Should) } else { draft };
            block.request(draft, |request| {
                set_parameter(bench.operation, request, parameter, &value);
            });
        }
    }
}

/// Whether a value comes out at the other end as it went in.
fn arrives(location: ParameterLocation, text: &str) -> bool {
    match location {
        // A path without it is another path, and dots are steps in it.
        ParameterLocation::Path => !matches!(text, "" | "." | ".."),
        ParameterLocation::Query => true,
        // Blanks around a field's value belong to no one.
        ParameterLocation::Header => {
            text.trim() == text && text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
        }
        ParameterLocation::Cookie => {
            text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\'))
        }
    }
}

/// A scalar as a parameter's text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
