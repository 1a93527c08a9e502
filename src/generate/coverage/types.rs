//! Members that are missing, of another type, or not documented.

use serde_json::{Value, json};

use super::bench::{Bench, Block, Blocks, Builder};
use super::body::{UNKNOWN_MEMBER, replace, without};
use super::draft::Draft;
use super::positions::{ends_and_middle, with_entry};
use super::sites::Site;
use crate::case::label::{Broken, broken};
use crate::case::{Phase, Scenario};
use crate::contract::{AdditionalProperties, Schema, Step, Strength};

/// The blocks about presence and type: one for each place of the body.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let blocks = bench.sites.iter().flat_map(|site| {
        if site.is_composed() {
            [alone(bench, site), None]
        } else {
            [shape(bench, site), mistyped_among_others(bench, site)]
        }
    });
    Box::new(blocks.flatten())
}

fn shape(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let place = &site.place;
    let template = bench.template.as_ref()?;
    let mut block = bench.block(Phase::Coverage, format!("{place} shape"));
    if place.parent().is_some_and(|parent| parent.values(template).len() == 1)
        && site.list().is_none()
    {
        presence(&mut block, site, template);
    }
    emptied(&mut block, site);
    mistyped(&mut block, site, template);
    if site.schema.allows_type("object") && !site.schema.properties().is_empty() {
        unexpected(&mut block, site, template);
    }
    block.finish()
}

/// Where a schema composes others, what is legal is asked of the whole alone.
fn alone(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, format!("{} shape", site.place));
    emptied(&mut block, site);
    mistyped(&mut block, site, bench.template.as_ref()?);
    block.finish()
}

/// Values of every type that is not allowed.
fn mistyped(block: &mut Builder<'_, '_>, site: &Site, template: &Value) {
    let (bench, place) = (block.bench, &site.place);
    for wrong in wrong_types(&site.schema, place.values(template).first().copied()) {
        let intent = format!("{} for {}", describe(&wrong), site.schema.types().join(" or "));
        let draft = Draft::new(Scenario::IncorrectType, place, "type", intent);
        block.body(draft.refused(bench).at(place), bench.body_with(place, 0, wrong));
    }
}

fn presence(block: &mut Builder<'_, '_>, site: &Site, template: &Value) {
    let place = &site.place;
    if site.required {
        let draft =
            Draft::new(Scenario::ObjectMissingRequiredProperty, place, "required", "left out")
                .refused(block.bench)
                .at(place);
        block.body(draft, without(template, place));
        misspelled(block, site, template);
    } else if !place.values(template).is_empty() {
        let draft = Draft::new(Scenario::ObjectWithoutOptionalProperty, place, "type", "left out");
        block.body(draft.accepted().at(place), without(template, place));
    }
}

/// An object without any member: to some languages it is as good as nothing, and is passed over.
///
/// Where several members are required it stands for the first of them. Where none is, it is legal;
/// yet as little as for an empty list does anybody say that so little is of any use.
fn emptied(block: &mut Builder<'_, '_>, site: &Site) {
    let (bench, place) = (block.bench, &site.place);
    let (Some(declared), Some(template)) = (&bench.operation.body, &bench.template) else { return };
    let body = bench.body_with(place, 0, json!({}));
    if !site.schema.allows_type("object") || body == *template {
        return;
    }
    // What only answers carry is required of them alone, and has no rule here.
    let has_rule = |one: &Broken| {
        let rule = bench.operation.rule_id(&one.place.to_string(), "required");
        bench.operation.rule(&rule).is_some()
    };
    let mut found = broken(&declared.schema, &body);
    found.retain(|one| !one.is_missing_from(place) || has_rule(one));
    let Some(first) = found.first().map(|one| &one.place) else {
        let scenario = Scenario::ObjectWithoutOptionalProperty;
        let draft = Draft::new(scenario, place, "type", "an empty object").accepted();
        block.body(draft.at_most(Strength::Open).at(place), body);
        return;
    };
    // Without its only member it stands among the cases already.
    let is_left_out = site.list().is_none()
        && place.values(template).len() == 1
        && without(template, first) == body;
    if found.iter().all(|one| one.is_missing_from(place)) && !is_left_out {
        let scenario = Scenario::ObjectMissingRequiredProperty;
        let draft = Draft::new(scenario, first, "required", "an empty object");
        block.body(draft.refused(bench), body);
    }
}

/// A required member that is there only under its name in another letter case. Names are compared
/// character by character; yet usual readers of JSON take them in any case, hence a should.
fn misspelled(block: &mut Builder<'_, '_>, site: &Site, template: &Value) {
    let place = &site.place;
    let (Some(parent), Some(Step::Member(name))) = (place.parent(), place.steps().last()) else {
        return;
    };
    let Some(schema) = block.bench.schema_at(&parent) else { return };
    let is_open = matches!(schema.additional_properties(), AdditionalProperties::Allowed)
        && ["patternProperties", "propertyNames", "unevaluatedProperties"]
            .iter()
            .all(|keyword| schema.keyword(keyword).is_none());
    let Some(value) = place.values(template).first().copied().cloned() else { return };
    if !is_open {
        return;
    }
    let mut spellings = vec![name.to_uppercase()];
    spellings.extend(name.contains('_').then(|| camel_case(name)));
    spellings.retain(|spelling| spelling != name && schema.property(spelling).is_none());
    for spelling in spellings {
        let intent = format!("only there as {spelling}");
        let draft = Draft::new(Scenario::ObjectMissingRequiredProperty, place, "required", intent)
            .refused(block.bench)
            .at_most(Strength::Should)
            .at(place);
        let body = without(template, place);
        block.body(draft, replace(&body, &parent.member(&spelling), 0, value.clone()));
    }
}

