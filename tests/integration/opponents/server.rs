//! HTTP/1.1 by hand: what reads requests off a socket and puts answers on it, right or wrong.

use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::wire::{Delivery, Reply, content};

/// Requests with a larger head are cut off.
const LARGEST_HEAD: usize = 256 * 1024;

/// Nothing an opponent does may take longer, a hang included.
const LONGEST: Duration = Duration::from_secs(30);

/// A request as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The method.
    pub(crate) method: String,
    /// The path, as sent.
    pub(crate) path: String,
    /// What stands behind the question mark.
    pub(crate) query: String,
    /// The headers as spelled on the wire, values not trimmed at their ends.
    pub(crate) headers: Vec<(String, String)>,
    /// The body after chunks were joined.
    pub(crate) body: Vec<u8>,
    /// Which request of this server it is, from 1.
    pub(crate) number: usize,
    /// Which request on its connection it is, from 1.
    pub(crate) on_connection: usize,
    /// How many earlier requests had the same body.
    pub(crate) repeats: usize,
    /// How many requests are under way, this one among them.
    pub(crate) under_way: usize,
    /// The body of the request before this one.
    pub(crate) previous: Vec<u8>,
    /// The body of the one before that.
    pub(crate) second_last: Vec<u8>,
    /// The request before this one had no token.
    pub(crate) is_behind_stranger: bool,
}

impl Seen {
    /// The first header of this name, whatever its case, trimmed.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.raw_header(name).map(str::trim)
    }

    /// The first header of this name with the blanks that stand around its value.
    pub(crate) fn raw_header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The body as text, with replacements where it isn't.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// How many connections are served at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// All.
    All,
    /// So many, each until it ends or is idle for so long; others wait.
    InTurn(usize, Duration),
    /// All, each until it is idle for a few milliseconds, more or less each time.
    Restless,
    /// So many; others are reset before anything is read from them.
    AtMost(usize),
}

