//! Lists of which only a part is looked at.
//!
//! Example: `body.instance_ids/items/maxLength/not-the-last` never measures the last entry.

use super::limits::limits;
use super::maker::Maker;
use super::node::position;

/// The operator, in words, and whether the entry at a position in a list of a size is overlooked.
type Part = (&'static str, &'static str, fn(usize, usize) -> bool);

const PARTS: [Part; 5] = [
    ("only-the-first", "the first entry alone is looked at", |at, _| at > 0),
    ("not-the-last", "the last of several entries is overlooked", |at, n| n > 1 && at + 1 == n),
    ("not-the-first", "the first of several entries is overlooked", |at, n| n > 1 && at == 0),
    ("not-past-the-middle", "entries past the middle are overlooked", |at, n| at > n / 2),
    ("not-in-full-lists", "long lists are not looked into", |_, n| n >= 50),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone().into_iter().filter(super::node::Node::is_in_list) {
        let location = node.location();
        let mut keywords: Vec<&str> = limits(&node).iter().map(|limit| limit.keyword).collect();
        keywords.extend(["type", "required", "pattern", "format", "enum", "multipleOf"]);
        for keyword in keywords {
            for (operator, description, is_overlooked) in PARTS {
                let place = node.place.clone();
                let description = format!("{keyword} of {location}: {description}");
                maker.forgiving(
                    (&location, keyword),
                    operator,
                    description,
                    move |judging, held| {
                        let at = judging.body.and_then(|b| position(&place, &held.pointer, b));
                        at.is_some_and(|(index, size)| is_overlooked(index, size))
                    },
                );
            }
        }
    }
}
