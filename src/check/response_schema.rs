//! The body is what the documented schema asks for.

use super::beneath;
use super::oracle::is_json;
use super::{Breach, CheckName, Exchange, Severity};
use crate::contract::{Broken, Place, Rule};

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let (Some(answer), Some(root)) = (exchange.service_answer(), exchange.reading.root()) else {
        return Vec::new();
    };
    if !answer.media_type().is_some_and(|held| is_json(&held)) {
        return Vec::new();
    }
    if exchange.oracle.is_as_documented(answer.status, root) {
        return Vec::new();
    }
    let (Some(validator), Some(json)) =
        (exchange.oracle.validator(answer.status), exchange.reading.json())
    else {
        return Vec::new();
    };
    // An undocumented code is another check's matter.
    let code_place = exchange.operation().envelope.as_deref().map(|envelope| {
        Place::of_pointer(&Place::response(), json, envelope.code.pointer()).to_string()
    });
    let mut breaches: Vec<Breach> = Vec::new();
    for broken in validator.broken(&Place::response(), json) {
        if broken.keyword == "enum"
            && Some(&broken.location) == code_place.as_ref()
            && exchange.reading.code.is_some()
        {
            continue;
        }
        let Some(rule) = rule_of(exchange, &broken) else { continue };
        let is_own = rule.id.location() == broken.location && rule.id.keyword() == broken.keyword;
        if !is_own && breaches.iter().any(|held| held.rule == rule.id) {
            continue;
        }
        let kind = if broken.keyword == "required" { "missing" } else { "not as documented" };
        let expected = if is_own || rule.id.keyword() == broken.keyword {
            format!("{} {}", broken.location, rule.summary)
        } else {
            format!("{} keeps {}", broken.location, broken.keyword)
        };
        let actual = format!("{}, {} {}", answer.status, broken.location, broken.found);
        let breach = exchange.breach(
            CheckName::ResponseSchemaConformance,
            rule.id.location(),
            rule.id.keyword(),
            kind,
            expected,
            actual,
        );
        breaches.extend(breach.map(|breach| match broken.keyword.as_str() {
            // Objects without anything required fit each other's schemas: then there may be no answer
            // that exactly one of them describes.
            "oneOf" if broken.is_ambiguous => Breach { severity: Severity::Warning, ..breach },
            // No alternative fits for want of a form alone, which is a note in JSON Schema.
            "anyOf" | "oneOf" | "not" if is_formal(exchange, answer.status, &broken) => {
                Breach { severity: Severity::Warning, ..breach }
            }
            _ => breach,
        }));
    }
    breaches
}

/// The rule that a constraint of the schema is, or is held against.
fn rule_of<'e>(exchange: &Exchange<'e>, broken: &Broken) -> Option<&'e Rule> {
    let operation = exchange.operation();
    let own = operation.rule(&operation.rule_id(&broken.location, &broken.keyword));
    own.or_else(|| {
        let is_for_requests = broken.keyword == "required"
            && exchange.oracle.write_only().iter().any(|name| {
                broken.location.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
            });
        let nearest = beneath::nearest(operation, broken).filter(|_| !is_for_requests);
        nearest.and_then(|rule| operation.rule(&rule))
    })
}

/// Whether a rule is kept where the form of texts doesn't count.
fn is_formal(exchange: &Exchange<'_>, status: u16, broken: &Broken) -> bool {
    let (Some(validator), Some(json)) =
        (exchange.oracle.formless_validator(status), exchange.reading.json())
    else {
        return false;
    };
    let still = validator.broken(&Place::response(), json);
    !still.iter().any(|one| one.location == broken.location && one.keyword == broken.keyword)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::tests::{
        answer, breaches, case, code, hold, json_answer, oracle_of, success,
    };
    use crate::http::Interaction;

    fn with(pointer: &str, value: Value) -> Interaction {
        let mut body = success();
        *body.pointer_mut(pointer).expect("is there") = value;
        json_answer(200, &body)
    }

    fn without(pointer: &str, name: &str) -> Interaction {
        let mut body = success();
        let place = body.pointer_mut(pointer).and_then(Value::as_object_mut);
        place.expect("is an object").shift_remove(name);
        json_answer(200, &body)
    }

    #[test]
    fn an_answer_is_what_its_schema_asks_for() {
        const STATUS: &str = "/data/status_list/0/status";
        const MAXIMUM: &str = "response.data.status_list/items.status/maximum: not as documented";
        hold(&[
            (without("", "error_msg"), &["response.error_msg/required: missing"]),
            (without("", "error_code"), &["response.error_code/required: missing"]),
            (without("", "data"), &["response.data/required: missing"]),
            (without("/data", "status_list"), &["response.data.status_list/required: missing"]),
            (with("/error_msg", json!(null)), &["response.error_msg/type: not as documented"]),
            (
                with("/error_code", json!(0)),
                &[
                    "response.error_code/type: not as documented",
                    "response.error_code/enum: not as documented",
                ],
            ),
            (with("/data", json!(null)), &["response.data/type: not as documented"]),
            (with(STATUS, json!(11)), &[MAXIMUM]),
            (with(STATUS, json!(u64::MAX)), &[MAXIMUM]),
            (
                with(STATUS, json!("1")),
                &["response.data.status_list/items.status/type: not as documented"],
            ),
            (answer(200, "application/json", "[]"), &["response/type: not as documented"]),
        ]);
    }

    #[test]
    fn an_answer_that_several_alternatives_describe_is_the_documents_weakness() {
        let weeks = |name: &str| json!({"type": "object", "properties": {name: {"type": "array"}}});
        let schema = json!({"oneOf": [weeks("weeks"), weeks("months")]});
        let content = json!({"application/json": {"schema": schema}});
        let responses = json!({"200": {"description": "d", "content": content}});
        let oracle = oracle_of(&json!({"operationId": "a", "responses": responses}));
        let found = |body| breaches(&oracle, &case(oracle.operation()), &json_answer(200, &body));
        assert_eq!(found(json!({"weeks": []})), ["response/oneOf: not as documented?"]);
        assert_eq!(found(json!({"weeks": 1})), [""; 0], "the other one describes it");
        let none = json!({"weeks": 1, "months": 1});
        assert_eq!(found(none), ["response/oneOf: not as documented"]);
    }

    #[test]
    fn what_the_contract_leaves_open_is_not_flagged() {
        let refusal = |data: Value| {
            json_answer(
                400,
                &json!({"error_code": "KOOPHONE.API.1000", "error_msg": "",
                "data": data, "more": [1]}),
            )
        };
        hold(&[
            // To JSON Schema a whole number is an integer, however it is written.
            (with("/data/status_list/0/status", json!(1.0)), &[]),
            (with("/error_msg", json!("参数错误")), &[]),
            (refusal(json!(null)), &[]),
            (refusal(json!({"x": 1})), &[]),
            (code(400, "KOOPHONE.API.4001"), &[]),
        ]);
    }
}
