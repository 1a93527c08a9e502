//! How many connections a server holds and serves.

use std::io::ErrorKind;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::timeout_at;

use super::{Client, Interaction, Target};
use crate::case::Request;

/// The least time in which a server shows that it refuses a connection that it took.
const LEAST: Duration = Duration::from_millis(100);

/// So many times as long as connecting took, where that is longer.
const ROUND_TRIPS: u32 = 3;

impl Client {
    /// Sends a request on a fresh connection, beside those that are kept, and whether the server serves
    /// one connection at a time: another only once the first is closed, however long it is idle. From
    /// then on idle ones are closed before another is opened.
    ///
    /// `request` is one that was answered on a kept connection. It is not answered again within `limit`
    /// on a fresh one, but is once the kept one is closed, and all that a second time.
    pub async fn find_turns(&self, limit: Duration, request: &Request) -> (Interaction, bool) {
        let beside = self.send_alone_within(limit, request).await;
        let is_in_turn = !self.has_proxy()
            && beside.is_late()
            && self.serves_once_closed(limit, request).await
            && self.send_within(limit, request).await.result.is_ok()
            && self.send_alone_within(limit, request).await.is_late()
            && self.serves_once_closed(limit, request).await;
        self.in_turn.store(is_in_turn, Ordering::Relaxed);
        (beside, is_in_turn)
    }

    /// Whether a request is answered on a fresh connection once idle ones, of which there are some,
    /// are closed.
    async fn serves_once_closed(&self, limit: Duration, request: &Request) -> bool {
        self.close_idle().await && self.send_alone_within(limit, request).await.result.is_ok()
    }

    /// Whether the server holds so many connections at once, as long as nothing is sent on them.
    ///
    /// One that closes some of them refuses connections, whatever requests would go out on them.
    /// True where a proxy stands in between, which is all that could be asked.
    pub async fn holds(&self, connections: usize) -> bool {
        if self.has_proxy() {
            return true;
        }
        let opening = (0..connections).map(|_| open(self.target(), self.timeout()));
        let begun = Instant::now();
        let opened = join_all(opening).await;
        let deadline = Instant::now() + LEAST.max(begun.elapsed() * ROUND_TRIPS);
        let held = opened.iter().map(async |stream| match stream {
            Some(stream) => {
                let closed = async {
                    let _ = stream.readable().await;
                    // A server that speaks first is there.
                    match stream.try_read(&mut [0]) {
                        Ok(read) => read == 0,
                        Err(error) => error.kind() != ErrorKind::WouldBlock,
                    }
                };
                !matches!(timeout_at(deadline.into(), closed).await, Ok(true))
            }
            None => false,
        });
        join_all(held).await.into_iter().all(|is_held| is_held)
    }
}

async fn open(target: &Target, limit: Duration) -> Option<TcpStream> {
    let opening = TcpStream::connect(target.authority());
    tokio::time::timeout(limit, opening).await.ok()?.ok()
}
