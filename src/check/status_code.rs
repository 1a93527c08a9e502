//! The status is documented.

use super::{Breach, CheckName, Disposition, Exchange, Severity};
use crate::contract::{Operation, StatusPattern};

const CHECK: CheckName = CheckName::StatusCodeConformance;

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.service_answer() else { return Vec::new() };
    // A server error is another check's matter, whatever its status.
    if exchange.reading.disposition == Disposition::ServerError {
        return Vec::new();
    }
    let operation = exchange.operation();
    if operation.responses.is_empty() || operation.response(answer.status).is_some() {
        return Vec::new();
    }
    if is_of_an_undocumented_kind(operation, answer.status) {
        return Vec::new();
    }
    let expected = documented(exchange);
    let breach = exchange.breach(
        CHECK,
        "response",
        "status",
        "undocumented status",
        expected,
        exchange.describe_answer(),
    );
    let Some(mut breach) = breach else { return Vec::new() };
    let code = exchange.reading.code.as_deref();
    let tolerated = operation.tolerated.iter().any(|tolerated| {
        tolerated.status == answer.status
            && (tolerated.code.is_empty()
                || code.is_some_and(|code| {
                    tolerated.code.iter().any(|held| held.eq_ignore_ascii_case(code))
                }))
    });
    if tolerated {
        breach.severity = Severity::Warning;
        breach.kind = "status documented elsewhere";
    }
    // Without an envelope a status says who answered, and gateways in front of services speak in
    // those that nobody documents.
    if operation.envelope.is_none()
        && matches!(answer.status, 401 | 403 | 404 | 405 | 406 | 408 | 413 | 414 | 415 | 431)
    {
        breach.severity = Severity::Warning;
    }
    vec![breach]
}

/// Many documents name the successes alone, some with them what becomes of strangers, some only what can
/// go wrong. OpenAPI doesn't ask for every status, and one that names no refusal of what is asked says
/// nothing about how that is refused.
fn is_of_an_undocumented_kind(operation: &Operation, status: u16) -> bool {
    let is_silent = match status {
        200..300 => !operation.documents_successes(),
        400..500 => !operation.documents_refusals(),
        _ => false,
    };
    is_silent && operation.envelope.is_none()
}

fn documented(exchange: &Exchange<'_>) -> String {
    let statuses: Vec<String> = exchange
        .operation()
        .responses
        .iter()
        .map(|response| match response.status {
            StatusPattern::Exactly(status) => status.to_string(),
            StatusPattern::Class(digit) => format!("{digit}xx"),
            StatusPattern::Default => "any".to_owned(),
        })
        .collect();
    format!("one of the documented statuses {}", statuses.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::case::{Case, Expectation, Scenario};
    use crate::check::tests::{answer, breaches, case, hold, oracle, oracle_of, short};
    use crate::contract::Outcome;

    const UNDOCUMENTED: &str = "response/status: undocumented status";

    #[test]
    fn the_service_answers_with_documented_statuses() {
        hold(&[
            (short("400 .1000"), &[]),
            (short("200 .1000"), &["response.error_code/status: code with another status?"]),
            (short("201 0"), &[UNDOCUMENTED]),
            (short("204"), &[UNDOCUMENTED]),
            (short("302"), &[UNDOCUMENTED]),
            (short("403 .1000"), &[UNDOCUMENTED]),
            (short("404 .4001"), &[UNDOCUMENTED]),
            (short("401 .1001"), &["response/status: status documented elsewhere?"]),
            (
                short("401 koophone.api.1001"),
                &[
                    "response/status: status documented elsewhere?",
                    "response.error_code/letterCase: code in another letter case?",
                ],
            ),
            (short("401 .1000"), &[UNDOCUMENTED]),
            (short("404 APIGW.0101"), &[]),
            (short("494 APIG.0000"), &[]),
        ]);
    }

    #[test]
    fn a_document_that_names_no_refusal_of_what_is_asked_leaves_its_status_open() {
        let found = |statuses: &[&str]| {
            let responses: serde_json::Map<_, _> = statuses
                .iter()
                .map(|status| ((*status).to_owned(), json!({"description": "d"})))
                .collect();
            let oracle = oracle_of(&json!({"operationId": "a", "responses": responses}));
            breaches(&oracle, &case(oracle.operation()), &answer(400, "", ""))
        };
        for silent in [&["200"][..], &["200", "401", "403", "429"], &["200", "500"]] {
            assert_eq!(found(silent), [""; 0], "{silent:?}");
        }
        for speaking in [&["200", "404"][..], &["200", "401", "422"]] {
            assert_eq!(found(speaking), ["response/status: undocumented status"], "{speaking:?}");
        }
    }

    #[test]
    fn what_is_documented_of_strangers_is_asked_of_answers_to_them() {
        let error = json!({"type": "object", "required": ["message"]});
        let content = json!({"application/json": {"schema": error}});
        let responses = json!({
            "200": {"description": "d"},
            "400": {"description": "d"},
            "401": {"description": "d", "content": content},
        });
        let oracle = oracle_of(&json!({"operationId": "a", "responses": responses}));
        let case = Case {
            scenario: Scenario::MissingCredential,
            expectation: Expectation::Refused(Outcome { any: true, ..Outcome::default() }),
            ..case(oracle.operation())
        };
        let denied = |status, media_type: &'static str, body: &str| {
            breaches(&oracle, &case, &answer(status, media_type, body.to_owned()))
        };
        let json = "application/json";
        assert_eq!(denied(401, json, r#"{"message":""}"#), [""; 0]);
        assert_eq!(denied(401, json, "{}"), ["response.message/required: missing"]);
        let html = denied(401, "text/html", "<p>Who are you?</p>");
        assert_eq!(html, ["response/contentType: undocumented media type"]);
        let forbidden = denied(403, json, "{}");
        assert_eq!(forbidden, ["response/status: undocumented status?"], "a front's own word");
        assert_eq!(denied(404, json, "{}"), [""; 0], "hides what is there");
    }

    #[test]
    fn a_body_over_all_limits_may_be_refused_by_what_stands_in_front() {
        let oracle = oracle();
        let case = |scenario| Case {
            scenario,
            expectation: Expectation::Open,
            ..case(oracle.operation())
        };
        let page = answer(413, "text/html", "<h1>Too large</h1>");
        assert_eq!(breaches(&oracle, &case(Scenario::LargeBody), &page), [""; 0]);
        let found = breaches(&oracle, &case(Scenario::DeepNesting), &page);
        assert_eq!(found, ["response/status: undocumented status"]);
    }
}
