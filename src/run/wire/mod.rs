//! Sending, within the limits of the run.

mod places;
mod planned;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use super::latency::Histogram;
use super::load::Gate;
use super::patience::Patience;
use super::rate::Pacer;
use super::wait::Waits;
use super::{ConcurrencyChange, EndedEarly, Load, RunSettings, StopHandle, Traffic};
use crate::case::Request;
use crate::check::Reason;
use crate::http::{Client, Interaction, NoAnswer, NoAnswerKind};

/// A target that leaves this many requests in a row without a connection is gone.
const LOST_CONNECTIONS: u32 = 3;

/// Unless it answered another request within this: it may take few connections at once,
const CROWDED: Duration = Duration::from_millis(500);

/// or be started anew. Then nothing is sent for a while,
const RESTART: Duration = Duration::from_millis(600);

/// and it is gone once that took longer than this.
const GONE: Duration = Duration::from_secs(5);

/// A run is not worth waiting for more requests without an answer in time than this,
const MOST_UNANSWERED: u32 = 60;

/// or, once it is known that some answers never come and they are given little time, than this.
const MOST_UNANSWERED_SOON: u32 = 600;

/// Nor for more in a row during which our own event loop was late all the time.
const MOST_STARVED: u32 = 40;

/// Answers to a burst take no more space than this, in bytes.
const MOST_HELD: usize = 16 << 20;

/// A target is quick nine of ten of whose answers take so many times less than the whole limit.
const QUICK: u32 = 10;