/// What answers a request.
pub(crate) type Handler = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// A server on a thread of its own, so that tests may block; it stops when it is dropped.
pub(crate) struct Server {
    /// `http://127.0.0.1:40123`
    pub(crate) uri: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free loopback port.
    pub(crate) fn start(handler: Handler, accepts: Accepts) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket that tokio can take");
        let uri = format!("http://{}", listener.local_addr().expect("a bound socket"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = accept(listener, accepts, handler, shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { uri, seen, stop: Some(stop), thread: Some(thread) }
    }

    /// Everything that was asked so far, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic in a handler").clone()
    }

    /// Stops listening and closes every connection.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server's thread ends well");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Requests, or connections, that are under way.
#[derive(Debug, Default)]
struct UnderWay(AtomicUsize);

/// One of them, until it is dropped.
struct Entered<'u>(&'u UnderWay);

impl UnderWay {
    /// Counts a request in; how many there are with it.
    fn enter(&self) -> (Entered<'_>, usize) {
        (Entered(self), self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn accept(
    listener: TcpListener,
    accepts: Accepts,
    handler: Handler,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    let (under_way, connections) = (Arc::new(UnderWay::default()), Arc::new(UnderWay::default()));
    let (most, idle) = match accepts {
        Accepts::InTurn(most, idle) => (most, Some(idle)),
        Accepts::Restless => (Semaphore::MAX_PERMITS, None),
        _ => (Semaphore::MAX_PERMITS, Some(LONGEST)),
    };
    let turns = Arc::new(Semaphore::new(most));
    while let Ok((socket, _)) = listener.accept().await {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { break };
        let (handler, seen) = (Arc::clone(&handler), Arc::clone(&seen));
        let (under_way, connections) = (Arc::clone(&under_way), Arc::clone(&connections));
        if let Accepts::AtMost(most) = accepts
            && connections.count() >= most
        {
            // What can't be reset is closed, which comes to the same.
            let _ = socket.set_zero_linger();
            continue;
        }
        let (sender, entered) = oneshot::channel();
        tokio::spawn(async move {
            let _turn = turn;
            let (_entered, _) = connections.enter();
            let _ = sender.send(());
            // A client that goes away is its own affair.
            let _ = serve(socket, idle, &handler, &seen, &under_way).await;
        });
        let _ = entered.await;
    }
}

async fn serve(
    mut socket: TcpStream,
    idle: Option<Duration>,
    handler: &Handler,
    record: &Mutex<Vec<Seen>>,
    under_way: &UnderWay,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut waiting = Vec::new();
    let mut on_connection = 0;
    let wait = |on_connection: usize| match idle {
        Some(idle) => idle,
        None if on_connection == 0 => LONGEST,
        // As good as random: the requests so far are at no regular number.
        None => {
            let number = record.lock().expect("no panic in a handler").len();
            Duration::from_micros(2_000 + (number as u64 * 977) % 6_000)
        }
    };
    while let Ok(read) = timeout(wait(on_connection), read_request(&mut socket, &mut waiting)).await
    {
        let Some(mut seen) = read? else { break };
        on_connection += 1;
        let (_entered, count) = under_way.enter();
        seen.under_way = count;
        seen.on_connection = on_connection;
        {
            let mut record = record.lock().expect("no panic in a handler");
            seen.number = record.len() + 1;
            seen.repeats = record.iter().filter(|earlier| earlier.body == seen.body).count();
            let mut earlier = record.iter().rev();
            if let Some(previous) = earlier.next() {
                seen.previous.clone_from(&previous.body);
                seen.is_behind_stranger = previous.header("x-auth-token").is_none();
            }
            seen.second_last = earlier.next().map(|seen| seen.body.clone()).unwrap_or_default();
            record.push(seen.clone());
        }
        let reply = handler(&seen);
        if !reply.pause.is_zero() {
            tokio::time::sleep(reply.pause).await;
        }
        if !deliver(&mut socket, &seen, &reply).await? {
            break;
        }
    }
    Ok(())
}

/// Reads one request; `None` when the client closed in between.
async fn read_request(socket: &mut TcpStream, waiting: &mut Vec<u8>) -> io::Result<Option<Seen>> {
    let head_end = loop {
        if let Some(end) = find(waiting, b"\r\n\r\n") {
            break end;
        }
        if waiting.len() > LARGEST_HEAD || !more(socket, waiting).await? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&waiting[..head_end]).into_owned();
    waiting.drain(..head_end + 4);
    let mut lines = head.split("\r\n");
    let mut request_line = lines.next().unwrap_or_default().split(' ');
    let method = request_line.next().unwrap_or_default().to_owned();
    let target = request_line.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines.filter_map(|line| line.split_once(':'));
    let mut seen = Seen {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: Vec::new(),
        number: 0,
        on_connection: 0,
        repeats: 0,
        under_way: 0,
        previous: Vec::new(),
        second_last: Vec::new(),
        is_behind_stranger: false,
    };
    let chunked =
        seen.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    if chunked {
        loop {
            let line_end = until(socket, waiting, b"\r\n").await?;
            let size = String::from_utf8_lossy(&waiting[..line_end]).into_owned();
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
                .map_err(io::Error::other)?;
            fill(socket, waiting, line_end + 2 + size + 2).await?;
            seen.body.extend(&waiting[line_end + 2..line_end + 2 + size]);
            waiting.drain(..line_end + 2 + size + 2);
            if size == 0 {
                break;
            }
        }
    } else {
        let length = seen.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
        fill(socket, waiting, length).await?;
        seen.body = waiting.drain(..length).collect();
    }
    Ok(Some(seen))
}

async fn more(socket: &mut TcpStream, waiting: &mut Vec<u8>) -> io::Result<bool> {
    Ok(socket.read_buf(waiting).await? > 0)
}

async fn fill(socket: &mut TcpStream, waiting: &mut Vec<u8>, length: usize) -> io::Result<()> {
    while waiting.len() < length {
        if !more(socket, waiting).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

async fn until(socket: &mut TcpStream, waiting: &mut Vec<u8>, mark: &[u8]) -> io::Result<usize> {
    loop {
        if let Some(at) = find(waiting, mark) {
            return Ok(at);
        }
        fill(socket, waiting, waiting.len() + 1).await?;
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

/// Puts the answer on the wire as its delivery says; whether the connection goes on.
async fn deliver(socket: &mut TcpStream, seen: &Seen, reply: &Reply) -> io::Result<bool> {
    let head_only = seen.method == "HEAD";
    let (head, body) = content(reply, seen.header("accept-encoding").unwrap_or_default());
    let body = if head_only { Vec::new() } else { body };
    match reply.delivery {
        Delivery::Reset => {
            socket.set_zero_linger()?;
            return Ok(false);
        }
        Delivery::Hang => {
            // The client gives up first; its closing ends the wait.
            let mut ignored = [0];
            let _ = tokio::time::timeout(LONGEST, socket.read(&mut ignored)).await;
            return Ok(false);
        }
        Delivery::HangInBody => {
            socket.write_all(&[head, body].concat()).await?;
            let mut ignored = [0];
            let _ = tokio::time::timeout(LONGEST, socket.read(&mut ignored)).await;
            return Ok(false);
        }
        Delivery::CutInHead => {
            socket.write_all(&head[..head.len() / 2]).await?;
            return Ok(false);
        }
        Delivery::CutInBody => {
            socket.write_all(&[&head, &body[..body.len() / 2]].concat()).await?;
            return Ok(false);
        }
        _ => socket.write_all(&[head, body].concat()).await?,
    }
    let asked = seen.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
    Ok(!asked && reply.delivery.keeps_connection())
}
