//! A front that does as it likes with some requests, and passes the others on to a faithful server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::background::Background;
use super::servers::{Hostile, Then};
use crate::opponents::{Opponent, Traits};
use crate::socket::read_request;

/// Nothing that is endless goes on for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// Which requests are treated badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victims {
    /// All of them.
    All,
    /// Those whose body is an object without `user_id`.
    OneKind,
}

/// A running front; it stops when it is dropped.
pub(crate) struct Front {
    server: Background,
    _elsewhere: Background,
    /// Connections to another host that some answers point to.
    visits: Arc<AtomicUsize>,
    _upstream: Opponent,
}

impl Front {
    pub(crate) fn start(hostile: &'static Hostile, victims: Victims) -> Self {
        // Bombs are made before anybody waits for one: that takes seconds.
        drop((hostile.first)(""));
        let visits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&visits);
        let elsewhere = Background::start(move |socket| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { drop(socket) }
        });
        let upstream = Opponent::start(Traits::FAITHFUL);
        let address = upstream.uri().trim_start_matches("http://").to_owned();
        let other = elsewhere.uri();
        let server = Background::start(move |socket| {
            let (address, other) = (address.clone(), other.clone());
            async move {
                let served = serve(socket, hostile, victims, &address, &other);
                let _ = tokio::time::timeout(LONGEST, served).await;
            }
        });
        Self { server, _elsewhere: elsewhere, visits, _upstream: upstream }
    }

    pub(crate) fn uri(&self) -> String {
        self.server.uri()
    }

    /// How many connections were made to the host that redirections point to.
    pub(crate) fn visits_elsewhere(&self) -> usize {
        self.visits.load(Ordering::Relaxed)
    }
}

async fn serve(
    mut socket: TcpStream,
    hostile: &Hostile,
    victims: Victims,
    upstream: &str,
    elsewhere: &str,
) {
    if victims == Victims::All && hostile.then == Then::CloseUnread {
        return;
    }
    while let Some(request) = read_request(&mut socket).await {
        let is_victim = victims == Victims::All || is_of_the_kind(&request);
        if is_victim {
            let first = (hostile.first)(elsewhere);
            if socket.write_all(&first).await.is_err() || !go_on(&mut socket, hostile.then).await {
                return;
            }
        } else {
            let Some(answer) = passed_on(upstream, &request).await else { return };
            if socket.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

/// Whether the body is an object without `user_id`.
fn is_of_the_kind(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let (_, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    body.starts_with("{\"instance_ids\"") && !body.contains("user_id")
}

/// What comes behind the first bytes; whether the connection goes on.
async fn go_on(socket: &mut TcpStream, then: Then) -> bool {
    match then {
        Then::GoOn => return true,
        Then::Close | Then::CloseUnread => {}
        Then::Reset => socket.set_zero_linger().expect("a socket option"),
        Then::Hang => {
            // The client gives up first; its closing ends the wait.
            while read_request(socket).await.is_some() {}
        }
        Then::Repeat(bytes) => while socket.write_all(bytes).await.is_ok() {},
        Then::Drip(bytes) => {
            while socket.write_all(bytes).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    false
}

async fn passed_on(upstream: &str, request: &[u8]) -> Option<Vec<u8>> {
    let mut socket = TcpStream::connect(upstream).await.ok()?;
    socket.write_all(request).await.ok()?;
    // It frames its answers like requests: a head, and a body of the length said there.
    read_request(&mut socket).await
}
