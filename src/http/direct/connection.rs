//! A connection that is driven by whoever waits for an answer on it.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::case::HeaderCase;
use crate::http::progress::Progress;

/// How long an unused connection is kept: shorter than the five seconds after which many servers
/// close it.
pub(in crate::http) const IDLE: Duration = Duration::from_secs(4);

/// The most headers of an answer, where there are more than usual.
const MOST_HEADERS: usize = 4_096;

/// So many times the head of an answer is looked for before it is measured how long that takes.
const FEW_LOOKS: u32 = 4;

/// Reading what comes before one answer takes no longer, beside waiting for it.
const LONGEST_HEAD: Duration = Duration::from_millis(250);

/// One look takes no longer: what is beyond it is another program's time.
const LONGEST_LOOK: Duration = Duration::from_millis(20);

/// The status with which servers close idle connections.
const REQUEST_TIMEOUT: &str = "408";

/// A connection to the target, with nothing under way or one exchange.
///
/// Nobody else drives it: an exchange that is given up is dropped with it, and is off the wire.
#[derive(Debug)]
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// In a box, as connections are handed over again and again.
    driver: Box<Driver>,
    /// Whether it takes answers with very many headers.
    pub(super) has_many_headers: bool,
    /// When its last answer was read.
    pub(super) answered: Option<Instant>,
}

/// What reads and writes.
#[derive(Debug)]
struct Driver {
    connection: http1::Connection<TokioIo<TcpStream>, Full<Bytes>>,
    is_over: bool,
}

/// What stands behind a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    /// Another answer: the next request would take it for its own.
    Answer,
    /// More of a body than the headers say.
    Bytes,
}

/// Why the head of an answer didn't come.
#[derive(Debug)]
pub(super) enum Unheard {
    Failed(hyper::Error),
    /// What came in its place kept us busy for too long.
    Flooded,
}

impl Driver {
    /// Reads and writes what can be. What goes wrong is told to whoever waits for the answer.
    fn poll(&mut self, cx: &mut Context<'_>) {
        if !self.is_over {
            self.is_over = Pin::new(&mut self.connection).poll(cx).is_ready();
        }
    }
}

impl Connection {
    /// Takes a socket over, on which nothing was sent; with room for heads of very many headers where that
    /// is asked for, which takes time at every answer.
    pub(super) async fn open(
        socket: TokioIo<TcpStream>,
        case: HeaderCase,
        has_many_headers: bool,
    ) -> Result<Self, hyper::Error> {
        let mut builder = http1::Builder::new();
        if has_many_headers {
            builder.max_headers(MOST_HEADERS);
        }
        // Most bodies are small: to copy one takes less than to have the system gather it.
        builder.writev(false);
        builder.title_case_headers(case == HeaderCase::Title);
        // No server may send them, and every client must take them (RFC 9112, 5.2).
        builder.allow_obsolete_multiline_headers_in_responses(true);
        let (sender, connection) = builder.handshake(socket).await?;
        let driver = Box::new(Driver { connection, is_over: false });
        Ok(Self { sender, driver, has_many_headers, answered: None })
    }

    /// Whether it has not been idle for long.
    pub(super) fn is_kept(&self) -> bool {
        self.answered.is_some_and(|at| at.elapsed() < IDLE)
    }

    /// Whether another request may go out on it, as far as is known without waiting.
    pub(super) fn is_open(&mut self) -> bool {
        self.driver.poll(&mut Context::from_waker(Waker::noop()));
        !self.driver.is_over && self.sender.is_ready()
    }

    /// Sends a request, and waits for the head of the answer.
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unheard> {
        let mut head = pin!(self.sender.send_request(request));
        let (mut looks, mut reading) = (0, Duration::ZERO);
        std::future::poll_fn(|cx| {
            looks += 1;
            // Nearly every head is there at the second look.
            let begun = (looks > FEW_LOOKS).then(Instant::now);
            self.driver.poll(cx);
            reading += begun.map_or(Duration::ZERO, |begun| begun.elapsed().min(LONGEST_LOOK));
            match head.as_mut().poll(cx) {
                Poll::Pending if reading > LONGEST_HEAD => Poll::Ready(Err(Unheard::Flooded)),
                came => came.map_err(Unheard::Failed),
            }
        })
        .await
    }

    /// Whether something came on it that is no answer, or not the whole head of one.
    pub(super) fn has_bytes(self) -> bool {
        !self.driver.connection.into_parts().read_buf.is_empty()
    }

    /// What stands behind the answer that was read. Not counted are blanks, and the answer to no request
    /// with which a server closes an idle connection (RFC 9110, 15.5.9).
    pub(super) fn rest(self) -> Rest {
        let rest = self.driver.connection.into_parts().read_buf;
        let rest = rest.trim_ascii_start();
        let mut words = rest.splitn(3, |byte| *byte == b' ');
        let is_answer = words.next().is_some_and(|word| word.starts_with(b"HTTP/"));
        match (rest, is_answer) {
            ([], _) => Rest::Nothing,
            (_, true) if words.next() == Some(REQUEST_TIMEOUT.as_bytes()) => Rest::Nothing,
            (_, true) => Rest::Answer,
            (_, false) => Rest::Bytes,
        }
    }

    /// The body of an answer whose head came on this connection.
    pub(super) fn body<'c>(
        &'c mut self,
        incoming: Incoming,
        progress: &'c Progress,
    ) -> DrivenBody<'c> {
        DrivenBody { incoming, driver: &mut self.driver, progress }
    }
}

/// The rest of an answer, read as it is asked for.
pub(super) struct DrivenBody<'c> {
    incoming: Incoming,
    driver: &'c mut Driver,
    progress: &'c Progress,
}

impl Body for DrivenBody<'_> {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        // What is asked for is what the connection reads next.
        let mut read = Pin::new(&mut this.incoming).poll_frame(cx);
        if read.is_pending() {
            this.driver.poll(cx);
            read = Pin::new(&mut this.incoming).poll_frame(cx);
        }
        if let Poll::Ready(Some(Ok(frame))) = &read {
            this.progress.body(frame.data_ref().map_or(0, Bytes::len));
        }
        read
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
