//! Answers that don't fit their request.
//!
//! Example: `response.data.status_list/answered/last-dropped` answers all but the last of several.

use serde_json::{Value, json};

use super::Family;
use super::maker::Maker;
use super::when::{full_size, value};
use crate::contract::Place;
use crate::stub::answer::put;

/// The promise, the operator, and what becomes of the entries, given a member that holds the key.
type Change = (&'static str, &'static str, fn(&mut Vec<Value>, &str));

const CHANGES: [Change; 14] = [
    ("answered", "last-dropped", |entries, _| {
        if entries.len() > 1 {
            entries.pop();
        }
    }),
    ("answered", "first-dropped", |entries, _| {
        if entries.len() > 1 {
            entries.remove(0);
        }
    }),
    ("answered", "all-dropped", |entries, _| entries.clear()),
    ("answered", "second-half-dropped", |entries, _| entries.truncate(entries.len().div_ceil(2))),
    ("answered", "middle-dropped", |entries, _| {
        if entries.len() > 2 {
            entries.remove(entries.len() / 2);
        }
    }),
    ("answered", "in-lower-case", |entries, key| rewrite(entries, key, str::to_lowercase)),
    ("answered", "cut-after-16", |entries, key| {
        rewrite(entries, key, |text| text.chars().take(16).collect());
    }),
    ("answered", "trimmed", |entries, key| rewrite(entries, key, |text| text.trim().to_owned())),
    ("answered", "in-upper-case", |entries, key| rewrite(entries, key, str::to_uppercase)),
    ("answered", "beyond-ascii-lost", |entries, key| {
        rewrite(entries, key, |text| text.replace(|c: char| !c.is_ascii(), "?"));
    }),
    ("answered", "last-character-lost", |entries, key| {
        rewrite(entries, key, |text| {
            let kept = text.chars().count().saturating_sub(1);
            text.chars().take(kept).collect()
        });
    }),
    ("answered", "markup-escaped", |entries, key| {
        rewrite(entries, key, |text| {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
        });
    }),
    ("multiplicity", "first-doubled", |entries, _| {
        if let Some(first) = entries.first().cloned() {
            entries.insert(0, first);
        }
    }),
    ("unrequested", "one-added", |entries, key| {
        if let Some(mut added) = entries.first().cloned() {
            put(&mut added, key, json!("fencepost-unrequested"));
            entries.push(added);
        }
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let full = full_size(maker.operation);
    for relation in maker.operation.relations.clone() {
        let answered =
            Place::of_pointer(&Place::response(), &Value::Null, relation.answered.pointer());
        let location = answered.to_string();
        let any = ("", 0..=usize::MAX);
        let sizes = full.map(|full| {
            [("-in-full-answers", full..=usize::MAX), ("-at-one-size", full / 2 + 1..=full / 2 + 1)]
        });
        let sizes: Vec<_> = std::iter::once(any).chain(sizes.into_iter().flatten()).collect();
        for (keyword, operator, change) in CHANGES {
            for (suffix, sizes) in sizes.clone() {
                if suffix == "-at-one-size" && operator != "last-dropped" {
                    continue;
                }
                let relation = relation.clone();
                let operator = format!("{operator}{suffix}");
                let description = format!("entries of {location}: {}", operator.replace('-', " "));
                let rule = (&*location, keyword);
                maker.answering(
                    Family::Answers,
                    rule,
                    &operator,
                    description,
                    move |exchange, reply| {
                        if exchange.accepted().is_none() {
                            return;
                        }
                        let held =
                            value(reply).and_then(|b| b.pointer_mut(relation.answered.pointer()));
                        if let Some(Value::Array(entries)) = held
                            && sizes.contains(&entries.len())
                        {
                            change(entries, &relation.key);
                        }
                    },
                );
            }
        }
    }
}

fn rewrite(entries: &mut [Value], key: &str, new: fn(&str) -> String) {
    for entry in entries {
        if let Some(text) = entry.pointer(key).and_then(Value::as_str).map(new) {
            put(entry, key, json!(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn the_last_of_several_is_not_answered() {
        let id = "response.data.status_list/answered/last-dropped";
        assert!(is_wrong(id, &[asking_for("u", &["a", "b"])]));
        assert!(!is_wrong(id, &[asking_for("u", &["a"])]));
    }
}
