//! Requests one by one, or all at once, within the limits of the run.

use std::time::Duration;

use super::Wire;
use crate::case::Request;
use crate::http::Interaction;
use crate::run::EndedEarly;

/// What requests under way are given once the run is to end.
const DRAIN: Duration = Duration::from_secs(2);

/// What became of a request behind a rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Rested {
    /// It went out on the connection that had rested.
    Kept,
    /// That connection was open, and was closed without a byte once the request was sent.
    Dropped,
    /// That connection was closed during the rest.
    Expired,
}

impl Wire<'_> {
    /// Sends one request, alone, on a kept connection or on one of its own; like those of the plan it is
    /// given less time once it is known that some answers never come.
    pub(in crate::run) async fn send_one(
        &self,
        request: &Request,
        is_fresh: bool,
        is_planned: bool,
    ) -> Option<Interaction> {
        self.send_counted(request, is_fresh, is_planned, self.patience.limit(self.timeout())).await
    }

    /// Sends one request on a kept connection that rested for so long, and never once more. `None` where
    /// nothing more may be sent, or it isn't known which connection that would be.
    pub(in crate::run) async fn send_rested(
        &self,
        request: &Request,
        rest: Duration,
    ) -> Option<Rested> {
        tokio::time::sleep(rest.min(self.time_left())).await;
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        let is_open = self.client.has_open()?;
        let sending = self.client.send_once_within(self.timeout(), request);
        let (interaction, was_closed) = self.within_limits(sending).await?;
        self.note(&interaction);
        Some(match (is_open, was_closed) {
            (true, true) => Rested::Dropped,
            (true, false) => Rested::Kept,
            (false, _) => Rested::Expired,
        })
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
    pub(in crate::run) async fn send_at_once(
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
    pub(in crate::run) async fn send_to_reduce(&self, request: &Request) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        self.unless_cut_off(self.send_patiently(request)).await
    }

    pub(super) fn send_patiently(&self, request: &Request) -> impl Future<Output = Interaction> {
        self.client.send_within(self.patience.limit(self.client.timeout()), request)
    }

    pub(super) fn count(&self, is_planned: bool) {
        let counter = if is_planned { &self.planned } else { &self.adaptive };
        counter.set(counter.get() + 1);
    }

    /// Sends a request beside the plan, alone, and gives it all the time there is.
    pub(in crate::run) async fn send_again(&self, request: &Request) -> Option<Interaction> {
        self.send_counted(request, false, false, self.timeout()).await
    }

    /// The same, on a connection of its own.
    pub(in crate::run) async fn send_fresh(&self, request: &Request) -> Option<Interaction> {
        self.send_counted(request, true, false, self.timeout()).await
    }

    /// Waits until the rate allows one more request; false where none may be sent any more.
    pub(super) async fn is_my_turn(&self) -> bool {
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
    pub(super) async fn within_limits<T>(&self, sending: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            sent = sending => Some(sent),
            () = self.cut_off() => None,
        }
    }

    /// Waits until nothing that is under way may be waited for any longer, and ends the run.
    pub(super) async fn cut_off(&self) {
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
}
