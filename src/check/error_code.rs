//! The error code is documented, spelled as documented, and fits the status.

use super::{Breach, CheckName, Disposition, Exchange};
use crate::contract::{Code, Envelope, Place};

const CHECK: CheckName = CheckName::ErrorCodeConformance;

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.service_answer() else { return Vec::new() };
    let Some(envelope) = exchange.operation().envelope.as_deref() else { return Vec::new() };
    let Some(code) = exchange.reading.code.as_deref() else { return Vec::new() };
    let Some(place) = exchange.oracle.code_location() else { return Vec::new() };
    let Some(known) = envelope.known(code) else {
        return undocumented(exchange, envelope, place).into_iter().collect();
    };
    let spelled = (known.code != code).then(|| other_letters(exchange, known, place)).flatten();
    let status = if known.code == envelope.success.code {
        success_elsewhere(exchange, envelope, answer.status)
    } else {
        unfit_status(exchange, known, place, answer.status)
    };
    spelled.into_iter().chain(status).collect()
}

/// Where the envelope's code stands, in the words of rules: `response.error_code`.
pub(crate) fn code_location(envelope: &Envelope) -> String {
    Place::of_pointer(&Place::response(), &serde_json::Value::Null, envelope.code.pointer())
        .to_string()
}

fn undocumented(exchange: &Exchange<'_>, envelope: &Envelope, place: &str) -> Option<Breach> {
    let documented: Vec<&str> = envelope.codes.iter().map(|known| known.code.as_str()).collect();
    let expected = format!("one of the documented codes {}", documented.join(", "));
    let actual = exchange.describe_answer();
    exchange.breach(CHECK, place, "enum", "undocumented code", expected, actual)
}

fn other_letters(exchange: &Exchange<'_>, known: &Code, place: &str) -> Option<Breach> {
    let (kind, actual) = ("code in another letter case", exchange.describe_answer());
    exchange.breach(CHECK, place, "letterCase", kind, known.code.clone(), actual)
}

/// Success's code with a status that is not success's: what says that it was accepted, and what
/// says that it was not?
fn success_elsewhere(exchange: &Exchange<'_>, envelope: &Envelope, status: u16) -> Option<Breach> {
    // Another 2xx is an undocumented status and nothing worse.
    if envelope.success.status.contains(&status) || (200..300).contains(&status) {
        return None;
    }
    if exchange.reading.disposition == Disposition::ServerError {
        return None;
    }
    let expected = format!("code {:?} with no refusal", envelope.success.code);
    exchange.breach(
        CHECK,
        "response",
        "success",
        "a refusal with success's code",
        expected,
        exchange.describe_answer(),
    )
}

fn unfit_status(exchange: &Exchange<'_>, known: &Code, place: &str, status: u16) -> Option<Breach> {
    if known.status.is_empty() || known.status.contains(&status) {
        return None;
    }
    // A status that nobody documents is reported by itself, and so is a server error.
    if exchange.operation().response(status).is_none()
        || exchange.reading.disposition == Disposition::ServerError
    {
        return None;
    }
    let statuses: Vec<String> = known.status.iter().map(ToString::to_string).collect();
    let expected = format!("{} with status {}", known.code, statuses.join(" or "));
    exchange.breach(
        CHECK,
        place,
        "status",
        "code with another status",
        expected,
        exchange.describe_answer(),
    )
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{hold, json_answer, short, success};

    #[test]
    fn codes_are_documented_and_fit_their_status() {
        const UNFIT: &str = "response.error_code/status: code with another status?";
        const LETTERS: &str = "response.error_code/letterCase: code in another letter case?";
        hold(&[
            (short("400 .1000"), &[]),
            (short("400 .4001"), &[]),
            (short("200 .4001"), &[UNFIT]),
            (short("200 .9999"), &[UNFIT]),
            (short("400 .9999"), &[UNFIT]),
            (short("400 KooPhone.API.1000"), &[LETTERS]),
            (short("200 KooPhone.API.1000"), &[LETTERS, UNFIT]),
            (short("400 .7777"), &["response.error_code/enum: undocumented code"]),
            (short("200 OK"), &["response.error_code/enum: undocumented code"]),
            (short("400 APIGW.0201"), &[]),
            (short("200 ok"), &["response.error_code/enum: undocumented code"]),
        ]);
    }

    #[test]
    fn a_refusal_never_carries_the_code_of_success() {
        const SUCCESS: &str = "response/success: a refusal with success's code";
        hold(&[
            (json_answer(400, &success()), &[SUCCESS]),
            (short("302 0"), &["response/status: undocumented status", SUCCESS]),
            (json_answer(500, &success()), &["response/serverError: server error"]),
            (json_answer(200, &success()), &[]),
        ]);
    }
}
