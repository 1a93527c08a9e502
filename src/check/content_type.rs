//! The media type is documented.

use super::{Breach, CheckName, Exchange};

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.service_answer() else { return Vec::new() };
    let Some(response) = exchange.operation().response(answer.status) else { return Vec::new() };
    if response.content.is_empty() || answer.status == 204 {
        return Vec::new();
    }
    let held = answer.media_type();
    if held.as_deref().is_some_and(|held| response.content.iter().any(|(name, _)| fits(name, held)))
    {
        return Vec::new();
    }
    let documented: Vec<&str> = response.content.iter().map(|(name, _)| name.as_str()).collect();
    let actual = match &held {
        Some(held) => format!("{}, {held}", answer.status),
        None => format!("{}, no Content-Type", answer.status),
    };
    exchange
        .breach(
            CheckName::ContentTypeConformance,
            "response",
            "contentType",
            "undocumented media type",
            documented.join(" or "),
            actual,
        )
        .into_iter()
        .collect()
}

/// Whether a media type is the documented one or in the documented range (`text/*`, `*/*`).
fn fits(documented: &str, held: &str) -> bool {
    let documented = documented.split(';').next().unwrap_or(documented).trim();
    match documented.split_once('/') {
        Some(("*", "*")) => true,
        Some((class, "*")) => {
            held.split_once('/').is_some_and(|(held, _)| held.eq_ignore_ascii_case(class))
        }
        _ => documented.eq_ignore_ascii_case(held),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;
    use crate::check::tests::{answer, hold, short, success};

    #[test]
    fn an_answer_has_the_documented_media_type_with_any_parameters() {
        const UNDOCUMENTED: &str = "response/contentType: undocumented media type";
        let typed = |media_type| answer(200, media_type, success().to_string());
        hold(&[
            (typed("application/json"), &[]),
            (typed("application/json;charset=UTF-8"), &[]),
            (typed("Application/JSON ; charset=\"utf-8\""), &[]),
            (typed("application/problem+json"), &[UNDOCUMENTED]),
            (typed("text/json"), &[UNDOCUMENTED]),
            (typed("text/html"), &[UNDOCUMENTED]),
            (typed(""), &[UNDOCUMENTED]),
            (answer(401, "text/html", r#"{"error_code":"APIGW.0301"}"#), &[]),
            (short("503"), &[]),
        ]);
    }

    #[test]
    fn a_media_type_fits_its_own_name_and_its_range() {
        assert!(fits("application/json; charset=utf-8", "application/json"));
        assert!(!fits("application/json", "application/problem+json"));
        assert!(fits("text/*", "text/html"));
        assert!(!fits("application/json", "text/html"));
    }
}
