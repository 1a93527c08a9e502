//! Answers that don't come in time while others are under way: does the server hang, or do requests
//! wait for each other?

use std::time::Duration;

use crate::case::Case;
use crate::http::Interaction;
use crate::run::Reproduced;
use crate::run::session::Session;

/// How often a burst in which answers came too late is sent again, each request on a connection
/// that closes behind its answer.
const AGAIN: u32 = 3;

/// How often a request is sent alone, to see how long it takes.
const ALONE: usize = 3;

/// So many times more answers should have come by then, had requests just waited for each other.
const FEWER: u32 = 4;

impl Session<'_> {
    /// How often the burst hung, where it does; `None` where the server is slow, not wrong.
    ///
    /// One that serves one connection at a time waits for the end of the first, even of an idle one;
    /// so no connection is kept here. Then it answers one after the other, as many as its latency
    /// alone leaves time for. One that hangs answers the same few, again and again.
    pub(super) async fn hanging(&self, cases: &[&Case]) -> Option<Reproduced> {
        self.wire.close_idle().await;
        let mut latencies = Vec::new();
        for case in cases.iter().cycle().take(ALONE) {
            let interaction = self.wire.send_fresh(&case.request).await?;
            interaction.result.ok()?;
            latencies.push(interaction.elapsed);
        }
        latencies.sort_unstable();
        let latency = latencies[ALONE / 2];
        let requests: Vec<_> = cases.iter().map(|case| &case.request).collect();
        let mut reproduced = Reproduced { seen: 1, sent: 1 };
        for _ in 0..AGAIN {
            let answers = self.wire.send_at_once(&requests, true, false).await;
            let answers: Vec<_> = answers.into_iter().flatten().collect();
            if answers.is_empty() && reproduced.seen > 1 {
                break;
            }
            if !hangs(&answers, latency, self.wire.timeout()) {
                return None;
            }
            reproduced.seen += 1;
            reproduced.sent += 1;
        }
        Some(reproduced)
    }
}

/// Whether fewer answers came in time than such a latency explains, were requests taken up one after
/// the other.
fn hangs(answers: &[Interaction], latency: Duration, timeout: Duration) -> bool {
    let answered = answers.iter().filter(|answer| answer.result.is_ok()).count();
    let answered = u32::try_from(answered).unwrap_or(u32::MAX).max(1);
    answers.iter().any(Interaction::is_late)
        && latency.saturating_mul(answered).saturating_mul(FEWER) < timeout
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::hangs;
    use crate::http::header::HeaderMap;
    use crate::http::{Answer, Interaction, NoAnswer, NoAnswerKind};

    /// So many answers and so many that are late, where one takes so many milliseconds and a second
    /// is waited.
    fn is_hanging(answered: usize, late: usize, latency: u64) -> bool {
        let answer = Answer { status: 200, headers: HeaderMap::new(), body: Bytes::new() };
        let none = NoAnswer { kind: NoAnswerKind::Timeout, detail: String::new() };
        let interaction = |result| Interaction { result, elapsed: Duration::ZERO };
        let mut answers = vec![interaction(Ok(answer)); answered];
        answers.extend(vec![interaction(Err(none)); late]);
        hangs(&answers, Duration::from_millis(latency), Duration::from_secs(1))
    }

    #[test]
    fn few_answers_are_explained_by_a_latency_that_leaves_time_for_no_more() {
        assert!(is_hanging(1, 1, 4) && is_hanging(0, 2, 4) && is_hanging(8, 8, 20));
        assert!(!is_hanging(1, 1, 300) && !is_hanging(3, 5, 300) && !is_hanging(20, 12, 50));
        assert!(!is_hanging(2, 0, 4), "all came");
    }
}
