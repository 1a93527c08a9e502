//! Requests of many kinds from callers who prove nothing: a door that is closed for the plain
//! request may stand open for another.

use serde_json::Value;

use super::bench::{Bench, Builder, plain};
use super::body::replace;
use super::draft::Draft;
use super::lists::drawn_lists;
use super::sites::comfortable_length;
use crate::case::{Expectation, Request, Scenario};
use crate::contract::{Credential, Outcome, Strength};
use crate::generate::{carry, text};

/// Adds them for this credential. Who is refused for another reason is refused too.
pub(super) fn add(block: &mut Builder<'_, '_>, credential: &Credential, location: &str) {
    let bench = block.bench;
    let Some(template) = bench.template.clone() else {
        return by_path(block, credential, location);
    };
    let others = others(bench, &template);
    for (intent, body) in others {
        let draft = draft(location, format!("left out, {intent}"));
        block.varied(draft, body, |request| carry::withhold(request, credential));
    }
    let lists = bench.lists();
    if let Some((twin, body)) = block.full(&lists) {
        let left_out = draft(location, "left out, with full lists".to_owned()).twin(&twin);
        block.varied(left_out, body.clone(), |request| carry::withhold(request, credential));
        if let Some((twin, body)) = block.largest(&lists, (twin, body)) {
            let left_out = draft(location, "left out, with the largest body".to_owned());
            let left_out = left_out.twin(&twin);
            block.varied(left_out, body, |request| carry::withhold(request, credential));
        }
    }
    for list in drawn_lists(bench) {
        if let Some((twin, body)) = list.legal(block, "type", list.size()) {
            let draft =
                draft(location, format!("left out, with a full {}", list.place)).twin(&twin);
            block.varied(draft, body, |request| carry::withhold(request, credential));
        }
    }
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let draft = draft(location, format!("left out, as {media_type}"));
        block.request(draft, |request| {
            carry::withhold(request, credential);
            request.set_header("Content-Type", plain(media_type));
        });
    }
    by_path(block, credential, location);
}

/// The path in a spelling that means the same, held against that spelling with the credential: a
/// server that doesn't know it answers as it pleases.
fn by_path(block: &mut Builder<'_, '_>, credential: &Credential, location: &str) {
    let escaped = escaped(&block.bench.operation.path, &block.bench.request_with(None));
    if let Some(path) = escaped {
        let spelled = "a letter of the path escaped";
        // To a server that doesn't know the spelling it is another path.
        let twin = Draft::new(Scenario::UnknownPath, &"request", "valid", spelled);
        let twin = block.request(twin.at_most(Strength::Open), |request| {
            request.path.clone_from(&path);
        });
        let draft = draft(location, format!("left out, {spelled}")).twin(&twin);
        block.request(draft, |request| {
            carry::withhold(request, credential);
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
    let all = &bench.sites;
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
    let lists = bench.lists();
    if let Some(list) = lists.iter().find(|list| list.schema.min_items().unwrap_or(0) == 0) {
        made.push((
            format!("with an empty {}", list.place),
            replace(template, &list.place, 0, Value::Array(Vec::new())),
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

/// The path of the request with the last letter of the last fixed segment percent-encoded.
fn escaped(template: &str, request: &Request) -> Option<String> {
    let fixed: Vec<bool> = template.split('/').map(|part| !part.contains('{')).collect();
    let mut parts: Vec<String> = request.path.split('/').map(str::to_owned).collect();
    // A target's own prefix stands in front of the template's segments, if at all.
    let first = parts.len().checked_sub(fixed.len())?;
    let is_word = |part: &str| part.ends_with(|c: char| c.is_ascii_alphanumeric());
    let at = (0..fixed.len()).rev().find(|at| fixed[*at] && is_word(&parts[first + at]))?;
    let letter = parts[first + at].pop()?;
    let shorter = std::mem::take(&mut parts[first + at]);
    parts[first + at] = format!("{shorter}%{:02X}", u32::from(letter));
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::escaped;
    use crate::case::{HeaderCase, Request};

    #[test]
    fn the_last_letter_of_a_fixed_segment_is_escaped() {
        let request = |path: &str| Request {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: Arc::default(),
            header_case: HeaderCase::default(),
            body: None,
        };
        assert_eq!(escaped("/a/{b}/list", &request("/a/1/list")), Some("/a/1/lis%74".to_owned()));
        assert_eq!(escaped("/ab/{b}", &request("/ab/1")), Some("/a%62/1".to_owned()));
        assert_eq!(escaped("/{b}", &request("/1")), None);
        assert_eq!(escaped("/", &request("/")), None);
    }
}
