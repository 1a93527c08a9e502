//! Targets that serve few connections at once.

use super::Wire;
use crate::case::Request;
use crate::http::Interaction;

/// Requests of a plan for each one that is spent on finding this out, at least.
const PART: u64 = 4;

/// How often a request must be held up behind idle connections, and not without them, once that was seen.
const AGAIN: usize = 2;

/// The connection that a request is to go out on.
#[derive(Clone, Copy)]
enum On {
    Kept,
    Another,
    Fresh,
}

impl Wire<'_> {
    /// Finds out, once, whether the target serves fewer connections than are to be used, and another only
    /// once one of those is closed, however long it is idle: requests on more would wait until they are
    /// late. `plain` is a request that was answered on a kept connection; returns what becomes of it on
    /// others.
    pub(in crate::run) async fn find_places(&self, plain: &Request) -> Vec<Interaction> {
        if self.knows_places.replace(true) {
            return Vec::new();
        }
        let mut sent = Vec::new();
        let places = self.find(plain, &mut sent).await.flatten();
        if let Some(places) = places {
            self.client.be_sparing();
            self.gate.narrow(places);
        }
        sent
    }

    /// The number of connections, where it is known to be below what is to be used; `None` where nothing
    /// more may be sent.
    async fn find(&self, plain: &Request, sent: &mut Vec<Interaction>) -> Option<Option<usize>> {
        let beside = self.send_soon(plain, On::Fresh).await?;
        let waits = self.patience.is_held_up(&beside);
        sent.push(beside);
        if self.client.has_proxy() {
            return Some(None);
        }
        if waits {
            return Some(self.serves_behind(1, plain).await?.then_some(1));
        }
        let most = self.settings.concurrency.max(self.settings.most_at_once());
        // A slow target would work on what nobody waits for any more when the plan's requests come.
        let most = most.min(self.patience.fitting());
        if self.is_too_much(most) {
            return Some(None);
        }
        let sending = (0..most).map(|_| self.send_soon(plain, On::Kept));
        let at_once = futures_util::future::join_all(sending).await;
        let are_held_up = at_once.iter().flatten().any(|sent| self.patience.is_held_up(sent));
        sent.extend(at_once.into_iter().flatten());
        if are_held_up { self.places(most, plain).await } else { Some(None) }
    }

    /// Whether a run is not worth so many requests to find this out, or can't: the HTTP library sees to
    /// connections itself.
    fn is_too_much(&self, requests: usize) -> bool {
        let requests = u64::try_from(requests).unwrap_or(u64::MAX);
        self.settings.max_requests.is_some()
            || self.pacer.is_some()
            || self.client.target().is_https()
            || self.expected < requests.saturating_mul(PART)
    }

    /// The number of idle connections behind which one more isn't served, where it is below `most`.
    ///
    /// They are opened one after the other: that requests at once are not answered is no matter of
    /// connections.
    async fn places(&self, most: usize, plain: &Request) -> Option<Option<usize>> {
        self.client.close_idle().await;
        for places in 0..most {
            let another = self.send_soon(plain, On::Another).await?;
            if self.patience.is_held_up(&another) {
                let is_so = places > 0 && self.serves_behind(places, plain).await?;
                return Some(is_so.then_some(places));
            }
        }
        Some(None)
    }

    /// Whether a request that is held up behind so many idle connections is answered at once when these
    /// are closed, and all that as often as makes it no chance.
    async fn serves_behind(&self, connections: usize, plain: &Request) -> Option<bool> {
        if !self.serves_once_closed(plain).await? {
            return Some(false);
        }
        for _ in 0..AGAIN {
            for _ in 0..connections {
                let another = self.send_soon(plain, On::Another).await?;
                if !self.is_answered_at_once(&another) {
                    return Some(false);
                }
            }
            let beside = self.send_soon(plain, On::Fresh).await?;
            if !self.patience.is_held_up(&beside) || !self.serves_once_closed(plain).await? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether a request is answered at once on a fresh connection when idle ones, of which there are
    /// some, are closed.
    async fn serves_once_closed(&self, plain: &Request) -> Option<bool> {
        if !self.client.close_idle().await {
            return Some(false);
        }
        let fresh = self.send_soon(plain, On::Fresh).await?;
        Some(self.is_answered_at_once(&fresh))
    }

    fn is_answered_at_once(&self, interaction: &Interaction) -> bool {
        interaction.result.is_ok() && !self.patience.is_held_up(interaction)
    }

    /// Sends a request beside the plan, and gives it what an answer that comes at all needs. It says
    /// nothing of the target's health.
    async fn send_soon(&self, request: &Request, on: On) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        let limit = self.patience.ample(self.client.timeout());
        let sending = async {
            match on {
                On::Kept => self.client.send_within(limit, request).await,
                On::Another => self.client.send_on_another(limit, request).await,
                On::Fresh => self.client.send_alone_within(limit, request).await,
            }
        };
        self.within_limits(sending).await
    }
}
