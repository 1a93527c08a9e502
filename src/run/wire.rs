//! Sending, within the limits of the run.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;

use super::latency::Histogram;
use super::wait::Waits;
use super::{EndedEarly, RunSettings, StopHandle, Traffic};
use crate::case::Request;
use crate::http::{Client, Interaction, NoAnswerKind};

/// A target that leaves this many requests in a row without a connection is gone.
const LOST_CONNECTIONS: u32 = 3;

/// A run is not worth waiting for more requests without an answer in time than this.
const MOST_UNANSWERED: u32 = 60;

/// The client, with what the run may still spend.
pub(super) struct Wire<'w> {
    client: &'w Client,
    settings: &'w RunSettings,
    started: Instant,
    planned: Cell<u64>,
    adaptive: Cell<u64>,
    lost: Cell<u32>,
    unanswered: Cell<u32>,
    pub(super) waits: Waits,
    answered: Cell<bool>,
    ended: RefCell<Option<EndedEarly>>,
    latency: RefCell<Histogram>,
}

impl<'w> Wire<'w> {
    pub(super) fn new(client: &'w Client, settings: &'w RunSettings) -> Self {
        Self {
            client,
            settings,
            started: Instant::now(),
            planned: Cell::new(0),
            adaptive: Cell::new(0),
            lost: Cell::new(0),
            unanswered: Cell::new(0),
            waits: Waits::default(),
            answered: Cell::new(false),
            ended: RefCell::new(None),
            latency: RefCell::default(),
        }
    }

    /// What was sent so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            planned: self.planned.get(),
            adaptive: self.adaptive.get(),
            elapsed: self.started.elapsed(),
        }
    }

    /// What is left of the time of the whole run.
    pub(super) fn time_left(&self) -> Duration {
        self.settings.max_time.saturating_sub(self.started.elapsed())
    }

    /// What ends the run from outside.
    pub(super) fn stop(&self) -> &StopHandle {
        &self.settings.stop
    }

    /// Why nothing more is sent, once that is so.
    pub(super) fn ended(&self) -> Option<EndedEarly> {
        self.ended.borrow().clone()
    }

    /// Sends nothing more, for this reason; the first reason stays.
    pub(super) fn end(&self, why: EndedEarly) {
        self.ended.borrow_mut().get_or_insert(why);
    }

    /// Takes the latencies collected so far.
    pub(super) fn take_latency(&self) -> Histogram {
        std::mem::take(&mut self.latency.borrow_mut())
    }

    /// Whether the run's limits leave room for one more request.
    pub(super) fn may_send(&self) -> bool {
        if self.settings.stop.is_stopped() {
            self.end(EndedEarly::Interrupted);
        }
        if self.ended.borrow().is_some() {
            return false;
        }
        if self.started.elapsed() >= self.settings.max_time {
            self.end(EndedEarly::TimeSpent);
            return false;
        }
        if self.settings.max_requests.is_some_and(|most| self.traffic().requests() >= most) {
            self.end(EndedEarly::RequestsSpent);
            return false;
        }
        true
    }

    /// Sends requests of the plan, several at once, and hands on each answer as it comes.
    ///
    /// A request that can't be sent any more is handed on as `None`.
    pub(super) async fn send_planned<'r>(
        &self,
        requests: impl Iterator<Item = (usize, &'r Request)>,
        mut each: impl FnMut(usize, Option<Interaction>),
    ) {
        let sending = requests.map(|(index, request)| async move {
            if !self.may_send() {
                return (index, None);
            }
            self.planned.set(self.planned.get() + 1);
            (index, self.unless_stopped(self.client.send(request)).await)
        });
        let mut answers = stream::iter(sending).buffer_unordered(self.settings.concurrency.max(1));
        while let Some((index, interaction)) = answers.next().await {
            each(index, interaction);
        }
    }

    /// Sends one request, alone, on a kept connection or on one of its own.
    pub(super) async fn send_one(
        &self,
        request: &Request,
        is_fresh: bool,
        is_planned: bool,
    ) -> Option<Interaction> {
        if !self.may_send() {
            return None;
        }
        let counter = if is_planned { &self.planned } else { &self.adaptive };
        counter.set(counter.get() + 1);
        if is_fresh {
            self.unless_stopped(self.client.send_fresh(request)).await
        } else {
            self.unless_stopped(self.client.send(request)).await
        }
    }

    /// Sends all requests at once. Connections that are refused then are no sign of a target that
    /// is gone.
    pub(super) async fn send_at_once(
        &self,
        requests: &[&Request],
        is_planned: bool,
    ) -> Vec<Option<Interaction>> {
        let sending = requests.iter().map(|request| async {
            if !self.may_send() {
                return None;
            }
            let counter = if is_planned { &self.planned } else { &self.adaptive };
            counter.set(counter.get() + 1);
            tokio::select! {
                interaction = self.client.send(request) => {
                    if interaction.result.is_ok() {
                        self.note(&interaction);
                    }
                    Some(interaction)
                }
                () = self.settings.stop.stopped() => {
                    self.end(EndedEarly::Interrupted);
                    None
                }
            }
        });
        futures_util::future::join_all(sending).await
    }

    /// Sends a request beside the plan, alone.
    pub(super) async fn send_again(&self, request: &Request) -> Option<Interaction> {
        if !self.may_send() {
            return None;
        }
        self.adaptive.set(self.adaptive.get() + 1);
        self.unless_stopped(self.client.send(request)).await
    }

    /// Sends a request beside the plan, alone and on a connection of its own.
    pub(super) async fn send_fresh(&self, request: &Request) -> Option<Interaction> {
        if !self.may_send() {
            return None;
        }
        self.adaptive.set(self.adaptive.get() + 1);
        self.unless_stopped(self.client.send_fresh(request)).await
    }

    /// The answer, unless the run is ended from outside before it comes.
    async fn unless_stopped(
        &self,
        sending: impl Future<Output = Interaction>,
    ) -> Option<Interaction> {
        tokio::select! {
            interaction = sending => {
                self.note(&interaction);
                Some(interaction)
            }
            () = self.settings.stop.stopped() => {
                self.end(EndedEarly::Interrupted);
                None
            }
        }
    }

    fn note(&self, interaction: &Interaction) {
        match &interaction.result {
            Ok(_) => {
                self.answered.set(true);
                self.lost.set(0);
                self.latency.borrow_mut().add(interaction.elapsed);
            }
            Err(failure) if failure.kind == NoAnswerKind::Connect => {
                self.lost.set(self.lost.get() + 1);
                if self.lost.get() >= LOST_CONNECTIONS {
                    self.end(EndedEarly::NotConnected {
                        detail: failure.detail.clone(),
                        answered_before: self.answered.get(),
                    });
                }
            }
            Err(failure) if failure.kind == NoAnswerKind::Timeout => {
                self.unanswered.set(self.unanswered.get() + 1);
                if self.unanswered.get() >= MOST_UNANSWERED {
                    self.end(EndedEarly::Unanswered);
                }
            }
            Err(_) => self.lost.set(0),
        }
    }
}
