//! A small suite by hand: literal requests, and what the page says of their answers.
//!
//! It is the yardstick for servers that tests rest on (the stub, the opponents), and knows nothing
//! of the program under test.

mod raw;
mod request;
mod verdict;

pub(crate) use raw::exchange;
pub(crate) use request::probes;
use verdict::contradiction;

/// The first contradiction that a server at `uri` shows, with the probe's name.
pub(crate) fn first_contradiction(uri: &str, token: &str) -> Option<String> {
    probes(token).iter().find_map(|probe| {
        // A gateway's answer is no verdict on the service: the request is sent again.
        let answers = (0..4).map(|_| raw::exchange(uri, &probe.bytes));
        let answer = answers.into_iter().find(|answer| !verdict::is_shed(answer, &probe.expected));
        let answer = answer.unwrap_or(Err("only the gateway answers".to_owned()));
        let found = contradiction(probe, token, &answer)?;
        Some(format!("{}: {found}", probe.name))
    })
}
