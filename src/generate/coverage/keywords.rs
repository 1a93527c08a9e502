//! The keywords that no file here treats by itself: patterns, numbers, enumerations, nested lists.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::bench::{Bench, Blocks, Builder};
use super::draft::Draft;
use super::sites::Site;
use crate::case::label::broken;
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Schema, Strength};
use crate::generate::value::{is_known_format, near_misses};
use crate::generate::{Recipe, Texts, ViolationKind};

/// Draws of each violation, and where there are many.
const DRAWS: u64 = 3;
const MANY_KINDS: usize = 100;

/// One block for each place with such keywords.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let Some(recipe) = bench.recipe() else { return Box::new(std::iter::empty()) };
    let mut kinds: HashMap<&Place, Vec<&ViolationKind>> = HashMap::new();
    for kind in recipe.violations() {
        kinds.entry(&kind.place).or_default().push(kind);
    }
    let all = &bench.sites;
    let lists: HashSet<Place> =
        all.iter().filter(|site| site.is_free_text()).filter_map(Site::list).collect();
    let block = move |site: &'b Site| {
        let mut block = bench.block(Phase::Coverage, format!("{} keywords", site.place));
        legal(&mut block, site);
        for kind in kinds.get(&site.place).into_iter().flatten() {
            if !is_treated(kind, &lists, site, bench) {
                violations(&mut block, recipe, kind);
            }
        }
        block.finish()
    };
    Box::new(all.iter().filter_map(block))
}

/// Whether another file has all cases of this kind. `lists` are those of free texts.
fn is_treated(
    kind: &ViolationKind,
    lists: &HashSet<Place>,
    site: &Site,
    bench: &Bench<'_>,
) -> bool {
    match kind.keyword {
        "minLength" | "maxLength" => site.is_free_text(),
        "minItems" | "maxItems" | "uniqueItems" => {
            lists.contains(&site.place) && !site.is_composed()
        }
        "type" => !site.is_composed(),
        "required" => {
            let template = bench.template.as_ref();
            let parent = site.place.parent();
            template.zip(parent).is_some_and(|(body, parent)| parent.values(body).len() == 1)
                && site.list().is_none()
                && !site.is_composed()
        }
        _ => false,
    }
}

fn violations(block: &mut Builder<'_, '_>, recipe: &Recipe, kind: &ViolationKind) {
    let bench = block.bench;
    let draws = if recipe.violations().len() > MANY_KINDS { 1 } else { DRAWS };
    for number in 0..draws {
        let label = format!("keywords/{}/{}", kind.place, kind.keyword);
        let mut rng = bench.inputs.seed.rng(&bench.operation.id, &label, number);
        // What is off by one must not be left to luck.
        let labelled = if number == 0 {
            recipe.violate_nearly(kind, &mut rng)
        } else {
            recipe.violate_of(kind, Texts::Plain, &mut rng)
        };
        let Some(labelled) = labelled else { continue };
        let intent = format!("the legal twin of {}", labelled.intent);
        let twin = Draft::new(Scenario::ValidRequest, &"request", "valid", intent).accepted();
        let twin = block.body(twin, labelled.twin.clone());
        let draft = Draft::of(&labelled, bench).twin(&twin);
        block.body(draft, labelled.value);
    }
}

/// Every documented value, and both ends of a range of numbers.
fn legal(block: &mut Builder<'_, '_>, site: &Site) {
    let place = &site.place;
    if let Some(values) = site.schema.enumeration() {
        for value in values {
            let intent = format!("the documented value {value}");
            let draft = Draft::new(Scenario::EnumValue, place, "enum", intent).accepted();
            let body = block.bench.body_with(place, 0, value.clone());
            block.body(draft.at(place), body);
        }
    }
    near_words(block, site);
    near_patterns(block, site);
    text_limits(block, site);
    let is_number = site.schema.types().iter().any(|name| matches!(*name, "integer" | "number"));
    let composed = ["enum", "const", "allOf", "anyOf", "oneOf", "not"];
    if !is_number || composed.iter().any(|keyword| site.schema.keyword(keyword).is_some()) {
        return;
    }
    far_beyond(block, site);
    for keyword in ["minimum", "maximum"] {
        let Some(limit) = site.schema.keyword(keyword).filter(|limit| is_reached(site, limit))
        else {
            continue;
        };
        let draft = Draft::new(Scenario::NumberWithinLimits, place, keyword, format!("{limit}"));
        let body = block.bench.body_with(place, 0, limit.clone());
        block.body(draft.accepted().at(place), body);
    }
}

/// Numbers far beyond a limit, where counting in few bits begins anew, or a sign is lost.
pub(super) const FAR: [i64; 8] = [
    -1,
    -1_000,
    i32::MIN as i64,
    i32::MAX as i64 + 1,
    (1 << 32) + 1,
    i64::MIN,
    i64::MAX,
    // The first whole number that a floating one can't hold.
    (1 << 53) + 1,
];

/// The rule that a number breaks alone, of those about its size.
pub(super) fn size_rule(schema: &Schema, number: &Value) -> Option<(&'static str, Scenario)> {
    let breaks = broken(schema, number);
    let [only] = breaks.as_slice() else { return None };
    let sizes = [
        ("minimum", Scenario::NumberBelowMinimum),
        ("exclusiveMinimum", Scenario::NumberBelowMinimum),
        ("maximum", Scenario::NumberAboveMaximum),
        ("exclusiveMaximum", Scenario::NumberAboveMaximum),
    ];
    sizes.into_iter().find(|(keyword, _)| only.keyword == *keyword)
}

