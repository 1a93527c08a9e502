//! How many connections a server holds, before anything is sent on them.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::timeout_at;

use super::{Client, Target};

/// The least time in which a server shows that it refuses a connection that it took.
const LEAST: Duration = Duration::from_millis(100);

/// So many times as long as connecting took, where that is longer.
const ROUND_TRIPS: u32 = 3;

impl Client {
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
