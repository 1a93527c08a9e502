//! Faults that depend on what went before.
//!
//! Example: `response/serverError/every-10th` answers 500 to every tenth legal request.

use super::Family;
use super::maker::Maker;
use crate::stub::answer::Reply;
use crate::stub::behaviour::{Exchange, Moment};

/// The operator, the promise that it breaks, and when it shows.
type Fault = (&'static str, &'static str, fn(&Moment) -> bool);

const FAULTS: [Fault; 9] = [
    ("every-2nd", "serverError", |moment| moment.number.is_multiple_of(2)),
    ("every-10th", "serverError", |moment| moment.number.is_multiple_of(10)),
    ("every-37th", "serverError", |moment| moment.number.is_multiple_of(37)),
    ("every-100th", "serverError", |moment| moment.number.is_multiple_of(100)),
    ("after-10", "serverError", |moment| moment.number > 10),
    ("after-100", "serverError", |moment| moment.number > 100),
    ("after-300", "serverError", |moment| moment.number > 300),
    ("on-repetition", "serverError", |moment| moment.repeats > 0),
    ("after-malformed", "serverError", |moment| {
        !moment.previous.is_empty()
            && serde_json::from_slice::<serde::de::IgnoredAny>(&moment.previous).is_err()
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for (operator, keyword, shows) in FAULTS {
        let description = format!("legal requests fail: {}", operator.replace('-', " "));
        let rule = ("response", keyword);
        let fail = move |exchange: &Exchange<'_>, reply: &mut Reply| {
            if exchange.accepted().is_some() && shows(&exchange.moment) {
                reply.status = 500;
                reply.body = None;
            }
        };
        maker.answering(Family::Time, rule, operator, description, fail);
    }
    let description = "a legal request that is repeated is refused";
    let rule = ("request", "repetition");
    let operation = maker.operation.clone();
    maker.answering(Family::Time, rule, "refused", description, move |exchange, reply| {
        if exchange.accepted().is_some() && exchange.moment.repeats > 0 {
            let broken = crate::contract::Broken::new("body", "type");
            let refusal = crate::stub::judge::Refusal::BadParameter(broken);
            *reply = crate::stub::answer::refused(&operation, &refusal);
        }
    });
}