fn far_beyond(block: &mut Builder<'_, '_>, site: &Site) {
    let (place, bench) = (&site.place, block.bench);
    for number in FAR {
        let value = Value::from(number);
        let Some((keyword, scenario)) = size_rule(&site.schema, &value) else { continue };
        let draft = Draft::new(scenario, place, keyword, format!("{number}")).refused(bench);
        block.body(draft.at(place), bench.body_with(place, 0, value));
    }
}

/// Words that are almost documented ones. Usual readers of JSON take them in any case, hence a
/// should for that.
fn near_words(block: &mut Builder<'_, '_>, site: &Site) {
    let (place, bench) = (&site.place, block.bench);
    let listed = site.schema.enumeration().unwrap_or_default();
    let words: Vec<&str> = listed.iter().filter_map(|value| value.as_str()).collect();
    let is_limited = ["maxLength", "minLength", "pattern", "format"]
        .iter()
        .any(|keyword| site.schema.keyword(keyword).is_some());
    let Some(word) = words.first().filter(|_| !is_limited && !site.is_composed()) else { return };
    let lower = word.to_lowercase();
    let swapped = if lower == **word { word.to_uppercase() } else { lower };
    let rows = [
        ("in another letter case", swapped, Strength::Should),
        ("behind a blank", format!(" {word}"), Strength::Must),
        ("before a blank", format!("{word} "), Strength::Must),
        ("with a letter more", format!("{word}x"), Strength::Must),
    ];
    for (what, near, strength) in rows {
        if words.contains(&near.as_str()) {
            continue;
        }
        let intent = format!("the documented value {word:?} {what}");
        let draft = Draft::new(Scenario::ValueOutsideEnum, place, "enum", intent)
            .refused(bench)
            .at_most(strength)
            .at(place);
        block.body(draft, bench.body_with(place, 0, near.into()));
    }
}

/// Texts that almost fit a pattern: each of its parts missed by one, a letter or a digit beyond ASCII, a
/// line feed at the end, which some take for the end itself, a blank in front.
fn near_patterns(block: &mut Builder<'_, '_>, site: &Site) {
    let (place, bench) = (&site.place, block.bench);
    let types = site.schema.types();
    let is_text = types.iter().all(|name| matches!(*name, "string" | "null"));
    let is_plain = types.contains(&"string") && is_text && !site.is_composed();
    let Some(pattern) = site.schema.pattern() else { return };
    if !is_plain || site.schema.enumeration().is_some() {
        return;
    }
    let Ok(recipe) = Recipe::new(&site.schema) else { return };
    let mut rng = bench.rng(&format!("near/{place}"));
    let mut drawn = (0..DRAWS * 4).map(|_| recipe.valid_of(Texts::Plain, &mut rng));
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let Some(Value::String(text)) = drawn.find(is_text) else { return };
    let shorter: String = text.chars().take(text.chars().count() - 1).collect();
    let rows = [
        ("a letter beyond ASCII at the end", format!("{shorter}é")),
        ("a digit beyond ASCII at the end", format!("{shorter}\u{663}")),
        ("a line feed behind it", format!("{text}\n")),
        ("a blank in front", format!(" {text}")),
    ];
    let rows = rows.into_iter().map(|(what, near)| (what.to_owned(), near));
    let parts = near_misses(pattern, &mut bench.rng(&format!("parts/{place}")));
    for (what, near) in rows.chain(parts.into_iter().map(|miss| (miss.what, miss.text))) {
        let near = Value::String(near);
        let breaks = broken(&site.schema, &near);
        if !matches!(breaks.as_slice(), [only] if only.keyword == "pattern") {
            continue;
        }
        let intent = format!("a text that fits but for {what}");
        let draft =
            Draft::new(Scenario::StringOutsidePattern, place, "pattern", intent).refused(bench);
        block.body(draft.at(place), bench.body_with(place, 0, near));
    }
}

/// Texts of a pattern at both ends of their length limits; those of free texts stand elsewhere.
fn text_limits(block: &mut Builder<'_, '_>, site: &Site) {
    let (place, bench) = (&site.place, block.bench);
    if site.is_free_text() || site.is_composed() || site.schema.types() != ["string"] {
        return;
    }
    let limits = [("maxLength", site.schema.max_length()), ("minLength", site.schema.min_length())];
    for (keyword, length) in limits {
        let Some(length) = length.filter(|length| (1..=10_000).contains(length)) else { continue };
        let mut exact = site.schema.raw().clone();
        exact["minLength"] = length.into();
        exact["maxLength"] = length.into();
        let Ok(recipe) = Recipe::new(&Schema::at(&Arc::new(exact), "")) else { continue };
        let text = recipe.valid_of(Texts::Plain, &mut bench.rng(&format!("{keyword}/{place}")));
        let draft = Draft::new(
            Scenario::StringWithinLengthLimits,
            place,
            keyword,
            format!("{length} characters"),
        );
        // A form that is only named may have no text of this length.
        let is_named = site.schema.format().is_some_and(|name| !is_known_format(name));
        let draft = if is_named { draft.at_most(Strength::Should) } else { draft };
        block.body(draft.accepted().at(place), bench.body_with(place, 0, text));
    }
}

/// Whether a limit is itself legal: a whole number where one is asked for, and not excluded.
fn is_reached(site: &Site, limit: &Value) -> bool {
    let Some(number) = limit.as_f64() else { return false };
    let is_whole = number.fract() == 0.0 || site.schema.types().contains(&"number");
    let multiple = site.schema.keyword("multipleOf").and_then(Value::as_f64);
    let is_multiple = multiple.is_none_or(|multiple| number % multiple == 0.0);
    let bound = |keyword| site.schema.keyword(keyword).and_then(Value::as_f64);
    is_whole
        && is_multiple
        && bound("exclusiveMinimum").is_none_or(|bound| number > bound)
        && bound("exclusiveMaximum").is_none_or(|bound| number < bound)
}
