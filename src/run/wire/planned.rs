//! Requests of the plan, several at once.

use std::cell::{Cell, RefCell};
use std::task::Poll;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::round::Round;
use super::{Late, Wire};
use crate::case::Request;
use crate::http::Interaction;

/// How long a place among the requests at once is empty where no connection was had.
const NO_CONNECTION: Duration = Duration::from_millis(30);

/// How often a run stops to see whether an answer that came too late ever comes.
const DOUBTS: u32 = 3;

/// Where so many requests of the plan were not answered in time, others are given little time, whatever
/// becomes of them when they are sent again: some targets leave one of many without an answer.
const MOST_LATE: u32 = 6;

impl Wire<'_> {
    /// Sends requests of the plan, several at once, and hands on each answer as it comes.
    ///
    /// A request that can't be sent any more is handed on as `None`. Where an answer came too late the
    /// rest is left for another call, behind [`take_doubt`](Self::take_doubt).
    pub(in crate::run) async fn send_planned<'r>(
        &self,
        requests: &mut impl Iterator<Item = (usize, &'r Request)>,
        mut each: impl FnMut(usize, Option<Interaction>),
    ) {
        // As many as may be under way, each with its own place, so that a request costs no task.
        let places = self.settings.concurrency.max(1);
        let places = places.min(requests.size_hint().1.unwrap_or(places));
        let under_way: Vec<Cell<Option<usize>>> = vec![Cell::new(None); places];
        let (queue, answers) = (RefCell::new(requests), RefCell::new(Vec::with_capacity(places)));
        let round = Round::default();
        let next = || if self.doubt.borrow().is_some() { None } else { queue.borrow_mut().next() };
        let mut senders: FuturesUnordered<_> = under_way
            .iter()
            .map(async |place| {
                loop {
                    let _under_way = self.gate.pass().await;
                    let Some((index, request)) = next() else { break };
                    place.set(Some(index));
                    round.next().await;
                    let interaction = self.send_of_plan(index, request).await;
                    place.set(None);
                    let is_large = interaction.as_ref().is_some_and(Interaction::is_large);
                    answers.borrow_mut().push((index, interaction));
                    if is_large {
                        // It goes before there is another.
                        tokio::task::yield_now().await;
                    }
                }
            })
            .collect();
        let all_sent = std::future::poll_fn(|cx| {
            let sent = loop {
                match senders.poll_next_unpin(cx) {
                    Poll::Ready(Some(())) => {}
                    Poll::Pending if round.begin() => {}
                    sent => break sent.map(|_| ()),
                }
            };
            // All that may go out is on the wire: while the target works, there is time for what came.
            for (index, interaction) in answers.borrow_mut().drain(..) {
                each(index, interaction);
            }
            sent
        });
        tokio::select! {
            () = all_sent => {}
            () = self.cut_off() => {}
        }
        drop(senders);
        for (index, interaction) in answers.into_inner() {
            each(index, interaction);
        }
        for index in under_way.iter().filter_map(Cell::take) {
            each(index, None);
        }
        if self.doubt.borrow().is_none() {
            for (index, _) in queue.into_inner() {
                each(index, None);
            }
        }
    }

    /// Sends one request of the plan, and sees to what its answer says of the target's load.
    async fn send_of_plan(&self, index: usize, request: &Request) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(true);
        let interaction = self.send_patiently(request).await;
        self.note(&interaction);
        self.watch(&interaction);
        self.late.set(self.late.get() + u32::from(interaction.is_late()));
        if self.late.get() >= MOST_LATE && self.gate.load().connections.is_none() {
            self.patience.wear_out();
        }
        if let Err(failure) = &interaction.result
            && interaction.is_late()
            && !self.patience.is_lost()
            && self.doubts.get() < DOUBTS
            && self.doubt.borrow().is_none()
        {
            self.doubts.set(self.doubts.get() + 1);
            *self.doubt.borrow_mut() = Some(Late { index, failure: failure.clone() });
        }
        if interaction.is_unconnected() {
            tokio::time::sleep(NO_CONNECTION).await;
        }
        Some(interaction)
    }
}
