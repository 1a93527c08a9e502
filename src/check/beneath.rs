//! Which rule is broken where the schema of an answer says more than the rules name place by place.

use std::collections::HashSet;

use crate::contract::{Broken, Operation, RuleId, Schema};

/// Keywords whose rule speaks for all that stands below its place; of several the last.
const SPEAKING_FOR_MORE: [&str; 6] = [
    "schema",
    "dependentSchemas",
    "unevaluatedProperties",
    "additionalProperties",
    "patternProperties",
    "prefixItems",
];

/// Schemas reachable from one answer beyond this many are not looked at for `writeOnly`.
const MOST_SCHEMAS: usize = 20_000;

/// The rule that a constraint without a rule of its own is held against: the one of the same keyword
/// where a recursion begins, else the nearest that speaks for what is below it.
pub(super) fn nearest(operation: &Operation, broken: &Broken) -> Option<RuleId> {
    // To JSON Schema a form is a note.
    if broken.keyword == "format" {
        return None;
    }
    // A member that another one asks for is missed as a required one is.
    let mut asked = operation.rules.iter().map(|rule| &rule.id).filter(|rule| {
        let is_parent = |rest: &str| rest.starts_with('.') && !rest[1..].contains(['.', '/']);
        broken.keyword == "required"
            && rule.keyword() == "dependentRequired"
            && broken.location.strip_prefix(rule.location()).is_some_and(is_parent)
    });
    same_above(operation, broken)
        .or_else(|| asked.next_back().cloned())
        .or_else(|| speaking_for(operation, &broken.location))
}

fn same_above(operation: &Operation, broken: &Broken) -> Option<RuleId> {
    let mut location = broken.location.clone();
    // Each turn takes one round of the recursion away.
    while let Some((here, above)) =
        operation.recursions.iter().find(|(here, _)| is_below(&location, here))
    {
        location = format!("{above}{}", &location[here.len()..]);
        let rule = operation.rule_id(&location, &broken.keyword);
        if operation.rule(&rule).is_some() {
            return Some(rule);
        }
    }
    None
}

fn speaking_for(operation: &Operation, location: &str) -> Option<RuleId> {
    let rank = |rule: &RuleId| SPEAKING_FOR_MORE.iter().position(|held| *held == rule.keyword());
    let rules = operation.rules.iter().map(|rule| &rule.id);
    let rules = rules.filter(|rule| rank(rule).is_some() && is_below(location, rule.location()));
    rules.max_by_key(|rule| (rule.location().len(), rank(rule))).cloned()
}

/// Whether a location is `place`, or lies below it.
fn is_below(location: &str, place: &str) -> bool {
    location.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

/// The names of members that only requests carry, wherever below these schemas.
pub(super) fn write_only<'s>(schemas: impl Iterator<Item = &'s Schema>) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut known = HashSet::new();
    let mut open: Vec<Schema> = schemas.cloned().collect();
    while let Some(schema) = open.pop() {
        if known.len() >= MOST_SCHEMAS || !known.insert(schema.pointer().to_owned()) {
            continue;
        }
        for (name, member) in schema.properties() {
            let parts = std::iter::once(member.clone()).chain(member.children("allOf"));
            if parts.into_iter().any(|part| part.keyword("writeOnly") == Some(&true.into())) {
                names.insert(name.to_owned());
            }
            open.push(member);
        }
        for keyword in ["items", "additionalProperties", "not", "if", "then", "else", "contains"] {
            open.extend(schema.child(keyword));
        }
        for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
            open.extend(schema.children(keyword));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use crate::check::Oracle;
    use crate::check::tests::{breaches, case, json_answer};
    use crate::contract::Contract;

    /// The lists of rules are what an answer with each value breaks.
    fn hold(schema: &Value, rows: &[(Value, &[&str])]) {
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "ok",
                "content": {"application/json": {"schema": schema}}}}}}},
            "components": {"schemas": {"Node": {"type": "object", "required": ["v", "secret"],
                "properties": {
                    "v": {"type": "integer", "maximum": 9},
                    "at": {"type": "string", "format": "date-time"},
                    "secret": {"type": "string", "writeOnly": true},
                    "next": {"$ref": "#/components/schemas/Node"},
                    "kids": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                }}}},
        });
        let contract = Contract::parse("t.json", &document.to_string()).expect("is a contract");
        let oracle = Oracle::new(Arc::clone(&contract.operations[0]), &[]).expect("compiles");
        let case = case(oracle.operation());
        for (body, expected) in rows {
            let found = breaches(&oracle, &case, &json_answer(200, body));
            let rules: Vec<_> = found.iter().filter_map(|line| line.split(':').next()).collect();
            assert_eq!(rules, *expected, "{body}");
        }
    }

    #[test]
    fn an_answer_is_what_its_schema_asks_for_however_deep_it_refers_to_itself() {
        hold(
            &json!({"$ref": "#/components/schemas/Node"}),
            &[
                (json!({"v": 1, "next": {"v": 2, "kids": [{"v": 3, "more": 1}]}}), &[]),
                (json!({"v": 1, "kids": [{"v": 99}]}), &["response.v/maximum"]),
                (json!({"v": 1, "next": {"v": 1, "next": {"v": 99}}}), &["response.v/maximum"]),
                (json!({"v": 1, "kids": [{"kids": []}]}), &["response.v/required"]),
                (json!({"v": 1, "next": null}), &["response.next/type"]),
                (json!({"v": 1, "next": {"v": 1, "next": "x"}}), &["response.next/type"]),
                // A form is a note, also below.
                (json!({"v": 1, "next": {"v": 1, "at": "today"}}), &[]),
            ],
        );
    }

    #[test]
    fn what_a_schema_says_of_members_and_entries_without_a_name_is_asked_of_answers() {
        hold(
            &json!({"type": "object", "maxProperties": 2,
                "additionalProperties": {"type": "integer", "minimum": 0}}),
            &[
                (json!({"a": 1, "b": 0}), &[]),
                (json!({"a": -1, "b": "x"}), &["response/additionalProperties"]),
                (json!({"a": 1, "b": 2, "c": 3}), &["response/maxProperties"]),
            ],
        );
        hold(
            &json!({"type": "object", "patternProperties": {"^x-": {"type": "string"}},
                "dependentRequired": {"card": ["name"]},
                "properties": {"pair": {"prefixItems": [{"type": "string"}, {"type": "integer"}]}}}),
            &[
                (json!({"x-a": "b", "card": 1, "name": 2, "pair": ["a", 1, null]}), &[]),
                (json!({"x-a": 1}), &["response/patternProperties"]),
                (json!({"card": 1}), &["response/dependentRequired"]),
                (json!({"pair": [1, "a"]}), &["response.pair/prefixItems"]),
            ],
        );
    }
}
