//! Labels stay true on schemas that nobody wrote.

use fencepost::contract::Schema;
use fencepost::generate::{CaseRng, Recipe, Seed, Texts};
use rand_core::Rng;
use serde_json::{Map, Value, json};

use crate::proof::prove;

const SCHEMAS: u64 = 100;

#[test]
fn every_label_is_true_on_random_schemas() {
    let mut proved = 0;
    let mut rules = 0;
    for number in 0..SCHEMAS {
        let document = schema(&mut Seed(3).rng("schemas", "random", number), 3);
        if Recipe::new(&Schema::at(&document.clone().into(), "")).is_err() {
            continue;
        }
        match prove(&document, Texts::Any, 6, 2) {
            Ok(counts) => rules += counts.len(),
            // A rule that can't be broken is not listed; one listed but never broken is luck.
            Err(lie) if lie.ends_with(": no case") => {}
            Err(lie) => panic!("schema {number}, {document}: {lie}"),
        }
        proved += 1;
    }
    assert!(proved > SCHEMAS * 2 / 3, "only {proved} schemas have values");
    assert!(rules > 400, "only {rules} rules");
}

fn below(rng: &mut CaseRng, count: u64) -> u64 {
    rng.next_u64() % count
}

/// A schema of up to `depth` levels with a few keywords each.
fn schema(rng: &mut CaseRng, depth: u64) -> Value {
    let mut made = Map::new();
    let kinds = if depth > 0 { 9 } else { 5 };
    let mut maybe = |rng: &mut CaseRng, keyword: &str, value: Value| {
        if below(rng, 3) == 0 {
            made.insert(keyword.to_owned(), value);
        }
    };
    let low = below(rng, 4);
    let high = low + below(rng, 5);
    let kind = below(rng, kinds);
    match kind {
        0 | 1 => {
            maybe(rng, "minLength", low.into());
            maybe(rng, "maxLength", high.into());
            let patterns = ["^[a-c]*$", "x", "^(?:ab|c){1,4}$", "^\\S+$", "[0-9]$", "^[^a-z]*$"];
            let pattern = patterns[usize::try_from(below(rng, 6)).unwrap_or(0)];
            maybe(rng, "pattern", pattern.into());
        }
        2 | 3 => {
            maybe(rng, "minimum", low.into());
            maybe(rng, "maximum", json!(high * 3 + 1));
            maybe(rng, "exclusiveMinimum", json!(0.5));
            maybe(rng, "exclusiveMaximum", (high * 2 + 8).into());
            maybe(rng, "multipleOf", json!([2.0, 3.0, 0.5][usize::try_from(low % 3).unwrap_or(0)]));
        }
        4 => {
            let values = json!(["a", "b", 1, 2.5, null, true, [1], {"k": 1}]);
            let count = usize::try_from(1 + high).unwrap_or(1);
            let listed: Vec<Value> =
                values.as_array().into_iter().flatten().take(count).cloned().collect();
            return json!({"enum": listed});
        }
        5 | 6 => {
            maybe(rng, "minItems", low.into());
            maybe(rng, "maxItems", (high + 1).into());
            maybe(rng, "uniqueItems", true.into());
            let items = schema(rng, depth - 1);
            made.insert("items".to_owned(), items);
        }
        _ => {
            let names = ["a", "b", "c/d", "~e"];
            let count = usize::try_from(below(rng, 4)).unwrap_or(0) + 1;
            maybe(rng, "required", json!(names[..count.min(2)]));
            maybe(rng, "additionalProperties", false.into());
            maybe(rng, "maxProperties", 4.into());
            maybe(rng, "minProperties", 1.into());
            let members: Map<String, Value> = names[..count]
                .iter()
                .map(|name| ((*name).to_owned(), schema(rng, depth - 1)))
                .collect();
            made.insert("properties".to_owned(), members.into());
        }
    }
    let kind = match kind {
        0 | 1 => "string",
        2 => "integer",
        3 => "number",
        5 | 6 => "array",
        _ => "object",
    };
    match below(rng, 8) {
        0 => {}
        1 => drop(made.insert("type".to_owned(), json!([kind, "null"]))),
        2 if depth > 0 => {
            made.insert("type".to_owned(), kind.into());
            let other = schema(rng, 0);
            return json!({"anyOf": [Value::Object(made), other]});
        }
        3 => {
            made.insert("type".to_owned(), kind.into());
            return json!({"allOf": [Value::Object(made), {"type": [kind, "boolean"]}]});
        }
        _ => drop(made.insert("type".to_owned(), kind.into())),
    }
    Value::Object(made)
}
