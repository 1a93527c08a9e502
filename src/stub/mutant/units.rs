//! Lengths that count something else than characters.
//!
//! Example: `body.user_id/maxLength/in-bytes` refuses 32 characters that take 64 bytes.

use super::maker::{Maker, invented};
use super::node::values;
use crate::contract::Broken;

/// The operator, the keyword that it breaks, what it counts, in words, and the count.
type Unit = (&'static str, &'static str, &'static str, fn(&str) -> usize);

const UNITS: [Unit; 6] = [
    ("in-bytes", "maxLength", "UTF-8 bytes", str::len),
    ("in-utf16", "lengthUnit", "UTF-16 code units", |text| text.encode_utf16().count()),
    ("after-trim", "maxLength", "characters without blanks at the ends", |text| {
        text.trim().chars().count()
    }),
    ("after-trim-end", "maxLength", "characters without blanks at the end", |text| {
        text.trim_end().chars().count()
    }),
    ("ascii-only", "maxLength", "ASCII characters", |text| {
        text.chars().filter(char::is_ascii).count()
    }),
    ("distinct", "maxLength", "different characters", |text| {
        let mut seen: Vec<char> = text.chars().collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone() {
        let Some(most) = node.schema.max_length().filter(|most| *most > 1) else { continue };
        if !node.is_free_text() {
            continue;
        }
        let location = node.location();
        for (operator, keyword, counted, count) in UNITS {
            let broken = Broken::new(&*location, "maxLength");
            let place = node.place.clone();
            let description = format!("{location} is measured in {counted}");
            maker.judging((&location, keyword), operator, description, move |judging, offences| {
                offences.retain(|held| {
                    !held.is_against(&broken)
                        || held.value.as_str().is_some_and(|t| count(t) > most)
                });
                let Some(body) = judging.body.filter(|_| offences.is_empty()) else { return };
                let too_long = values(&place, body)
                    .into_iter()
                    .find(|(_, value)| value.as_str().is_some_and(|text| count(text) > most));
                offences.extend(too_long.map(|(pointer, value)| invented(&broken, pointer, value)));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn bytes_are_counted() {
        let id = "body.user_id/maxLength/in-bytes";
        assert!(is_wrong(id, &[asking_for(&"é".repeat(32), &["a"])]));
        assert!(!is_wrong(id, &[asking_for(&"e".repeat(32), &["a"])]));
    }
}
