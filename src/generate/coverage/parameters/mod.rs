//! Parameters in path, query, headers and cookies: missing, and on both sides of their limits.

mod near;
mod pairs;
mod reading;

use serde_json::Value;

use super::bench::{Bench, Block, Blocks};
use super::draft::Draft;
use crate::case::{Phase, Scenario};
use crate::contract::{Parameter, ParameterLocation, Place, Schema, Step};
use crate::generate::{Recipe, Texts, ViolationKind, carry};
use pairs::{Pair, Pairs};
use reading::takes_text;

/// Draws of each violation beside the one right beyond the limit.
const DRAWS: u64 = 2;

/// Draws among which one without equal entries is looked for.
const DISTINCT_DRAWS: u64 = 8;

/// Draws among which a value is looked for that can be sent.
const HOST_DRAWS: u64 = 24;

/// Longer lists of documented values are not sent one by one.
const MOST_VALUES: usize = 20;

/// One block for each parameter.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let parameters = bench.operation.parameters.iter();
    Box::new(parameters.filter_map(|parameter| block(bench, parameter)))
}

fn block(bench: &Bench<'_>, parameter: &Parameter) -> Option<Block> {
    let location = format!("{}.{}", parameter.location.as_str(), parameter.name);
    let mut block = bench.block(Phase::Coverage, location.clone());
    if parameter.required
        && parameter.location != ParameterLocation::Path
        && !carry::is_always_sent(parameter)
    {
        let draft = Draft::new(Scenario::MissingParameter, &location, "required", "left out");
        let name = &parameter.name;
        block.request(draft.refused(bench), |request| {
            carry::take(request, parameter.location, name);
        });
    }
    if let Ok(recipe) = Recipe::new(&parameter.schema) {
        let mut pairs = Pairs::new(&mut block, parameter, location);
        violations(&mut pairs, &recipe);
        for place in [Place::body(), Place::body().items()] {
            if let Some(schema) = schema_at(&parameter.schema, &place) {
                documented(&mut pairs, &recipe, &place, &schema);
                near::misses(&mut pairs, &recipe, &place, &schema);
            }
        }
    }
    block.finish()
}

/// The schema of the parameter's value, or of the list's entries.
fn schema_at(schema: &Schema, place: &Place) -> Option<Schema> {
    match place.steps() {
        [] => Some(schema.clone()),
        [Step::Items] => schema.items(),
        _ => None,
    }
}

/// Values that break one rule each: right beyond the limit, and anywhere.
fn violations(pairs: &mut Pairs<'_, '_, '_>, recipe: &Recipe) {
    for kind in recipe.violations() {
        let Some(schema) = schema_at(recipe.schema(), &kind.place) else { continue };
        let is_sendable = match kind.keyword {
            // A parameter is text: a wrong type shows only where the text spells none that is
            // asked for.
            "type" => !takes_text(&schema),
            "minLength" | "maxLength" | "pattern" | "format" | "enum" | "minimum" | "maximum"
            | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "maxItems" | "minItems"
            | "uniqueItems" => true,
            _ => false,
        };
        if !is_sendable {
            continue;
        }
        let nearest = (0..DISTINCT_DRAWS).filter_map(|n| drawn(pairs, recipe, kind, true, n));
        let nearest: Vec<Pair> = nearest.collect();
        let distinct = nearest.iter().position(|pair| !pair.has_equal_entries());
        let others: Vec<Pair> =
            (0..DRAWS).filter_map(|number| drawn(pairs, recipe, kind, false, number)).collect();
        if let Some(pair) = nearest.into_iter().nth(distinct.unwrap_or(0)) {
            pairs.add(pair.at_the_limit());
        }
        for pair in others {
            pairs.add(pair);
        }
    }
}

fn drawn(
    pairs: &Pairs<'_, '_, '_>,
    recipe: &Recipe,
    kind: &ViolationKind,
    near: bool,
    number: u64,
) -> Option<Pair> {
    let label = format!("{}/{}", pairs.location(&kind.place), kind.keyword);
    let bench = pairs.bench();
    let labelled = if near {
        let mut rng = bench.inputs.seed.rng(&bench.operation.id, &format!("near/{label}"), number);
        recipe.violate_nearly(kind, &mut rng)?
    } else {
        let mut rng = bench.inputs.seed.rng(&bench.operation.id, &label, number);
        recipe.violate_of(kind, Texts::Plain, &mut rng)?
    };
    let mut value = labelled.value;
    if kind.keyword == "type" {
        *value.pointer_mut(&labelled.pointer)? = "fencepost".into();
    }
    Some(
        Pair::new(labelled.twin, value, &kind.place, kind.keyword, labelled.scenario)
            .saying(labelled.intent),
    )
}

/// Every documented value.
fn documented(pairs: &mut Pairs<'_, '_, '_>, recipe: &Recipe, place: &Place, schema: &Schema) {
    let values = schema.enumeration().unwrap_or_default();
    if values.len() > MOST_VALUES {
        return;
    }
    let Some((host, pointer)) = host(pairs, recipe, place) else { return };
    for value in values {
        let mut whole = host.clone();
        if let Some(held) = whole.pointer_mut(&pointer) {
            *held = value.clone();
            pairs.legal(Scenario::EnumValue, place, "enum", &whole, &format!("the value {value}"));
        }
    }
}

/// A legal value of the parameter, and where in it a value of `place` stands.
fn host(pairs: &Pairs<'_, '_, '_>, recipe: &Recipe, place: &Place) -> Option<(Value, String)> {
    let pointer = if place.steps().is_empty() { "" } else { "/0" };
    let label = format!("host/{}", pairs.location(place));
    let bench = pairs.bench();
    let draw = |number| {
        let mut rng = bench.inputs.seed.rng(&bench.operation.id, &label, number);
        recipe.valid_of(Texts::Plain, &mut rng)
    };
    let fits = |value: &Value| value.pointer(pointer).is_some() && pairs.is_legal(value);
    (0..HOST_DRAWS).map(draw).find(fits).map(|value| (value, pointer.to_owned()))
}
