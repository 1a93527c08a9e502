//! Requests of many kinds from callers who prove nothing: a door that is closed for the plain
//! request may stand open for another.

use serde_json::Value;

use super::bench::{Bench, Builder, Draft, plain, replace};
use super::sites::{comfortable_length, sites};
use crate::case::{Expectation, Request, Scenario};
use crate::contract::Outcome;
use crate::generate::text;

/// Adds them for the credential in this header. Who is refused for another reason is refused too.
pub(super) fn add(block: &mut Builder<'_, '_>, name: &str, location: &str) {
    let bench = block.bench;
    let Some(template) = bench.template.clone() else {
        return by_path(block, name, location);
    };
    let others = others(bench, &template);
    for (intent, body) in others {
        let draft = draft(location, format!("left out, {intent}"));
        block.varied(draft, body, |request| request.remove_header(name));
    }
    let lists = bench.lists();
    if let Some((twin, body)) = block.full(&lists) {
        let draft = draft(location, "left out, with full lists".to_owned()).twin(&twin);
        block.varied(draft, body, |request| request.remove_header(name));
    }
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let draft = draft(location, format!("left out, as {media_type}"));
        block.request(draft, |request| {
            request.remove_header(name);
            request.set_header("Content-Type", plain(media_type));
        });
    }
    by_path(block, name, location);
}

/// The path in a spelling that means the same.
fn by_path(block: &mut Builder<'_, '_>, name: &str, location: &str) {
    let escaped = escaped(&block.bench.operation.path, &block.bench.request_with(None));
    if let Some(path) = escaped {
        let draft = draft(location, "left out, a letter of the path escaped".to_owned());
        block.request(draft, |request| {
            request.remove_header(name);
            request.path = path;
        });
    }
}

fn draft(location: &str, intent: String) -> Draft {
    let mut draft = Draft::new(Scenario::MissingCredential, &location, "required", intent);
    draft.expectation = Expectation::Refused(Outcome { any: true, ..Outcome::default() });
    draft
}

/// The plain body with other values in the places of identifiers and of texts.
fn others(bench: &Bench<'_>, template: &Value) -> Vec<(String, Value)> {
    let Some(body) = &bench.operation.body else { return Vec::new() };
    let all = sites(&body.schema);
    let mut rng = bench.rng("anonymous");
    let mut made = Vec::new();
    for identifier in &bench.operation.identifiers {
        let Some(site) = all.iter().find(|site| site.place.to_string() == identifier.at) else {
            continue;
        };
        let value = text::alphanumeric(&mut rng, comfortable_length(&site.schema));
        made.push((
            format!("another {}", identifier.name),
            replace(template, &site.place, 0, value.into()),
        ));
    }
    let text = all.iter().find(|site| {
        site.is_free_text()
            && !site.place.values(template).is_empty()
            && site.schema.max_length() != Some(0)
    });
    if let Some(site) = text {
        let wide = "é".repeat(site.schema.min_length().unwrap_or(1).max(1));
        made.push((
            format!("a letter beyond ASCII in {}", site.place),
            replace(template, &site.place, 0, wide.into()),
        ));
    }
    made
}

/// The path of the request with the last letter of the documented path percent-encoded, where that
/// is no parameter's.
fn escaped(template: &str, request: &Request) -> Option<String> {
    let last = template.rsplit('/').next().filter(|part| !part.contains('{'))?;
    let letter = last.chars().last().filter(char::is_ascii_alphanumeric)?;
    let above = request.path.strip_suffix(letter)?;
    Some(format!("{above}%{:02X}", u32::from(letter)))
}

#[cfg(test)]
mod tests {
    use super::escaped;
    use crate::case::{HeaderCase, Request};

    #[test]
    fn the_last_letter_of_a_fixed_path_is_escaped() {
        let request = |path: &str| Request {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            header_case: HeaderCase::default(),
            body: None,
        };
        assert_eq!(escaped("/a/{b}/list", &request("/a/1/list")), Some("/a/1/lis%74".to_owned()));
        assert_eq!(escaped("/a/{b}", &request("/a/1")), None);
        assert_eq!(escaped("/", &request("/")), None);
    }
}
