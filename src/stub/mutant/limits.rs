//! Limits that stand elsewhere than documented.
//!
//! Example: `body.user_id/maxLength/loosened-by-one` takes 33 characters where 32 are the most;
//! `tightened-by-one` refuses 32.

use serde_json::Value;

use super::maker::{Maker, invented};
use super::node::{Node, values};
use crate::contract::Broken;

/// A limit on a measure of a value.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) keyword: &'static str,
    bound: f64,
    /// The measure must not be larger; otherwise it must not be smaller.
    is_most: bool,
    /// The bound itself is outside.
    is_exclusive: bool,
    /// The distance between two legal measures.
    step: f64,
    measure: fn(&Value) -> Option<f64>,
}

/// A keyword, whether it is a most, whether it is exclusive, and what it measures.
type Row = (&'static str, bool, bool, fn(&Value) -> Option<f64>);

impl Limit {
    fn is_broken(self, bound: f64, value: &Value) -> bool {
        let Some(measure) = (self.measure)(value) else { return false };
        let over = if self.is_most { measure - bound } else { bound - measure };
        over > 0.0 || (self.is_exclusive && over >= 0.0)
    }

    /// The bound moved outwards by `distance`, or inwards where it is negative.
    fn moved(self, distance: f64) -> f64 {
        if self.is_most { self.bound + distance } else { self.bound - distance }
    }

    /// The legal measure nearest to the bound.
    fn last(self) -> f64 {
        let steps = self.bound / self.step;
        let steps = if self.is_most { steps.floor() } else { steps.ceil() };
        steps * self.step
    }

    fn is_size(self) -> bool {
        self.keyword.ends_with("Length") || self.keyword.ends_with("Items")
    }
}

/// The limits that a schema sets.
pub(super) fn limits(node: &Node) -> Vec<Limit> {
    let rows: [Row; 8] = [
        ("maxLength", true, false, characters),
        ("minLength", false, false, characters),
        ("maxItems", true, false, entries),
        ("minItems", false, false, entries),
        ("maximum", true, false, Value::as_f64),
        ("minimum", false, false, Value::as_f64),
        ("exclusiveMaximum", true, true, Value::as_f64),
        ("exclusiveMinimum", false, true, Value::as_f64),
    ];
    let limit = |(keyword, is_most, is_exclusive, measure)| {
        let bound = node.schema.keyword(keyword)?.as_f64()?;
        let multiple = node.schema.keyword("multipleOf").and_then(Value::as_f64);
        let step = multiple.filter(|_| keyword.ends_with("imum")).unwrap_or(1.0);
        Some(Limit { keyword, bound, is_most, is_exclusive, step, measure })
    };
    rows.into_iter().filter_map(limit).collect()
}

#[expect(clippy::cast_precision_loss, reason = "no text is that long")]
fn characters(value: &Value) -> Option<f64> {
    value.as_str().map(|text| text.chars().count() as f64)
}

#[expect(clippy::cast_precision_loss, reason = "no list is that long")]
fn entries(value: &Value) -> Option<f64> {
    value.as_array().map(|entries| entries.len() as f64)
}

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone() {
        for limit in limits(&node) {
            let factor = if limit.is_size() {
                limit.bound
            } else {
                limit.bound.abs().max(10.0).max(limit.step * 2.0)
            };
            // Between two multiples there is nothing to let through, or to refuse.
            let to_last = (limit.last() - limit.bound).abs();
            let rows = [
                ("loosened-by-one", limit.step - to_last),
                ("loosened-by-a-factor", if limit.is_most { factor } else { factor / 2.0 }),
                ("tightened-by-one", -limit.step - to_last),
            ];
            for (operator, distance) in rows {
                let bound = limit.moved(distance);
                // No size is below nothing, and a factor that is one is there already.
                let is_same = operator == "loosened-by-a-factor" && distance <= 1.0;
                if is_same || (limit.is_size() && (bound < 0.0 || limit.bound < 1.0)) {
                    continue;
                }
                moved(maker, &node, limit, operator, bound);
            }
        }
    }
}

fn moved(maker: &mut Maker<'_>, node: &Node, limit: Limit, operator: &str, bound: f64) {
    let location = node.location();
    let broken = Broken::new(&*location, limit.keyword);
    let place = node.place.clone();
    let description =
        format!("{} of {location} is {bound} in place of {}", limit.keyword, limit.bound);
    let rule = (&*location, limit.keyword);
    maker.judging(rule, operator, description, move |judging, offences| {
        offences.retain(|held| !held.is_against(&broken) || limit.is_broken(bound, &held.value));
        let Some(body) = judging.body.filter(|_| offences.is_empty()) else { return };
        let outside = values(&place, body).into_iter().find(|(_, v)| limit.is_broken(bound, v));
        offences.extend(outside.map(|(pointer, value)| invented(&broken, pointer, value)));
    });
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn one_character_more_is_taken_and_two_are_not() {
        let id = "body.user_id/maxLength/loosened-by-one";
        assert!(is_wrong(id, &[asking_for(&"u".repeat(33), &["a"])]));
        assert!(!is_wrong(id, &[asking_for(&"u".repeat(34), &["a"])]));
    }
}
