//! Legal texts that are refused.
//!
//! Example: `body.user_id/plainCharacters/capitals-refused` refuses upper-case letters.

use super::maker::Maker;
use super::node::values;

/// The operator, the promise that it breaks, and the texts that it refuses.
type Dislike = (&'static str, &'static str, fn(&str) -> bool);

const DISLIKES: [Dislike; 11] = [
    ("capitals-refused", "plainCharacters", |text| text.contains(|c: char| c.is_ascii_uppercase())),
    ("small-letters-refused", "plainCharacters", |text| {
        text.contains(|c: char| c.is_ascii_lowercase())
    }),
    ("one-letter-refused", "plainCharacters", |text| text.contains('z')),
    ("single-letters-refused", "plainCharacters", |text| text.chars().count() == 1),
    ("one-digit-refused", "plainCharacters", |text| text.contains('9')),
    ("quotes-refused", "printableCharacters", |text| text.contains(['"', '\''])),
    ("backslash-refused", "printableCharacters", |text| text.contains('\\')),
    ("percent-refused", "printableCharacters", |text| text.contains('%')),
    ("blanks-refused", "printableCharacters", |text| text.contains(' ')),
    ("markup-refused", "printableCharacters", |text| text.contains(['<', '>', '&'])),
    ("beyond-ascii-refused", "printableCharacters", |text| !text.is_ascii()),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone().into_iter().filter(super::node::Node::is_free_text) {
        let location = node.location();
        let least = node.schema.min_length().unwrap_or(0);
        for (operator, keyword, dislikes) in DISLIKES {
            if operator == "single-letters-refused" && least > 1 {
                continue;
            }
            let place = node.place.clone();
            let description = format!("{location}: {}", operator.replace('-', " "));
            maker.refusing((&location, keyword), operator, description, move |judging| {
                judging.body.is_some_and(|body| {
                    let texts = values(&place, body);
                    texts.iter().any(|(_, value)| value.as_str().is_some_and(dislikes))
                })
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn capitals_are_refused() {
        let id = "body.user_id/plainCharacters/capitals-refused";
        assert!(is_wrong(id, &[asking_for("U", &["a"])]));
        assert!(!is_wrong(id, &[asking_for("u", &["A"])]));
    }
}
