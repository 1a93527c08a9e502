//! Requests that go out in rounds.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Senders whose answers came meet here, and go on together once none is left to read.
///
/// A server that sleeps has to be woken by what is sent to it, which takes a while. Behind a first request
/// come the others before it has answered, so that it doesn't sleep again.
#[derive(Debug, Default)]
pub(super) struct Round(RefCell<Vec<Waker>>);

impl Round {
    /// Waits for the next round.
    pub(super) async fn next(&self) {
        let mut waits = false;
        poll_fn(|cx| {
            if waits {
                return Poll::Ready(());
            }
            waits = true;
            self.0.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Begins the next round; false where nobody waits for it.
    pub(super) fn begin(&self) -> bool {
        let waiting = self.0.take();
        let is_any = !waiting.is_empty();
        waiting.into_iter().for_each(Waker::wake);
        is_any
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::Round;

    #[test]
    fn a_round_begins_for_all_that_wait_for_it() {
        let round = Round::default();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(!round.begin());
        let (mut one, mut other) = (pin!(round.next()), pin!(round.next()));
        assert_eq!(one.as_mut().poll(&mut cx), Poll::Pending);
        assert_eq!(other.as_mut().poll(&mut cx), Poll::Pending);
        assert!(round.begin());
        assert_eq!(one.as_mut().poll(&mut cx), Poll::Ready(()));
        assert_eq!(other.as_mut().poll(&mut cx), Poll::Ready(()));
        assert!(!round.begin());
    }
}
