//! Keeps wiremock from keeping every request.
//!
//! A mounted mock holds a copy of each request that it matched, also where requests are not
//! recorded. So the mock is taken down and mounted anew from time to time. A request
//! that came in between would be answered with an empty 404, so both are put into the queue for
//! wiremock's lock, one right behind the other, while a request that is being answered holds it.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::{future, thread};

use futures_util::future::join;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::incoming::Incoming;
use super::service::Service;

/// What a mock may keep, in bytes, before another is mounted. wiremock counts how often that was in 16
/// bits.
const KEPT: usize = 8 << 20;

/// What a request takes beside its body: its URL and its headers.
const HEAD: usize = 8 << 10;

/// The service as what a mock answers with, and whom to ask for another mock.
struct Answering {
    service: Service,
    /// What the mounted mock keeps.
    kept: AtomicUsize,
    keeper: Sender<Queued>,
}

/// Is dropped once the next mock stands in the queue.
struct Queued(#[expect(dead_code, reason = "what waits for it is told by its end")] Sender<()>);

/// What every mock of one server shares.
struct Shared(Arc<Answering>);

impl Respond for Shared {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let size = HEAD + request.body.len();
        // Requests are answered one at a time.
        if self.0.kept.fetch_add(size, Ordering::Relaxed) + size > KEPT {
            self.0.kept.store(0, Ordering::Relaxed);
            let (queued, is_queued) = channel();
            // No keeper, no change: it is gone with the server.
            if self.0.keeper.send(Queued(queued)).is_ok() {
                let _ = is_queued.recv();
            }
        }
        self.0.service.answer(&Incoming::from(request)).into()
    }
}

/// Mounts the service, and sees to it that little is kept of its requests. Where the system gives no
/// thread for that, all are.
pub(super) async fn mount(service: Service, server: &Arc<MockServer>) {
    let (keeper, asked) = channel();
    let answering = Arc::new(Answering { service, kept: AtomicUsize::new(0), keeper });
    mock(&answering).mount(server).await;
    let (answering, server) = (Arc::downgrade(&answering), Arc::downgrade(server));
    let keeping = move || keep(&asked, &answering, &server);
    let _ = thread::Builder::new().name("stub".into()).spawn(keeping);
}

fn mock(answering: &Arc<Answering>) -> Mock {
    Mock::given(any()).respond_with(Shared(Arc::clone(answering)))
}

/// Mounts another mock whenever it is asked for, until the server is gone and nobody can ask.
fn keep(asked: &Receiver<Queued>, answering: &Weak<Answering>, server: &Weak<MockServer>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    for queued in asked {
        let (Some(answering), Some(server)) = (answering.upgrade(), server.upgrade()) else {
            continue;
        };
        runtime.block_on(async {
            let mut renewal = pin!(join(server.reset(), mock(&answering).mount(&server)));
            let renewed = future::poll_fn(|context| Poll::Ready(renewal.as_mut().poll(context)));
            let is_renewed = renewed.await.is_ready();
            drop(queued);
            if !is_renewed {
                renewal.await;
            }
        });
    }
}
