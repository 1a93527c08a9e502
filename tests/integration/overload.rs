//! A target that overloads: fewer requests go out at once, which is said, and the verdict is right.

use std::time::Duration;

use serde_json::{Value, json};

use crate::hostile::{Ended, fencepost};
use crate::opponents::{Opponent, Reply, Seen, Traits};

fn against(traits: Traits) -> Ended {
    let opponent = Opponent::start(traits);
    fencepost(opponent.uri(), &["--concurrency", "8"], &[])
}

/// Thinks longer the more is under way, as what queues does.
fn queues(reply: &mut Reply, seen: &Seen) {
    reply.pause = Duration::from_millis(4) * u32::try_from(seen.under_way).unwrap_or(u32::MAX);
}

/// How often the number of requests at once was halved, and to how few; as the terminal says too.
#[track_caller]
fn halved(ended: &Ended) -> (u64, u64) {
    assert!(ended.stderr.contains("requests at once halved"), "{}", ended.stderr);
    let load = ended.report().expect("is JSON")["load"].clone();
    let number = |name: &str| load[name].as_u64().unwrap_or_default();
    (number("halved"), number("fewest_at_once"))
}

fn findings(ended: &Ended) -> Vec<Value> {
    let report = ended.report().expect("is JSON");
    report["findings"].as_array().expect("a list").clone()
}

#[test]
fn a_target_that_sheds_load_gets_fewer_requests_at_once_and_no_finding() {
    let shed = |seen: &Seen| (seen.under_way > 2).then(|| Reply::text(503, "text/plain", "busy"));
    let ended = against(Traits { front: shed, every: queues, ..Traits::FAITHFUL });
    ended.expect(0, &["turned away with 429 or 503"]);
    let (times, fewest) = halved(&ended);
    assert!(times >= 2 && fewest <= 2, "{times} times, to {fewest}");
    assert_eq!(findings(&ended), Vec::<Value>::new());
}

#[test]
fn a_target_that_slows_down_gets_fewer_requests_at_once_and_no_finding() {
    let slows = |reply: &mut Reply, seen: &Seen| {
        let is_slow = seen.under_way > 4 && seen.number > 100;
        reply.pause = Duration::from_millis(if is_slow { 250 } else { 1 });
    };
    let ended = against(Traits { every: slows, ..Traits::FAITHFUL });
    ended.expect(0, &[]);
    let (times, fewest) = halved(&ended);
    assert!(times >= 1 && fewest <= 4, "{times} times, to {fewest}");
    assert_eq!(findings(&ended), Vec::<Value>::new());
}

/// Load is no excuse for a server error: it is shed with 429 or 503, or borne.
#[test]
fn a_target_that_breaks_under_load_fails_now_and_then() {
    let breaks = |seen: &Seen| {
        let body = json!({"error_code": "KOOPHONE.API.9999", "error_msg": "overloaded"});
        (seen.under_way > 4).then(|| Reply::json(500, body))
    };
    let ended = against(Traits { front: breaks, every: queues, ..Traits::FAITHFUL });
    ended.expect(1, &["server error", "times that one was sent"]);
    let (times, fewest) = halved(&ended);
    assert!(times >= 1 && fewest <= 4, "{times} times, to {fewest}");
    for finding in findings(&ended) {
        assert_eq!(finding["check"], "not_a_server_error", "{finding:#}");
    }
}
