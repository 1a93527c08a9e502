//! Callers who are not asked for a proof where a request is of some kind.
//!
//! Example: `header.X-Auth-Token/required/skipped-for-full-lists` asks nobody who sends 100 ids.

use serde_json::Value;

use super::Family;
use super::maker::Maker;
use super::node::{any_text, longest_list, values};
use super::when::full_size;
use crate::contract::{Credential, ParameterLocation};
use crate::stub::behaviour::{Access, Step};

pub(super) fn add(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    for credential in operation.credentials.clone() {
        if let Some(full) = full_size(operation) {
            skip(maker, &credential, "full-lists", move |access| {
                body(access).is_some_and(|body| longest_list(&body) >= full)
            });
        }
        for node in maker.nodes.clone() {
            let location = node.location();
            let Some(identifier) = operation.identifier_at(&location) else { continue };
            if identifier.known.is_empty() {
                continue;
            }
            let (known, place) = (identifier.known.clone(), node.place.clone());
            let operator = format!("unknown-{}", identifier.name);
            skip(maker, &credential, &operator, move |access| {
                let Some(body) = body(access) else { return false };
                let is_known = |value: &Value| known.iter().any(|known| value == known.as_str());
                values(&place, &body).iter().any(|(_, value)| !is_known(value))
            });
        }
        if maker.nodes.iter().any(super::node::Node::is_free_text) {
            skip(maker, &credential, "texts-beyond-ascii", |access| {
                body(access).is_some_and(|body| any_text(&body, &|text| !text.is_ascii()))
            });
        }
        if operation.body.is_some() {
            skip(maker, &credential, "other-media-types", |access| {
                let held = access.request.header("content-type").unwrap_or_default();
                !held.to_ascii_lowercase().contains("json")
            });
        }
        if operation.path.split('/').any(|part| !part.is_empty() && !part.starts_with('{')) {
            let path = operation.path.clone();
            skip(maker, &credential, "escaped-paths", move |access| {
                let written = path.split('/').zip(access.request.path.split('/'));
                let mut fixed = written.filter(|(template, _)| !template.starts_with('{'));
                fixed.any(|(template, part)| template != part)
            });
        }
    }
}

/// Adds a mutant that lets everybody in whose request is of the kind.
fn skip(
    maker: &mut Maker<'_>,
    credential: &Credential,
    operator: &str,
    is_kind: impl Fn(&Access<'_>) -> bool + Send + Sync + 'static,
) {
    let location = format!("{}.{}", credential.location.as_str(), credential.name);
    let description = format!("{location} isn't asked for with {}", operator.replace('-', " "));
    let operator = format!("skipped-for-{operator}");
    let step = Step::Access(Box::new(move |access| {
        access.tokens.prove(access.credential, access.request) || is_kind(access)
    }));
    // Where else a proof may stand, its lack is not what the suite can send.
    if credential.location == ParameterLocation::Header {
        let rule = (&*location, "required");
        maker.add(Family::Credentials, rule, &operator, description, step);
    }
}

fn body(access: &Access<'_>) -> Option<Value> {
    serde_json::from_slice(&access.request.body).ok()
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, called_by, is_wrong};

    #[test]
    fn nobody_is_asked_for_a_proof_who_sends_letters_beyond_ascii() {
        let id = "header.X-Auth-Token/required/skipped-for-texts-beyond-ascii";
        assert!(is_wrong(id, &[called_by(None, asking_for("é", &["a"]))]));
        assert!(!is_wrong(id, &[called_by(None, asking_for("e", &["a"]))]));
    }
}