/// What requests under way are given once the run is to end.
const DRAIN: Duration = Duration::from_secs(2);

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

    /// Sends one request, alone, on a kept connection or on one of its own; like those of the plan it is
    /// given less time once it is known that some answers never come.
    pub(super) async fn send_one(
        &self,
        request: &Request,
        is_fresh: bool,
        is_planned: bool,
    ) -> Option<Interaction> {
        self.send_counted(request, is_fresh, is_planned, self.patience.limit(self.timeout())).await
    }

    /// Sends one request on a kept connection that rested for so long, and never once more; whether it
    /// went out on one that had carried an answer before, and was closed without a byte.
    pub(super) async fn send_rested(
        &self,
        request: &Request,
        rest: Duration,
    ) -> Option<(Interaction, bool)> {
        tokio::time::sleep(rest.min(self.time_left())).await;
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        let sending = self.client.send_once_within(self.timeout(), request);
        let (interaction, was_kept) = self.within_limits(sending).await?;
        self.note(&interaction);
        Some((interaction, was_kept))
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

    async fn send_counted(
        &self,
        request: &Request,
        is_fresh: bool,
        is_planned: bool,
        limit: Duration,
    ) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(is_planned);
        if is_fresh {
            self.unless_cut_off(self.client.send_fresh_within(limit, request)).await
        } else {
            self.unless_cut_off(self.client.send_within(limit, request)).await
        }
    }

    /// Sends all requests at once, on kept connections or each on one of its own: where there is a
    /// rate they have their turns first. Connections that are refused then are no sign of a target
    /// that is gone.
    pub(super) async fn send_at_once(
        &self,
        requests: &[&Request],
        is_fresh: bool,
        is_planned: bool,
    ) -> Vec<Option<Interaction>> {
        let mut turns = 0;
        while turns < requests.len() && self.is_my_turn().await {
            turns += 1;
        }
        let sending = requests.iter().enumerate().map(|(index, request)| async move {
            if index >= turns || !self.may_send() {
                return None;
            }
            self.count(is_planned);
            let interaction = if is_fresh {
                self.within_limits(self.client.send_alone(request)).await?
            } else {
                self.within_limits(self.client.send(request)).await?
            };
            if !interaction.is_unconnected() {
                self.note(&interaction);
            }
            Some(interaction)
        });
        futures_util::future::join_all(sending).await
    }

    /// Sends a request beside the plan, alone, that nothing but the look of a finding depends on.
    pub(super) async fn send_to_reduce(&self, request: &Request) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        self.unless_cut_off(self.send_patiently(request)).await
    }

    async fn send_patiently(&self, request: &Request) -> Interaction {
        self.client.send_within(self.patience.limit(self.client.timeout()), request).await
    }

    fn count(&self, is_planned: bool) {
        let counter = if is_planned { &self.planned } else { &self.adaptive };
        counter.set(counter.get() + 1);
    }

    /// Sends a request beside the plan, alone, and gives it all the time there is.
    pub(super) async fn send_again(&self, request: &Request) -> Option<Interaction> {
        self.send_counted(request, false, false, self.timeout()).await
    }

    /// The same, on a connection of its own.
    pub(super) async fn send_fresh(&self, request: &Request) -> Option<Interaction> {
        self.send_counted(request, true, false, self.timeout()).await
    }

    /// Waits until the rate allows one more request; false where none may be sent any more.
    async fn is_my_turn(&self) -> bool {
        if let Some(pacer) = &self.pacer
            && self.may_send()
        {
            tokio::select! {
                () = pacer.turn() => {}
                () = self.settings.stop.stopped() => {}
                () = tokio::time::sleep(self.time_left()) => {}
            }
        }
        while let Some(left) = self.waits.left() {
            // Where it may wait no longer, it is seen to what comes of the request.
            if !self.pause(left).await {
                break;
            }
        }
        self.may_send()
    }

    /// The answer, and what it says of the target's health.
    async fn unless_cut_off(
        &self,
        sending: impl Future<Output = Interaction>,
    ) -> Option<Interaction> {
        let interaction = self.within_limits(sending).await?;
        self.note(&interaction);
        Some(interaction)
    }

    /// The answer, unless the run's time is over before it comes, or the run is ended from outside
    /// and it doesn't come soon.
    async fn within_limits<T>(&self, sending: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            sent = sending => Some(sent),
            () = self.cut_off() => None,
        }
    }

    /// Waits until nothing that is under way may be waited for any longer, and ends the run.
    async fn cut_off(&self) {
        let drained = async {
            self.settings.stop.stopped().await;
            tokio::time::sleep(DRAIN).await;
        };
        let why = tokio::select! {
            () = drained => EndedEarly::Interrupted,
            () = tokio::time::sleep(self.time_left()) => EndedEarly::TimeSpent,
        };
        self.end(why);
    }

    /// Sees to the target's load. Once it is known that some answers never come, one more of them is
    /// no sign of it.
    fn watch(&self, interaction: &Interaction) {
        if !(interaction.is_late() && self.patience.is_certain()) {
            self.gate.watch(interaction);
        }
    }

    fn note(&self, interaction: &Interaction) {
        self.gate.count(interaction);
        match &interaction.result {
            Ok(answer) => {
                self.largest.set(self.largest.get().max(answer.body.len()));
                self.answered.set(Some(Instant::now()));
                self.lost.set(0);
                self.starved.set(0);
                self.waits.note(answer);
                self.latency.borrow_mut().add(interaction.elapsed);
                self.patience.note(interaction.elapsed);
            }
            Err(failure) if failure.kind == NoAnswerKind::Connect => {
                self.lost.set(self.lost.get() + 1);
                let since = self.answered.get().map_or(Duration::MAX, |at| at.elapsed());
                if self.lost.get() >= LOST_CONNECTIONS && (CROWDED..GONE).contains(&since) {
                    self.waits.hold(RESTART);
                } else if self.lost.get() >= LOST_CONNECTIONS && since >= GONE {
                    self.end(EndedEarly::NotConnected {
                        detail: failure.detail.clone(),
                        answered_before: self.answered.get().is_some(),
                    });
                }
            }
            Err(NoAnswer { kind: NoAnswerKind::Untrusted(fault), detail }) => {
                self.end(EndedEarly::Untrusted {
                    fault: *fault,
                    detail: detail.clone(),
                    answered_before: self.answered.get().is_some(),
                });
            }
            Err(failure) if failure.kind == NoAnswerKind::Starved => {
                self.starved.set(self.starved.get() + 1);
                if self.starved.get() >= MOST_STARVED {
                    self.end(EndedEarly::Starved);
                }
            }
            Err(failure) if failure.kind == NoAnswerKind::Timeout => {
                self.unanswered.set(self.unanswered.get() + 1);
                let most =
                    if self.patience.is_lost() { MOST_UNANSWERED_SOON } else { MOST_UNANSWERED };
                if self.unanswered.get() >= most {
                    self.end(EndedEarly::Unanswered);
                }
            }
            Err(_) => self.lost.set(0),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
