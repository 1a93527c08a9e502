//! Answers that belong to another request.
//!
//! Example: `response.data.status_list/answered/swapped-in-flight` gives two requests that are
//! under way at the same time each other's answer.

use serde_json::Value;

use super::Family;
use super::maker::Maker;
use super::time::THINKS;
use crate::contract::extension::Relation;
use crate::contract::{Operation, Place};
use crate::stub::answer::{Reply, put};
use crate::stub::behaviour::Exchange;

/// The operator, in words, and the body of the request whose answer is given.
type Mix = (&'static str, &'static str, fn(&Exchange<'_>, &Relation) -> Option<Vec<u8>>);

const MIXES: [Mix; 6] = [
    ("of-the-request-before", "the request before is answered again", |x, _| last(x)),
    ("of-the-request-before-every-10th", "every tenth answer is the last one's", |x, _| {
        last(x).filter(|_| x.moment.number.is_multiple_of(10))
    }),
    ("of-the-same-caller", "an answer is kept for what stands beside the list", |x, relation| {
        let rest = |body: &[u8]| {
            let mut body: Value = serde_json::from_slice(body).ok()?;
            put(&mut body, relation.asked.pointer(), Value::Null);
            Some(body)
        };
        let own = rest(&x.request.body);
        let same = x.moment.accepted.iter().find(|earlier| rest(earlier) == own);
        same.map(|earlier| earlier.to_vec())
    }),
    ("of-the-same-length", "an answer is kept for each length of a request", |x, _| {
        let mut earlier = x.moment.accepted.iter();
        let same = earlier.find(|earlier| earlier.len() == x.request.body.len());
        same.map(|earlier| earlier.to_vec())
    }),
    ("swapped-in-flight", "two requests under way get each other's answer", |x, _| {
        x.moment.alongside.as_deref().map(<[u8]>::to_vec)
    }),
    ("swapped-with-4-in-flight", "with four requests under way two answers are swapped", |x, _| {
        let alongside = x.moment.alongside.as_deref().filter(|_| x.moment.under_way >= 4);
        alongside.map(<[u8]>::to_vec)
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for relation in maker.operation.relations.clone() {
        let answered =
            Place::of_pointer(&Place::response(), &Value::Null, relation.answered.pointer());
        let location = answered.to_string();
        for (operator, description, other) in MIXES {
            if operator == "of-the-same-caller" && !has_more(maker.operation, &relation) {
                continue;
            }
            let relation = relation.clone();
            let rule = (&*location, "answered");
            let mix = move |exchange: &Exchange<'_>, reply: &mut Reply| {
                if exchange.accepted().is_none() {
                    return;
                }
                let Some(body) = other(exchange, &relation) else { return };
                if let (true, stale) = (exchange.answer_to)(&body) {
                    *reply = stale;
                }
            };
            let mutant = maker.answering(Family::Time, rule, operator, description, mix);
            if let (Some(mutant), true) = (mutant, operator.ends_with("in-flight")) {
                mutant.think(THINKS);
            }
        }
    }
    if maker.operation.body.is_none() {
        return;
    }
    let description = "the refusal of the request before is given again";
    let rule = ("request", "repetition");
    let operator = "refused-as-the-request-before";
    maker.answering(Family::Time, rule, operator, description, |exchange, reply| {
        let previous = &exchange.moment.previous;
        if exchange.accepted().is_none() || previous.is_empty() {
            return;
        }
        if let (false, stale) = (exchange.answer_to)(previous) {
            *reply = stale;
        }
    });
}

/// The body of the last accepted request.
fn last(exchange: &Exchange<'_>) -> Option<Vec<u8>> {
    exchange.moment.accepted.last().map(|body| body.to_vec())
}

/// Whether a request's body holds more than the list that it asks for.
fn has_more(operation: &Operation, relation: &Relation) -> bool {
    let asked = relation.asked.pointer().trim_start_matches('/');
    let members = operation.body.iter().flat_map(|body| body.schema.properties().into_iter());
    let mut others = members.map(|(name, _)| name.to_owned());
    others.any(|name| name != asked)
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn the_request_before_is_answered_again() {
        let id = "response.data.status_list/answered/of-the-request-before";
        assert!(is_wrong(id, &[asking_for("u", &["a"]), asking_for("u", &["b"])]));
        assert!(!is_wrong(id, &[asking_for("u", &["a"]), asking_for("u", &["a"])]));
    }
}
