//! Faults that depend on what went before, or on what is under way.
//!
//! Example: `response/serverError/every-10th` answers 500 to every tenth request, where it is
//! legal; `response/serverError/with-more-than-4-in-flight` to the fifth at the same time.

use std::time::Duration;

use super::Family;
use super::maker::Maker;
use super::node::longest_list;
use super::when::full_size;
use crate::contract::Broken;
use crate::stub::answer::{Reply, refused};
use crate::stub::behaviour::Exchange;
use crate::stub::delivery::Delivery;
use crate::stub::history::Moment;
use crate::stub::judge::Refusal;

/// How long requests are under way where it matters that others are too.
pub(super) const THINKS: Duration = Duration::from_millis(3);

/// The operator, and when it shows.
type Fault = (&'static str, fn(&Moment) -> bool);

const FAULTS: [Fault; 12] = [
    ("every-2nd", |moment| moment.number.is_multiple_of(2)),
    ("every-5th", |moment| moment.number.is_multiple_of(5)),
    ("every-10th", |moment| moment.number.is_multiple_of(10)),
    ("every-37th", |moment| moment.number.is_multiple_of(37)),
    ("every-64th", |moment| moment.number.is_multiple_of(64)),
    ("every-100th", |moment| moment.number.is_multiple_of(100)),
    ("after-10", |moment| moment.number > 10),
    ("after-100", |moment| moment.number > 100),
    ("after-300", |moment| moment.number > 300),
    ("on-repetition", |moment| moment.repeats > 0),
    ("on-kept-connections", |moment| moment.on_connection > 1),
    ("after-malformed", |moment| {
        !moment.previous.is_empty()
            && serde_json::from_slice::<serde::de::IgnoredAny>(&moment.previous).is_err()
    }),
];

/// A service fails with more requests than this under way.
const IN_FLIGHT: [usize; 5] = [1, 2, 4, 8, 16];

pub(super) fn add(maker: &mut Maker<'_>) {
    let fails = ("response", "serverError");
    let has_body = maker.operation.body.is_some();
    for (operator, shows) in FAULTS {
        if operator == "after-malformed" && !has_body {
            continue;
        }
        let description = format!("legal requests fail: {}", operator.replace('-', " "));
        let mutant = maker.answering(Family::Time, fails, operator, description, failing(shows));
        if let (Some(mutant), "on-kept-connections") = (mutant, operator) {
            mutant.think(Duration::ZERO);
        }
    }
    for most in IN_FLIGHT {
        let operator = format!("with-more-than-{most}-in-flight");
        let description = format!("legal requests fail with more than {most} under way");
        let fault = failing(move |moment| moment.under_way > most);
        if let Some(mutant) = maker.answering(Family::Time, fails, &operator, description, fault) {
            mutant.think(THINKS);
        }
    }
    after_a_full_list(maker);
    for (operator, delivery, shows) in [
        ("cut-in-head-every-37th", Delivery::CutInHead, FAULTS[3].1),
        ("cut-every-64th", Delivery::CutInBody, FAULTS[4].1),
        ("hang-after-malformed", Delivery::Hang, FAULTS[11].1),
        ("reset-with-more-than-8-in-flight", Delivery::Reset, |moment: &Moment| {
            moment.under_way > 8
        }),
    ] {
        if operator == "hang-after-malformed" && !has_body {
            continue;
        }
        let rule = ("response", "noAnswer");
        let description = operator.replace('-', " ");
        let applies =
            move |exchange: &Exchange<'_>| exchange.accepted().is_some() && shows(&exchange.moment);
        let mutant = maker.delivering(Family::Time, rule, operator, description, delivery, applies);
        if let (Some(mutant), true) = (mutant, operator.ends_with("in-flight")) {
            mutant.think(THINKS);
        }
    }
    refusals(maker);
}

/// Answers 500 to legal requests at such a moment.
fn failing(shows: impl Fn(&Moment) -> bool) -> impl Fn(&Exchange<'_>, &mut Reply) {
    move |exchange, reply| {
        if exchange.accepted().is_some() && shows(&exchange.moment) {
            reply.status = 500;
            reply.body = None;
        }
    }
}

fn after_a_full_list(maker: &mut Maker<'_>) {
    let Some(full) = full_size(maker.operation) else { return };
    let fault = failing(move |moment| {
        serde_json::from_slice(&moment.previous).is_ok_and(|body| longest_list(&body) >= full)
    });
    let description = "legal requests fail after one with a full list";
    let rule = ("response", "serverError");
    maker.answering(Family::Time, rule, "after-a-full-list", description, fault);
}

/// Legal requests that are refused at some moments. Where status alone tells, a refusal may speak of
/// what is there already, and breaks nothing.
fn refusals(maker: &mut Maker<'_>) {
    if maker.operation.envelope.is_none() {
        return;
    }
    let rows: [Fault; 3] = [
        ("refused", |moment| moment.repeats > 0),
        ("refused-every-10th", |moment| moment.number.is_multiple_of(10)),
        ("refused-after-100", |moment| moment.number > 100),
    ];
    for (operator, shows) in rows {
        let operation = maker.operation.clone();
        let description = format!("legal requests are {}", operator.replace('-', " "));
        let rule = ("request", "repetition");
        maker.answering(Family::Time, rule, operator, description, move |exchange, reply| {
            if exchange.accepted().is_some() && shows(&exchange.moment) {
                let refusal = Refusal::BadParameter(Broken::new("body", "type"));
                *reply = refused(&operation, &refusal);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn a_request_fails_that_was_sent_before() {
        let id = "response/serverError/on-repetition";
        assert!(is_wrong(id, &[asking_for("u", &["a"]), asking_for("u", &["a"])]));
        assert!(!is_wrong(id, &[asking_for("u", &["a"]), asking_for("u", &["b"])]));
    }
}
