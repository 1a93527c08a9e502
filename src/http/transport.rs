//! The two ways of an exchange: straight over TCP, or through the HTTP library.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::case::Request;
use crate::http::client::ClientOptions;
use crate::http::direct::Direct;
use crate::http::encode::Unsendable;
use crate::http::library::Library;
use crate::http::progress::Progress;
use crate::http::{Answer, NoAnswer, NoAnswerKind};

/// What a request asks of the connection it goes out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that is open already, if there is one; kept afterwards.
    Kept,
    /// A new one, closed afterwards.
    Fresh,
    /// A new one, kept afterwards; where the library sees to connections it is as `Kept`.
    Another,
}

/// An attempt that brought no answer.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) why: NoAnswer,
    /// Nothing came on a connection that had carried an answer before: the server may have closed
    /// it while it was idle, which says nothing of this request.
    pub(super) stale: bool,
}

impl From<NoAnswer> for Failed {
    fn from(why: NoAnswer) -> Self {
        Self { why, stale: false }
    }
}

impl From<Unsendable> for Failed {
    fn from(Unsendable(detail): Unsendable) -> Self {
        NoAnswer { kind: NoAnswerKind::Unsendable, detail }.into()
    }
}

/// The way requests go.
///
/// Where speed counts there is neither TLS nor a proxy in between, and the HTTP library is half of
/// what a case costs; where one is, it is the library that knows them.
#[derive(Debug)]
pub(super) enum Transport {
    Direct(Direct),
    Library(Library),
}

impl Transport {
    /// The way to a target.
    ///
    /// # Errors
    /// If the library refuses to start, or an option can't be sent.
    pub(super) fn new(options: &ClientOptions) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if options.target.is_https() || options.proxy.is_some() {
            Ok(Self::Library(Library::new(options)?))
        } else {
            Ok(Self::Direct(Direct::new(options)?))
        }
    }

    /// Sends a request, and reads the whole answer.
    pub(super) async fn exchange(
        &self,
        on: Connection,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, Failed> {
        match self {
            Self::Direct(direct) => direct.exchange(on, request, progress).await,
            Self::Library(library) => library.exchange(on, request, progress).await,
        }
    }

    /// Closes the kept connections that are idle; whether there may have been any.
    pub(super) fn close_idle(&self) -> bool {
        match self {
            Self::Direct(direct) => direct.close_idle(),
            Self::Library(library) => library.close_idle(),
        }
    }

    /// Whether a kept connection is open still; the library doesn't say.
    pub(super) fn has_open(&self) -> Option<bool> {
        match self {
            Self::Direct(direct) => Some(direct.has_open()),
            Self::Library(_) => None,
        }
    }

    /// Closes one of the kept connections that are idle, so that another may be opened in its place; the
    /// library sees to its own.
    pub(super) fn make_room(&self) {
        if let Self::Direct(direct) = self {
            direct.make_room();
        }
    }

    /// Closes kept connections that were idle for long; the library sees to its own.
    pub(super) fn close_expired(&self) {
        if let Self::Direct(direct) = self {
            direct.close_expired();
        }
    }

    /// Takes note that the server serves few connections at once.
    pub(super) fn be_sparing(&self) {
        if let Self::Direct(direct) = self {
            direct.be_sparing();
        }
    }
}

/// What a lock holds. No code that holds one can panic half-way, so a poisoned one is whole.
pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
