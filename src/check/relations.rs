//! The answer is bound to its request as documented: every asked value is answered, none more
//! often than asked, none unasked.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Breach, CheckName, Disposition, Exchange};
use crate::contract::{Node, Place, Relation};

/// The way in which [`Breach::kind`] names an asked value that is not answered. Whether that breaks
/// anything is shown by asking for the value alone.
pub const NOT_ANSWERED: &str = "not answered";

/// The same, where no value without an entry is known to exist on the server: what doesn't exist
/// may be left out.
pub const MADE_UP_NOT_ANSWERED: &str = "not answered, and not known to exist";

/// How one answer stands to its request under one relation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Related {
    /// Values that were asked for and have no entry.
    pub missing: Vec<String>,
    /// Values with more entries than they were asked for.
    pub repeated: Vec<String>,
    /// Values with an entry that were not asked for.
    pub unrequested: Vec<String>,
    /// Values that were asked for and have an entry.
    pub answered: Vec<String>,
}

/// For each relation whether the answer has exactly one entry for each asked value, in the order of
/// asking, which is what most accepting answers do: then there is nothing to compare.
pub(crate) fn echoes<'e>(exchange: &Exchange<'e>) -> &'e [bool] {
    let (case, reading) = (exchange.case, exchange.reading);
    reading.echoes.get_or_init(|| {
        let (Some(request), Some(response)) = (&case.body, reading.root()) else {
            return Vec::new();
        };
        let relations = exchange.operation().relations.iter();
        relations.map(|relation| is_echo(relation, request, response)).collect()
    })
}

fn is_echo(relation: &Relation, request: &Value, response: Node<'_>) -> bool {
    let lists = || {
        let asked = relation.asked.read(request)?.as_array()?;
        Some((asked, relation.answered.read_on_tape(response)?.entries()?))
    };
    lists().is_some_and(|(asked, entries)| {
        asked.len() == entries.len()
            && asked.iter().zip(entries).all(|(asked, entry)| {
                let answered = relation.key_on_tape(entry).and_then(Node::as_str);
                answered.is_some() && answered == asked.as_str()
            })
    })
}

/// Compares the asked list with the answered one; `None` where either is not there.
pub fn related(relation: &Relation, request: &Value, response: &Value) -> Option<Related> {
    let asked = counts(relation.asked.read(request)?.as_array()?.iter());
    let entries = relation.answered.read(response)?.as_array()?;
    let answered = counts(entries.iter().filter_map(|entry| relation.key_of(entry)));
    let mut related = Related::default();
    for (value, times) in &asked {
        match answered.get(value) {
            None => related.missing.push(value.clone()),
            Some(entries) => {
                related.answered.push(value.clone());
                if entries > times {
                    related.repeated.push(value.clone());
                }
            }
        }
    }
    related.unrequested =
        answered.keys().filter(|value| !asked.contains_key(*value)).cloned().collect();
    Some(related)
}

fn counts<'v>(values: impl Iterator<Item = &'v Value>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for value in values.filter_map(Value::as_str) {
        *counts.entry(value.to_owned()).or_insert(0) += 1;
    }
    counts
}

/// Where a relation's answers stand, in the words of rules: `response.data.status_list`.
pub fn answered_location(relation: &Relation) -> String {
    Place::of_pointer(&Place::response(), &Value::Null, relation.answered.pointer()).to_string()
}

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    if exchange.reading.disposition != Disposition::Accepted {
        return Vec::new();
    }
    let Some(request) = &exchange.case.body else { return Vec::new() };
    let relations = exchange.operation().relations.iter().zip(echoes(exchange));
    relations
        .filter(|(_, is_echo)| !**is_echo)
        .filter_map(|(relation, _)| {
            Some((relation, related(relation, request, exchange.reading.json()?)?))
        })
        .flat_map(|(relation, related)| breaches(exchange, relation, &related))
        .collect()
}

fn breaches(exchange: &Exchange<'_>, relation: &Relation, related: &Related) -> Vec<Breach> {
    let location = answered_location(relation);
    let breach = |keyword, kind, expected: &str, got: &str, values: &[String]| {
        let first = values.first()?;
        let actual = match values.len() - 1 {
            0 => format!("{got} {first:?}"),
            others => format!("{got} {first:?} and {others} more"),
        };
        exchange.breach(CheckName::Relations, &location, keyword, kind, expected, actual)
    };
    [
        breach(
            "answered",
            NOT_ANSWERED,
            "an entry for every value that was asked for",
            "no entry for",
            &related.missing,
        ),
        breach(
            "multiplicity",
            "answered too often",
            "no more entries for a value than it was asked for",
            "too many entries for",
            &related.repeated,
        ),
        breach(
            "unrequested",
            "answered unasked",
            "entries only for values that were asked for",
            "an entry for",
            &related.unrequested,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::related;
    use crate::contract::Relation;

    fn compare(asked: &[&str], answered: &[&str]) -> super::Related {
        let relation = Relation {
            asked: "$request.body#/ids".parse().expect("is an expression"),
            answered: "$response.body#/list".parse().expect("is an expression"),
            key: "/id".to_owned(),
        };
        let list: Vec<_> = answered.iter().map(|id| json!({"id": id})).collect();
        related(&relation, &json!({"ids": asked}), &json!({"list": list})).expect("both are lists")
    }

    #[test]
    fn an_accepting_answer_is_held_against_what_was_asked() {
        use crate::check::tests::{hold, json_answer, success};
        const LIST: &str = "response.data.status_list";
        let answer = |ids: &[&str]| {
            let list: Vec<_> =
                ids.iter().map(|id| json!({"instance_id": id, "status": 0})).collect();
            let mut body = success();
            body["data"]["status_list"] = list.into();
            json_answer(200, &body)
        };
        hold(&[
            (answer(&["b", "a"]), &[]),
            (answer(&["a"]), &[&format!("{LIST}/answered: not answered")]),
            (
                answer(&["a", "B"]),
                &[
                    &format!("{LIST}/answered: not answered"),
                    &format!("{LIST}/unrequested: answered unasked?"),
                ],
            ),
            (answer(&["a", "b", "b"]), &[&format!("{LIST}/multiplicity: answered too often")]),
        ]);
    }

    #[test]
    fn entries_are_compared_as_multisets() {
        let same = compare(&["a", "b"], &["b", "a"]);
        assert!(same.missing.is_empty() && same.repeated.is_empty() && same.unrequested.is_empty());
        assert!(compare(&["a", "a"], &["a"]).missing.is_empty(), "equal values may be merged");
        assert_eq!(compare(&["a", "a"], &["a", "a", "a"]).repeated, ["a"]);
        assert_eq!(compare(&["a", "b"], &["a"]).missing, ["b"]);
        assert_eq!(compare(&["a"], &["a", "c"]).unrequested, ["c"]);
    }
}
