//! The body is what the documented schema asks for.

use super::oracle::is_json;
use super::{Breach, CheckName, Exchange};
use crate::contract::Place;

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let (Some(answer), Ok(json)) = (exchange.service_answer(), &exchange.reading.json) else {
        return Vec::new();
    };
    if !answer.media_type().is_some_and(|held| is_json(&held)) {
        return Vec::new();
    }
    let Some(validator) = exchange.oracle.validator(answer.status) else { return Vec::new() };
    // An undocumented code is another check's matter.
    let code_place = exchange.operation().envelope.as_deref().map(|envelope| {
        Place::of_pointer(&Place::response(), json, envelope.code.pointer()).to_string()
    });
    let mut breaches = Vec::new();
    for broken in validator.broken(&Place::response(), json) {
        if broken.keyword == "enum"
            && Some(&broken.location) == code_place.as_ref()
            && exchange.reading.code.is_some()
        {
            continue;
        }
        let kind = if broken.keyword == "required" { "missing" } else { "not as documented" };
        let expected = exchange
            .operation()
            .rule(&exchange.operation().rule_id(&broken.location, &broken.keyword))
            .map_or_else(
                || broken.keyword.clone(),
                |rule| format!("{} {}", broken.location, rule.summary),
            );
        let actual = format!("{}, {} {}", answer.status, broken.location, broken.found);
        breaches.extend(exchange.breach(
            CheckName::ResponseSchemaConformance,
            &broken.location,
            &broken.keyword,
            kind,
            expected,
            actual,
        ));
    }
    breaches
}