/// `user_id` as `userId`.
fn camel_case(name: &str) -> String {
    let mut pieces = name.split('_').filter(|piece| !piece.is_empty());
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |name, piece| {
        let mut letters = piece.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &capital.into_iter().chain(letters).collect::<String>()
    })
}

fn unexpected(block: &mut Builder<'_, '_>, site: &Site, template: &Value) {
    let place = &site.place;
    let forbidden = matches!(site.schema.additional_properties(), AdditionalProperties::Forbidden);
    if matches!(site.schema.additional_properties(), AdditionalProperties::Of(_)) {
        return;
    }
    let Some(object @ Value::Object(_)) = place.values(template).first().copied().cloned() else {
        return;
    };
    let extras = [json!("x"), Value::Null, json!({"a": [1, true]})];
    for extra in extras {
        let intent = format!("a member that nobody documents, {}", describe(&extra));
        let draft = Draft::new(Scenario::UnexpectedProperty, place, "additionalProperties", intent);
        let draft = if forbidden { draft.refused(block.bench) } else { draft };
        let mut changed = object.clone();
        changed[UNKNOWN_MEMBER] = extra;
        let body = block.bench.body_with(place, 0, changed);
        block.body(draft.at(place), body);
    }
    // Where objects have prototypes it is more than a name.
    let intent = "a member with the name `__proto__`";
    let draft = Draft::new(Scenario::UnexpectedProperty, place, "additionalProperties", intent);
    let draft = if forbidden { draft.refused(block.bench) } else { draft };
    let mut changed = object;
    changed["__proto__"] = json!({"a": 1});
    let body = block.bench.body_with(place, 0, changed);
    block.body(draft.at(place), body);
}

/// One mistyped entry in short and full lists: in every position of a full one.
fn mistyped_among_others(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let text_list = bench.list_of(site)?;
    let (list, full) = (text_list.place.clone(), text_list.size);
    let fewest = text_list.schema.min_items().unwrap_or(0);
    let mut block = bench.block(Phase::Coverage, format!("{} types by position", site.place));
    let mut sizes = vec![2, 3, 5];
    sizes.retain(|size| (fewest..full).contains(size));
    sizes.push(full);
    let (plain_full, _) = block.full(&[text_list])?;
    for size in sizes {
        let twin = if size == full {
            plain_full.clone()
        } else {
            let intent = format!("{size} entries");
            let draft = Draft::new(Scenario::ArrayWithinItemsLimits, &site.place, "type", intent)
                .accepted();
            block.body(
                draft.at(&site.place),
                bench.body_with(&list, 0, bench.repeated(site, size).into()),
            )
        };
        for (wrong, everywhere) in [(json!(5), true), (Value::Null, true), (json!(["a"]), false)] {
            let positions: Vec<usize> = if everywhere && size == full {
                (0..size).collect()
            } else {
                ends_and_middle(size)
            };
            for position in positions {
                let intent = format!("{}, entry {} of {size}", describe(&wrong), position + 1);
                let draft = Draft::new(Scenario::IncorrectType, &site.place, "type", intent)
                    .refused(bench)
                    .at(&site.place)
                    .twin(&twin);
                block.body(draft, with_entry(bench, site, &list, size, position, wrong.clone()));
            }
        }
    }
    block.finish()
}

/// Values of every JSON type that `schema` doesn't allow, near misses of `legal` among them.
fn wrong_types(schema: &Schema, legal: Option<&Value>) -> Vec<Value> {
    if schema.types().is_empty() {
        return Vec::new();
    }
    let mut values = of_every_type(legal);
    values.retain(|value| !schema.allows_type(type_name(value)));
    values
}

/// Different values of every JSON type, near misses of `legal` among them.
pub(super) fn of_every_type(legal: Option<&Value>) -> Vec<Value> {
    let mut values = vec![Value::Null, json!(true), json!(false), json!(0), json!(5), json!(1.5)];
    values.extend([
        json!("a"),
        json!(""),
        json!("5"),
        json!([]),
        json!(["a"]),
        json!([["a"]]),
        json!({}),
    ]);
    match legal {
        Some(Value::String(text)) => values.extend(near_number(text)),
        Some(Value::Number(number)) => values.push(number.to_string().into()),
        Some(Value::Bool(flag)) => values.push(flag.to_string().into()),
        Some(Value::Array(entries)) => {
            values.extend(entries.first().cloned());
            values.push(json!({"0": entries.first()}));
            values.push(Value::from(Value::Array(entries.clone()).to_string()));
        }
        Some(object @ Value::Object(_)) => values.push(Value::from(object.to_string())),
        _ => {}
    }
    if let Some(legal) = legal {
        values.push(json!([legal]));
        values.push(json!({"value": legal}));
    }
    let mut seen = Vec::new();
    values.retain(|value| {
        let is_new = !seen.contains(value);
        if is_new {
            seen.push(value.clone());
        }
        is_new
    });
    values
}

/// The number that `text` spells, if it spells one.
fn near_number(text: &str) -> Option<Value> {
    text.parse::<u64>().ok().map(Value::from)
}

/// The JSON type of a value, in JSON Schema's words.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.len() <= 24 { text } else { format!("{} …", type_name(value)) }
        }
        other => other.to_string(),
    }
}
