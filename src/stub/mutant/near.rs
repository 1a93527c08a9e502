//! Values that almost keep a constraint, and are let through.
//!
//! Example: `body.setting/enum/case-ignored` takes `h264` for `H264`.

use serde_json::Value;

use super::maker::Maker;
use super::node::Node;
use crate::contract::Strength;

/// The operator, what it lets through in words, and whether a value is that.
type Kind = (&'static str, &'static str, fn(&Value) -> bool);

/// Near misses of numbers.
const OF_NUMBERS: [Kind; 1] = [("numeric-text-allowed", "a number in quotes", |value| {
    value.as_str().is_some_and(|text| text.parse::<f64>().is_ok())
})];

/// Near misses of integers.
const OF_INTEGERS: [Kind; 1] =
    [("fraction-allowed", "a number with a fraction", |value| value.is_number())];

/// Near misses of true and false.
const OF_BOOLEANS: [Kind; 2] = [
    ("boolean-text-allowed", "true or false in quotes", |value| {
        matches!(value.as_str(), Some("true" | "false"))
    }),
    ("boolean-number-allowed", "0 or 1", |value| matches!(value.as_u64(), Some(0 | 1))),
];

/// Near misses of anything but lists.
const OF_SINGLES: [Kind; 1] = [("list-of-one-allowed", "a list of one", |value| {
    value.as_array().is_some_and(|entries| entries.len() == 1)
})];

/// Texts that a keyword's check overlooks.
const TEXTS: [Kind; 2] = [
    ("unchecked-beyond-ascii", "texts beyond ASCII are not looked at", |value| {
        value.as_str().is_some_and(|text| !text.is_ascii())
    }),
    ("unchecked-where-long", "texts of more than 1,000 characters are not looked at", |value| {
        value.as_str().is_some_and(|text| text.chars().count() > 1_000)
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone() {
        types(maker, &node);
        words(maker, &node);
        for keyword in ["maxLength", "pattern"] {
            // Where a pattern limits a text too, what its length lets through is refused all the same.
            let is_alone = keyword != "maxLength" || node.is_free_text();
            if node.schema.keyword(keyword).is_none() || !is_alone {
                continue;
            }
            for (operator, what, is_kind) in TEXTS {
                // Where the limit itself is beyond that there is nothing to overlook.
                let most = node.schema.max_length().unwrap_or(0);
                if operator == "unchecked-where-long" && (keyword == "pattern" || most > 1_000) {
                    continue;
                }
                let location = node.location();
                let description = format!("{keyword} of {location}: {what}");
                maker.forgiving((&location, keyword), operator, description, move |_, held| {
                    is_kind(&held.value)
                });
            }
        }
        equal_entries(maker, &node);
    }
}

fn types(maker: &mut Maker<'_>, node: &Node) {
    let types = node.schema.types();
    if node.is_listed() {
        return;
    }
    let is_limited = node.schema.keyword("multipleOf").is_some();
    let mut kinds: Vec<Kind> = Vec::new();
    match types.as_slice() {
        ["integer"] if !is_limited => kinds.extend(OF_NUMBERS.iter().chain(&OF_INTEGERS)),
        ["integer" | "number"] => kinds.extend(OF_NUMBERS),
        ["boolean"] => kinds.extend(OF_BOOLEANS),
        _ => {}
    }
    if types.len() == 1 && types != ["array"] {
        kinds.extend(OF_SINGLES);
    }
    for (operator, what, is_kind) in kinds {
        let location = node.location();
        let description = format!("{location} may be {what}");
        maker.forgiving((&location, "type"), operator, description, move |_, held| {
            is_kind(&held.value)
        });
    }
}

/// What makes two texts the same to a careless reader.
type Same = (&'static str, fn(&str, &str) -> bool);

const SAME: [Same; 3] = [
    ("case-ignored", |held, word| held.eq_ignore_ascii_case(word)),
    ("blanks-ignored", |held, word| held.trim() == word),
    ("beginning-suffices", |held, word| held.starts_with(word)),
];

fn words(maker: &mut Maker<'_>, node: &Node) {
    let words: Vec<String> = node
        .schema
        .enumeration()
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    if words.is_empty() {
        return;
    }
    let has_case = words.iter().any(|word| word.contains(|c: char| c.is_ascii_alphabetic()));
    for (operator, is_same) in SAME {
        if operator == "case-ignored" && !has_case {
            continue;
        }
        let (location, words) = (node.location(), words.clone());
        let description = format!("the words of {location}: {}", operator.replace('-', " "));
        maker.forgiving((&location, "enum"), operator, description, move |_, held| {
            held.value.as_str().is_some_and(|held| words.iter().any(|word| is_same(held, word)))
        });
        // Usual readers of JSON take words in any case.
        let made = maker.made.last_mut().filter(|made| made.id.ends_with("/enum/case-ignored"));
        if let Some(mutant) = made {
            mutant.strength = mutant.strength.min(Strength::Should);
        }
    }
}

/// Only neighbours are compared.
fn equal_entries(maker: &mut Maker<'_>, node: &Node) {
    if !node.schema.unique_items() || node.schema.max_items().is_some_and(|most| most < 3) {
        return;
    }
    let location = node.location();
    let description = format!("only neighbours in {location} are compared");
    let rule = (&*location, "uniqueItems");
    maker.forgiving(rule, "only-neighbours", description, |_, held| {
        let entries = held.value.as_array().map(Vec::as_slice).unwrap_or_default();
        entries.windows(2).all(|pair| pair[0] != pair[1])
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{OF_BOOLEANS, OF_NUMBERS, SAME};

    #[test]
    fn near_misses_are_near() {
        let is_number = OF_NUMBERS[0].2;
        assert!(is_number(&json!("5")) && !is_number(&json!("five")) && !is_number(&json!(5)));
        assert!(OF_BOOLEANS[0].2(&json!("true")) && !OF_BOOLEANS[0].2(&json!("yes")));
        let same = SAME.map(|(_, is_same)| is_same("h264 ", "H264"));
        assert_eq!(same, [false; 3]);
        assert!(
            SAME[0].1("h264", "H264") && SAME[1].1(" H264", "H264") && SAME[2].1("H2645", "H264")
        );
    }
}
