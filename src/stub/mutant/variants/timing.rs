//! Answers that take their time, and services that turn work away.
//!
//! Example: `slow-start` takes 200 ms for each of its first answers.

use std::time::Duration;

use super::derive::{answering, push};
use crate::stub::answer::Reply;
use crate::stub::behaviour::{Behaviour, Step};
use crate::stub::history::Moment;
use crate::stub::mutant::Variant;

/// How long requests are under way where too many at the same time are turned away.
const THINKS: Duration = Duration::from_millis(2);

pub(super) fn timing(made: &mut Vec<Variant>) {
    let steps = answering(|exchange, reply| {
        reply.pause = Duration::from_millis(2 + exchange.moment.number as u64 % 9);
    });
    push(made, "slow", "every answer takes some milliseconds", Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        if exchange.moment.number <= 3 {
            reply.pause = Duration::from_millis(200);
        }
    });
    push(made, "slow-start", "the first answers take long", Behaviour::everywhere(steps));
    let now_and_then = |moment: &Moment| moment.number.is_multiple_of(23);
    for (id, status, retry_after) in [
        ("load-shedding", 503, Some("0")),
        ("load-shedding-without-a-word", 503, None),
        ("throttling", 429, Some("0")),
    ] {
        let description = format!("now and then a request is turned away with {status}");
        let behaviour = Behaviour::everywhere(turning_away(status, retry_after, now_and_then));
        push(made, id, &description, behaviour);
    }
    let steps = turning_away(503, Some("0"), |moment| moment.under_way > 2);
    let behaviour = Behaviour::everywhere(steps).thinking(THINKS);
    let description = "with more than two requests under way others are turned away with 503";
    push(made, "load-shedding-above-2-in-flight", description, behaviour);
}

/// Answers with this status and nothing else at such a moment.
fn turning_away(
    status: u16,
    retry_after: Option<&'static str>,
    is_moment: impl Fn(&Moment) -> bool + Send + Sync + 'static,
) -> Vec<Step> {
    answering(move |exchange, reply| {
        if is_moment(&exchange.moment) {
            let headers = retry_after.map(|seconds| ("retry-after".to_owned(), seconds.to_owned()));
            let headers = headers.into_iter().collect();
            *reply = Reply { status, headers, body: None, written: None, ..reply.clone() };
        }
    })
}
