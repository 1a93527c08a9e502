//! Lists of which only a part is looked at.
//!
//! Example: `body.instance_ids/items/maxLength/not-the-last` never measures the last entry.

use super::limits::limits;
use super::maker::Maker;
use super::node::{Node, position};
use crate::contract::Step;

/// The operator, in words, and whether the entry at a position in a list of a size is overlooked.
type Part = (&'static str, &'static str, fn(usize, usize) -> bool);

const PARTS: [Part; 4] = [
    ("only-the-first", "the first entry alone is looked at", |at, _| at > 0),
    ("not-the-last", "the last of several entries is overlooked", |at, n| n > 1 && at + 1 == n),
    ("not-the-first", "the first of several entries is overlooked", |at, n| n > 1 && at == 0),
    ("not-past-the-middle", "entries past the middle are overlooked", |at, n| at > n / 2),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone().into_iter().filter(Node::is_in_list) {
        let mut keywords: Vec<&str> = limits(&node).iter().map(|limit| limit.keyword).collect();
        keywords.extend(["type", "required", "pattern", "format", "enum", "multipleOf"]);
        let full = list_limit(maker, &node);
        keywords.retain(|keyword| *keyword != "type" || !node.is_listed());
        for keyword in keywords {
            for (operator, description, is_overlooked) in PARTS {
                overlooking(maker, &node, keyword, (operator, description), is_overlooked);
            }
            if let Some(full) = full {
                let words = ("not-in-full-lists", "full lists are not looked into");
                overlooking(maker, &node, keyword, words, move |_, size| size >= full);
            }
        }
    }
}

fn overlooking(
    maker: &mut Maker<'_>,
    node: &Node,
    keyword: &str,
    (operator, description): (&str, &str),
    is_overlooked: impl Fn(usize, usize) -> bool + Send + Sync + 'static,
) {
    let (location, place) = (node.location(), node.place.clone());
    let description = format!("{keyword} of {location}: {description}");
    maker.forgiving((&location, keyword), operator, description, move |judging, held| {
        let at = judging.body.and_then(|body| position(&place, &held.pointer, body));
        at.is_some_and(|(index, size)| is_overlooked(index, size))
    });
}

/// The most entries of the innermost list around a node, where that is documented.
fn list_limit(maker: &Maker<'_>, node: &Node) -> Option<usize> {
    let mut place = node.place.clone();
    while place.steps().last() != Some(&Step::Items) {
        place = place.parent()?;
    }
    let list = place.parent()?;
    let found = maker.nodes.iter().find(|held| held.place == list)?;
    found.schema.max_items().filter(|most| *most > 1)
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn only_the_first_entry_is_measured() {
        let id = "body.instance_ids/items/maxLength/only-the-first";
        assert!(is_wrong(id, &[asking_for("u", &["a", &"b".repeat(33)])]));
        assert!(!is_wrong(id, &[asking_for("u", &[&"a".repeat(33), "b"])]));
    }
}
