//! Targets that serve one connection at a time.

use super::Wire;
use crate::case::Request;
use crate::http::Interaction;

impl Wire<'_> {
    /// Finds out, once, whether the target serves one connection at a time, and another only once the
    /// first is closed, however long it is idle: requests at once would wait for each other until they
    /// are late. `plain` is a request that was answered on a kept connection; returns what becomes of
    /// it on a fresh one beside that.
    ///
    /// It is not answered there in ample time, but is once the kept one is closed, and all that a second
    /// time.
    pub(in crate::run) async fn find_turns(&self, plain: &Request) -> Option<Interaction> {
        if self.knows_turns.replace(true) {
            return None;
        }
        let beside = self.send_soon(plain, true).await?;
        if !self.client.has_proxy()
            && beside.is_late()
            && self.serves_once_closed(plain).await?
            && self.send_soon(plain, false).await?.result.is_ok()
            && self.send_soon(plain, true).await?.is_late()
            && self.serves_once_closed(plain).await?
        {
            self.client.take_turns();
            self.gate.narrow();
        }
        Some(beside)
    }

    /// Whether a request is answered on a fresh connection once idle ones, of which there are some,
    /// are closed.
    async fn serves_once_closed(&self, plain: &Request) -> Option<bool> {
        if !self.client.close_idle().await {
            return Some(false);
        }
        Some(self.send_soon(plain, true).await?.result.is_ok())
    }

    /// Sends a request beside the plan, alone, and gives it what an answer that comes at all needs. It
    /// says nothing of the target's health.
    async fn send_soon(&self, request: &Request, is_fresh: bool) -> Option<Interaction> {
        if !self.is_my_turn().await {
            return None;
        }
        self.count(false);
        let limit = self.patience.ample(self.client.timeout());
        if is_fresh {
            self.within_limits(self.client.send_alone_within(limit, request)).await
        } else {
            self.within_limits(self.client.send_within(limit, request)).await
        }
    }
}
