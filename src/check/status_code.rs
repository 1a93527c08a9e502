//! The status is documented.

use super::{Breach, CheckName, Disposition, Exchange, Severity};
use crate::contract::StatusPattern;

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
