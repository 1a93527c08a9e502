//! The proof that labels are true: on serialised bytes, by `jsonschema` and by the label reader.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fencepost::case::label::broken;
use fencepost::contract::{Place, Schema};
use fencepost::generate::{JsonTree, Label, Labelled, Recipe, Seed, Texts};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

/// Broken rules as `place/keyword`, each once a value.
type Rules = BTreeSet<(String, String)>;

/// The schemas that the proof is made on, each with its name.
pub(crate) fn schemas() -> Vec<(String, Value)> {
    let file = include_str!("../fixtures/label_schemas.json");
    let schemas: serde_json::Map<String, Value> = serde_json::from_str(file).expect("is JSON");
    schemas.into_iter().collect()
}

/// Proves the labels of `cases` values of each kind, and of `shrunk` shrinking walks; gives the
/// number of values proved a rule, or the first lie.
pub(crate) fn prove(
    document: &Value,
    texts: Texts,
    cases: u64,
    shrunk: u64,
) -> Result<BTreeMap<String, usize>, String> {
    let judge = Judge::new(document);
    let schema = judge.schema.clone();
    let recipe = Recipe::new(&schema).map_err(|error| error.to_string())?;
    let mut counts = BTreeMap::new();
    for number in 0..cases * 2 {
        let value = recipe.valid_of(texts, &mut Seed(1).rng("proof", "valid", number));
        judge.hold(&value, &Rules::new())?;
        if number < shrunk {
            *counts.entry("valid, shrunk".to_owned()).or_default() +=
                judge.walk(JsonTree::new(&schema, Label::Valid, value), number, &Rules::new())?;
        }
        *counts.entry("valid".to_owned()).or_default() += 1;
    }
    for kind in recipe.violations() {
        let rule = format!("{}/{}", kind.place, kind.keyword);
        let only = Rules::from([(kind.place.to_string(), kind.keyword.to_owned())]);
        let mut proved = 0;
        for number in 0..cases {
            let mut rng = Seed(2).rng("proof", &rule, number);
            let Some(labelled) = recipe.violate_of(kind, texts, &mut rng) else { continue };
            judge.hold(&labelled.value, &only).map_err(|lie| format!("{rule}: {lie}"))?;
            judge.pair(&labelled).map_err(|lie| format!("{rule}: {lie}"))?;
            if number < shrunk {
                let keyword = kind.keyword.to_owned();
                let label = Label::Breaks { place: kind.place.clone(), keyword };
                let tree = JsonTree::new(&schema, label, labelled.value.clone());
                proved += judge.walk(tree, number, &only)?;
                let mended = recipe.repair(&kind.place, kind.keyword, &labelled.value);
                let mended = mended.ok_or(format!("{rule}: no repair of {}", labelled.value))?;
                judge.hold(&mended, &Rules::new())?;
            }
            proved += 1;
        }
        if proved == 0 {
            return Err(format!("{rule}: no case"));
        }
        counts.insert(rule, proved);
    }
    Ok(counts)
}

/// The two readings.
pub(crate) struct Judge {
    schema: Schema,
    document: Value,
    validator: Validator,
}

impl Judge {
    pub(crate) fn new(document: &Value) -> Self {
        let schema = Schema::at(&Arc::new(document.clone()), "");
        let mut document = document.clone();
        spell_integer_formats(&mut document);
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_format("byte", is_base64)
            .build(&document)
            .expect("is a schema");
        Self { schema, document, validator }
    }

    /// Both readings find exactly `rules` broken in the value as it is sent.
    pub(crate) fn hold(&self, value: &Value, rules: &Rules) -> Result<(), String> {
        let bytes = serde_json::to_vec(value).expect("is JSON");
        let read: Value = serde_json::from_slice(&bytes).expect("is JSON");
        let found = broken(&self.schema, &read);
        let by_reader: Rules =
            found.into_iter().map(|one| (one.place.to_string(), one.keyword)).collect();
        let by_validator = self.validate(&read);
        if by_reader != *rules || by_validator != *rules {
            let text: String = read.to_string().chars().take(300).collect();
            return Err(format!("reader {by_reader:?}, jsonschema {by_validator:?}: {text}"));
        }
        Ok(())
    }

    /// The twin is valid and differs in one place, which alone breaks the rule once.
    fn pair(&self, labelled: &Labelled) -> Result<(), String> {
        self.hold(&labelled.twin, &Rules::new()).map_err(|lie| format!("twin: {lie}"))?;
        if broken(&self.schema, &labelled.value).len() != 1 {
            return Err(format!("broken more than once: {}", labelled.value));
        }
        let mut changed = labelled.twin.clone();
        let bad = labelled.value.pointer(&labelled.pointer).cloned();
        let place = changed.pointer_mut(&labelled.pointer);
        let (Some(place), Some(bad)) = (place, bad) else {
            return Err(format!("nothing at {}", labelled.pointer));
        };
        if *place == bad {
            return Err("the twin is the same".to_owned());
        }
        *place = bad;
        if changed != labelled.value {
            return Err("the twin differs elsewhere".to_owned());
        }
        Ok(())
    }

    /// Every step of a shrinking keeps the label, whatever the tests say.
    fn walk(&self, mut tree: JsonTree, number: u64, rules: &Rules) -> Result<usize, String> {
        let mut steps = 0;
        let mut answers = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut more = tree.simplify();
        while more && steps < 300 {
            self.hold(&tree.current(), rules).map_err(|lie| format!("shrunk: {lie}"))?;
            steps += 1;
            answers = answers.rotate_left(7).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let fails = answers.is_multiple_of(number + 1);
            more = if fails { tree.simplify() } else { tree.complicate() };
        }
        if steps == 300 {
            return Err("shrinking doesn't end".to_owned());
        }
        Ok(steps)
    }

    fn validate(&self, value: &Value) -> Rules {
        let name = |error: jsonschema::ValidationError<'_>| {
            let place = error.instance_path().as_str();
            let place = Place::of_pointer(&Place::body(), value, place);
            let keyword = match error.kind().keyword() {
                "const" => "enum",
                keyword => keyword,
            };
            if let ValidationErrorKind::Required { property } = error.kind() {
                let name = property.as_str().expect("is a name");
                return (place.member(name).to_string(), "required".to_owned());
            }
            let schema = error.schema_path().as_str();
            let (above, _) = schema.rsplit_once('/').unwrap_or(("", ""));
            let spelled = self.document.pointer(above).and_then(|above| above.get("$comment"));
            let keyword = if spelled.is_some() { "format" } else { keyword };
            (place.to_string(), keyword.to_owned())
        };
        self.validator.iter_errors(value).map(name).collect()
    }
}

/// `jsonschema` doesn't know the formats of integers: says the same by limits.
fn spell_integer_formats(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let limits = match members.get("format").and_then(Value::as_str) {
                Some("int32") => Some(json!({"minimum": i32::MIN, "maximum": i32::MAX})),
                Some("int64") => Some(json!({"minimum": i64::MIN, "maximum": i64::MAX})),
                _ => None,
            };
            members.values_mut().for_each(spell_integer_formats);
            if let Some(mut limits) = limits {
                limits["$comment"] = json!("format");
                members.insert("allOf".to_owned(), json!([limits]));
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(spell_integer_formats),
        _ => {}
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.bytes().rev().skip_while(|byte| *byte == b'=').collect::<Vec<_>>();
    text.len().is_multiple_of(4)
        && text.len() - digits.len() < 3
        && digits.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
}
