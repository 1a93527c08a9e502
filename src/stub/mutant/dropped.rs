//! Constraints that nobody enforces.
//!
//! Example: `body.user_id/maxLength/dropped` takes texts of any length.

use super::Family;
use super::maker::Maker;
use crate::contract::Broken;
use crate::stub::behaviour::Step;

/// Keywords whose constraint a value can break, one at a time.
const KEYWORDS: &[&str] = &[
    "required",
    "type",
    "maxLength",
    "minLength",
    "pattern",
    "format",
    "enum",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "maxItems",
    "minItems",
    "uniqueItems",
    "additionalProperties",
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let credentials = &maker.operation.credentials;
    let credentials: Vec<String> =
        credentials.iter().map(|c| format!("{}.{}", c.location.as_str(), c.name)).collect();
    for rule in &maker.operation.rules {
        let (location, keyword) = (rule.id.location(), rule.id.keyword());
        let of_request = ["body", "path", "query", "header", "cookie"].iter().any(|root| {
            location.strip_prefix(root).is_some_and(|rest| {
                rest.starts_with(['.', '/']) || (rest.is_empty() && *root == "body")
            })
        });
        // A body that is missing is a matter of reading; a path without its parameter is another.
        let is_reading =
            keyword == "required" && (location == "body" || location.starts_with("path."));
        // A value that is none of those listed is refused whatever its type.
        let is_listed = keyword == "type"
            && maker.nodes.iter().any(|node| node.location() == location && node.is_listed());
        if !of_request
            || is_reading
            || is_listed
            || !KEYWORDS.contains(&keyword)
            || credentials.iter().any(|held| held == location)
        {
            continue;
        }
        let broken = Broken::new(location, keyword);
        let step = Step::Judging(Box::new(move |_, offences| {
            offences.retain(|offence| !offence.is_against(&broken));
        }));
        let description = format!("{} is not enforced at {location}", rule.id.keyword());
        maker.add(Family::RequestRules, (location, keyword), "dropped", description, step);
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn a_text_of_any_length_is_taken() {
        let id = "body.user_id/maxLength/dropped";
        assert!(is_wrong(id, &[asking_for(&"u".repeat(33), &["a"])]));
        assert!(!is_wrong(id, &[asking_for(&"u".repeat(32), &["a"])]));
    }
}
