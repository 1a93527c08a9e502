//! Values that are none of the documented alternatives.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::draft::Draft;
use super::sites::Site;
use super::types::{describe, of_every_type};
use crate::case::label::broken;
use crate::case::{Phase, Scenario};
use crate::contract::Schema;
use crate::generate::{Recipe, Texts};

/// Alternatives beyond these are not varied.
const MOST_ALTERNATIVES: usize = 8;

/// Rules of an alternative beyond these are not broken.
const MOST_RULES: usize = 30;

/// The keywords that list alternatives.
const UNIONS: [&str; 2] = ["anyOf", "oneOf"];

/// One block for each place that lists alternatives.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let union = |site: &'b Site| {
        let keyword = UNIONS.into_iter().find(|keyword| site.schema.keyword(keyword).is_some())?;
        Some((site, keyword))
    };
    let unions = bench.sites.iter().filter_map(union);
    Box::new(unions.filter_map(|(site, keyword)| block(bench, site, keyword)))
}

fn block(bench: &Bench<'_>, site: &Site, keyword: &'static str) -> Option<Block> {
    let alternatives = site.schema.children(keyword);
    let template = bench.template.as_ref()?;
    let mut block = bench.block(Phase::Coverage, format!("{} alternatives", site.place));
    let union = Union { site, keyword, alternatives: &alternatives };
    for wrong in of_every_type(site.place.values(template).first().copied()) {
        let intent = format!("{} for one of the alternatives", describe(&wrong));
        union.refuse(&mut block, Scenario::IncorrectType, &intent, wrong, None);
    }
    for (number, alternative) in alternatives.iter().enumerate().take(MOST_ALTERNATIVES) {
        union.almost(&mut block, number, alternative);
    }
    union.merged(&mut block);
    block.finish()
}

/// A place that lists alternatives.
struct Union<'u> {
    site: &'u Site,
    keyword: &'static str,
    alternatives: &'u [Schema],
}

impl Union<'_> {
    /// Values that break one rule of an alternative, and fit none of the others.
    fn almost(&self, block: &mut Builder<'_, '_>, number: usize, alternative: &Schema) {
        let bench = block.bench;
        let Ok(recipe) = Recipe::new(alternative) else { return };
        // A format is a note, which makes no other alternative of a value.
        let kinds = recipe.violations().iter().filter(|kind| kind.keyword != "format");
        for kind in kinds.take(MOST_RULES) {
            let place = kind.place.to_string();
            let place = place.strip_prefix("body").unwrap_or(&place).trim_start_matches('.');
            let label =
                format!("{}/{}/{number}/{place}/{}", self.site.place, self.keyword, kind.keyword);
            let mut rng = bench.rng(&label);
            let Some(labelled) = recipe.violate_nearly(kind, &mut rng) else { continue };
            let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
            let intent = format!(
                "alternative {} but for its {}{at}: {}",
                number + 1,
                kind.keyword,
                labelled.intent
            );
            let twin = Some(labelled.twin);
            self.refuse(block, labelled.scenario, &intent, labelled.value, twin);
        }
    }

    /// Objects with the members of two alternatives, which neither takes where both know their members.
    fn merged(&self, block: &mut Builder<'_, '_>) {
        let bench = block.bench;
        let drawn = |(number, alternative): (usize, &Schema)| {
            let label = format!("{}/{}/{number}/merged", self.site.place, self.keyword);
            let recipe = Recipe::new(alternative).ok()?;
            match recipe.valid_of(Texts::Plain, &mut bench.rng(&label)) {
                Value::Object(members) => Some((number, members)),
                _ => None,
            }
        };
        let all = self.alternatives.iter().enumerate().take(MOST_ALTERNATIVES);
        let all: Vec<_> = all.filter_map(drawn).collect();
        for pair in all.windows(2) {
            let [(one, members), (other, more)] = pair else { continue };
            let mut both = members.clone();
            both.extend(more.clone());
            let intent = format!("alternatives {} and {} at once", one + 1, other + 1);
            let twin = Some(Value::Object(members.clone()));
            self.refuse(block, Scenario::UnexpectedProperty, &intent, both.into(), twin);
        }
    }

    /// Adds a value that fits no alternative, behind its legal twin where it has one of its own.
    fn refuse(
        &self,
        block: &mut Builder<'_, '_>,
        scenario: Scenario,
        intent: &str,
        value: Value,
        twin: Option<Value>,
    ) {
        let (bench, place) = (block.bench, &self.site.place);
        let is_any = self.alternatives.iter().any(|one| broken(one, &value).is_empty());
        let body = bench.body_with(place, 0, value);
        if is_any || !bench.breaks(&body, place, self.keyword) {
            return;
        }
        let mut draft = Draft::new(scenario, place, self.keyword, intent).refused(bench).at(place);
        if let Some(twin) = twin {
            let legal = Draft::new(
                Scenario::ValidRequest,
                &"request",
                "valid",
                format!("the legal twin of {intent}"),
            );
            let id = block.body(legal.accepted(), bench.body_with(place, 0, twin));
            draft = draft.twin(&id);
        }
        block.body(draft, body);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::case::GenerationMode;
    use crate::case::label::broken;
    use crate::contract::Contract;
    use crate::generate::{Inputs, plan};

    #[test]
    fn values_that_are_no_alternative_are_sent_and_break_nothing_else() {
        let reader = json!({"oneOf": [
            {"type": "object", "required": ["card"], "additionalProperties": false,
             "properties": {"card": {"type": "string", "minLength": 5, "maxLength": 7}}},
            {"type": "object", "required": ["email"], "additionalProperties": false,
             "properties": {"email": {"type": "string", "maxLength": 40}}},
        ]});
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"put": {"operationId": "a",
                "requestBody": {"required": true, "content": {"application/json": {"schema":
                    {"type": "object", "required": ["reader"], "properties": {"reader": reader}}}}},
                "responses": {"200": {"description": "ok"}, "400": {"description": "no"}}}}},
        });
        let contract = Contract::parse("t.json", &document.to_string()).expect("is a contract");
        let operation = &contract.operations[0];
        let schema = &operation.body.as_ref().expect("a body").schema;
        let plan = plan(operation, &Inputs::default()).expect("can be planned");
        let cases: Vec<_> = plan
            .blocks()
            .flat_map(|block| block.cases)
            .filter(|case| case.rule.keyword() == "oneOf")
            .collect();
        let sent = |wanted: &serde_json::Value| {
            cases.iter().any(|case| case.body.as_ref().is_some_and(|b| b["reader"] == *wanted))
        };
        for wrong in [json!(null), json!(5), json!("a"), json!([]), json!({})] {
            assert!(sent(&wrong), "{wrong}");
        }
        let is_both =
            |reader: &serde_json::Value| reader["card"].is_string() && reader["email"].is_string();
        assert!(cases.iter().any(|case| case.body.as_ref().is_some_and(|b| is_both(&b["reader"]))));
        let lengths: Vec<usize> = cases
            .iter()
            .filter_map(|case| case.body.as_ref()?["reader"]["card"].as_str().map(str::len))
            .collect();
        assert!(lengths.contains(&4) && lengths.contains(&8), "{lengths:?}");
        for case in &cases {
            assert_eq!(case.mode, GenerationMode::Negative);
            let found = broken(schema, case.body.as_ref().expect("a body"));
            assert!(found.iter().all(|one| one.keyword == "oneOf"), "{}: {found:?}", case.intent);
            assert_eq!(found.len(), 1);
        }
    }
}
