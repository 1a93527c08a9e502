//! Sending, within the limits of the run.

mod health;
mod places;
mod planned;
mod round;
mod send;

pub(super) use send::Rested;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use super::latency::Histogram;
use super::load::Gate;
use super::patience::Patience;
use super::rate::Pacer;
use super::wait::Waits;
use super::{ConcurrencyChange, EndedEarly, Load, RunSettings, StopHandle, Traffic};
use crate::check::Reason;
use crate::http::{Client, NoAnswer};

/// Answers to a burst take no more space than this, in bytes.
const MOST_HELD: usize = 16 << 20;

/// A target is quick nine of ten of whose answers take so many times less than the whole limit.
const QUICK: u32 = 10;

/// A request of the plan whose answer came too late.
pub(super) struct Late {
    /// Its number among those that were handed in with it.
    pub(super) index: usize,
    /// What came of it.
    pub(super) failure: NoAnswer,
}

/// The client, with what the run may still spend.
pub(super) struct Wire<'w> {
    client: &'w Client,
    settings: &'w RunSettings,
    started: Instant,
    /// How many requests the whole plan has, about.
    expected: u64,
    planned: Cell<u64>,
    adaptive: Cell<u64>,
    lost: Cell<u32>,
    /// Requests in a row that a closed connection left without an answer.
    closed: Cell<u32>,
    unanswered: Cell<u32>,
    /// The first request of those under way whose answer came too late.
    doubt: RefCell<Option<Late>>,
    doubts: Cell<u32>,
    /// Requests of the plan whose answers came too late.
    late: Cell<u32>,
    /// Answers that came too late, each at a moment of its own, and at once when asked for again.
    pub(super) lapses: Cell<u32>,
    starved: Cell<u32>,
    /// Requests of earlier operations that were sent a second time.
    reconnects: Cell<u64>,
    pub(super) waits: Waits,
    knows_places: Cell<bool>,
    /// The body of the largest answer so far, in bytes.
    largest: Cell<usize>,
    answered: Cell<Option<Instant>>,
    ended: RefCell<Option<EndedEarly>>,
    latency: RefCell<Histogram>,
    pub(super) patience: Patience,
    pacer: Option<Pacer>,
    gate: Gate,
}

impl<'w> Wire<'w> {
    pub(super) fn new(client: &'w Client, settings: &'w RunSettings, expected: u64) -> Self {
        Self {
            client,
            settings,
            started: Instant::now(),
            expected,
            planned: Cell::new(0),
            adaptive: Cell::new(0),
            lost: Cell::new(0),
            closed: Cell::new(0),
            unanswered: Cell::new(0),
            doubt: RefCell::default(),
            doubts: Cell::new(0),
            late: Cell::new(0),
            lapses: Cell::new(0),
            starved: Cell::new(0),
            reconnects: Cell::new(0),
            waits: Waits::default(),
            knows_places: Cell::new(false),
            largest: Cell::new(0),
            answered: Cell::new(None),
            ended: RefCell::new(None),
            latency: RefCell::default(),
            patience: Patience::default(),
            pacer: settings.rate.map(Pacer::new),
            gate: Gate::new(settings.concurrency),
        }
    }

    /// What was sent so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            planned: self.planned.get(),
            adaptive: self.adaptive.get() + self.client.reconnects(),
            elapsed: self.started.elapsed(),
        }
    }

    /// Whether any request was answered.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.get().is_some()
    }

    /// What is left of the time of the whole run.
    pub(super) fn time_left(&self) -> Duration {
        let begun = self.settings.begun.unwrap_or(self.started);
        self.settings.max_time.saturating_sub(begun.elapsed())
    }

    /// What ends the run from outside.
    pub(super) fn stop(&self) -> &StopHandle {
        &self.settings.stop
    }

    /// The longest time for one answer.
    pub(super) fn timeout(&self) -> Duration {
        self.client.timeout()
    }

    /// Whether the target holds so many connections at once, beside no idle ones.
    pub(super) async fn holds(&self, connections: usize) -> bool {
        self.client.close_idle().await;
        self.client.holds(connections).await
    }

    /// The most requests at once in a burst: fewer where answers are large, as all of them are held.
    pub(super) fn most_at_once(&self) -> usize {
        let most = self.gate.load().connections.unwrap_or_else(|| self.settings.most_at_once());
        most.min(MOST_HELD / self.largest.get().max(1)).max(1)
    }

    /// Closes the kept connections that are idle.
    pub(super) async fn close_idle(&self) {
        self.client.close_idle().await;
    }

    /// Why nothing more is sent, once that is so.
    pub(super) fn ended(&self) -> Option<EndedEarly> {
        self.ended.borrow().clone()
    }

    /// Why what is not sent any more decides nothing.
    pub(super) fn why_unsent(&self) -> Reason {
        match *self.ended.borrow() {
            Some(EndedEarly::ControlRefused { .. }) => Reason::ControlRefused,
            _ => Reason::RunEnded,
        }
    }

    /// Sends nothing more, for this reason; the first reason stays.
    pub(super) fn end(&self, why: EndedEarly) {
        self.ended.borrow_mut().get_or_insert(why);
    }

    /// Goes on with another operation, where the plain valid request of one was refused: that says
    /// nothing of others. Returns why the run had ended.
    pub(super) fn go_on(&self) -> Option<EndedEarly> {
        let mut ended = self.ended.borrow_mut();
        if matches!(*ended, Some(EndedEarly::ControlRefused { .. })) { ended.take() } else { None }
    }

    /// What was learned of the target's load.
    pub(super) fn load(&self) -> Load {
        Load {
            waited_ms: milliseconds(self.waits.total()),
            reconnects: self.client.reconnects(),
            own_lateness_ms: milliseconds(self.client.lateness().total()),
            ..self.gate.load()
        }
    }

    /// The changes of the number of requests at once, since they were last asked for.
    pub(super) fn take_changes(&self) -> Vec<ConcurrencyChange> {
        self.gate.take_changes()
    }

    /// Begins with another operation.
    pub(super) fn begin_operation(&self) {
        self.gate.begin_operation();
    }

    /// What can be said of the latencies collected so far.
    pub(super) fn latency_so_far<T>(&self, of: impl FnOnce(&Histogram) -> T) -> T {
        of(&self.latency.borrow())
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
        if self.time_left().is_zero() {
            self.end(EndedEarly::TimeSpent);
            return false;
        }
        if self.settings.max_requests.is_some_and(|most| self.traffic().requests() >= most) {
            self.end(EndedEarly::RequestsSpent);
            return false;
        }
        true
    }

    /// A request whose answer came too late, where it is not known yet whether such answers ever come:
    /// there the sending of the plan stopped.
    pub(super) fn take_doubt(&self) -> Option<Late> {
        self.doubt.take()
    }

    /// Whether the target is quick, as far as it answers at all, and takes as many requests at once as
    /// it is sent: it has no reason for being late.
    pub(super) fn is_quick(&self) -> bool {
        let usual = self.latency_so_far(|latencies| latencies.at(90));
        usual.is_some_and(|usual| usual * QUICK <= self.timeout())
            && self.gate.load().connections.is_none()
    }

    /// How many requests of this operation were sent a second time, since the connection that they were
    /// sent on was closed.
    pub(super) fn take_reconnects(&self) -> u64 {
        let all = self.client.reconnects();
        all - self.reconnects.replace(all)
    }

    /// At how many moments of the run that happened.
    pub(super) fn reconnect_moments(&self) -> u64 {
        self.client.reconnect_moments()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
