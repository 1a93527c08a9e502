//! Input that makes the service fail.
//!
//! Example: `response/serverError/on-beyond-ascii` answers 500 to a legal request with letters
//! beyond ASCII in it.

use super::Family;
use super::kinds::{KINDS, can_be_sent};
use super::maker::Maker;
use super::when::{asked_size, full_size};
use crate::contract::Meaning;
use crate::stub::answer::{Reply, put};
use crate::stub::delivery::Delivery;

/// What befalls the answer to a request of some kind, by its word in a mutant's id.
const DELIVERIES: [(&str, Delivery); 5] = [
    ("reset", Delivery::Reset),
    ("cut", Delivery::CutInBody),
    ("wrong-length", Delivery::LengthTooLarge),
    ("hang", Delivery::Hang),
    ("drip", Delivery::Drip),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let internal = maker.operation.envelope.as_ref().and_then(|envelope| {
        let code = envelope.codes.iter().find(|code| code.meaning == Meaning::Internal)?;
        Some((envelope.code.pointer().to_owned(), code.code.clone()))
    });
    for (operator, is_kind) in KINDS {
        if !can_be_sent(maker, operator) {
            continue;
        }
        let description = format!("the service fails on {}", operator.replace('-', " "));
        let rule = ("response", "serverError");
        let failing = internal.clone();
        let on = format!("on-{operator}");
        maker.answering(Family::Robustness, rule, &on, &*description, move |exchange, reply| {
            if is_kind(exchange) {
                fail(reply, failing.as_ref());
            }
        });
        for (word, delivery) in DELIVERIES {
            let rule = ("response", "noAnswer");
            let operator = format!("{word}-on-{operator}");
            let description = operator.replace('-', " ");
            maker.delivering(Family::Robustness, rule, &operator, description, delivery, is_kind);
        }
    }
    if let Some(full) = full_size(maker.operation) {
        let description = "the service fails on full lists";
        let rule = ("response", "serverError");
        let family = Family::Robustness;
        maker.answering(family, rule, "on-full-lists", description, move |exchange, reply| {
            if asked_size(exchange) >= full {
                fail(reply, internal.as_ref());
            }
        });
        for (word, delivery) in DELIVERIES {
            let operator = format!("{word}-on-full-lists");
            let description = operator.replace('-', " ");
            let rule = ("response", "noAnswer");
            maker.delivering(family, rule, &operator, description, delivery, move |exchange| {
                asked_size(exchange) >= full
            });
        }
    }
}

/// An internal error, in the envelope where there is one.
fn fail(reply: &mut Reply, internal: Option<&(String, String)>) {
    reply.status = 500;
    match (internal, &mut reply.body) {
        (Some((pointer, code)), Some((_, body))) => {
            put(body, pointer, code.as_str().into());
        }
        _ => reply.body = None,
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn quotes_make_it_fail() {
        let id = "response/serverError/on-quotes";
        assert!(is_wrong(id, &[asking_for("a\"b", &["a"])]));
        assert!(!is_wrong(id, &[asking_for("ab", &["a"])]));
    }
}
