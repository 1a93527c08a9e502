//! No request makes the service fail.

use super::{Breach, CheckName, Disposition, Exchange, Severity};

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    if exchange.reading.disposition != Disposition::ServerError {
        return Vec::new();
    }
    vec![Breach {
        check: CheckName::NotAServerError,
        rule: exchange.narrowest("serverError"),
        severity: Severity::Failure,
        kind: "server error",
        expected: "an answer other than a server error".to_owned(),
        actual: exchange.describe_answer(),
    }]
}

#[cfg(test)]
mod tests {
    use crate::case::Scenario;
    use crate::check::tests::{breaches, hold, oracle, refused, short};

    #[test]
    fn a_server_error_is_a_failure_whatever_its_code() {
        hold(&[
            (short("500 .9999"), &["response/serverError: server error"]),
            (short("502"), &["response/serverError: server error"]),
            // Load is shed, and the gateway speaks for itself.
            (short("503"), &[]),
            (short("429 .9999"), &[]),
            (short("502 APIGW.0201"), &[]),
            (short("504 APIG.0106"), &[]),
        ]);
    }

    #[test]
    fn a_server_error_is_held_against_the_rule_that_the_case_probes() {
        let oracle = oracle();
        let case = refused(&oracle, Scenario::StringAboveMaxLength, "body.user_id", "maxLength");
        let found = breaches(&oracle, &case, &short("500 .9999"));
        assert_eq!(found, ["body.user_id/maxLength: server error"]);
        let case = refused(&oracle, Scenario::TrailingBytes, "body", "trailingBytes");
        let found = breaches(&oracle, &case, &short("500 .9999"));
        assert_eq!(found, ["response/serverError: server error"]);
    }
}
