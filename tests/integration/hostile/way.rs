//! The way to the target: proxies, names that don't resolve, ports that close, slow accepts.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::background::Background;
use super::fencepost;
use crate::opponents::{Opponent, Reply, TOKEN, Traits};
use crate::socket::read_request;

/// A proxy for plain HTTP that counts the requests it passes on, and notes their authorisation.
struct Forward {
    server: Background,
    count: Arc<AtomicUsize>,
    authorised: Arc<AtomicUsize>,
}

impl Forward {
    fn start(upstream: &str) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let (count, authorised) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&count), Arc::clone(&authorised));
        let server = Background::start(move |mut socket| {
            let (upstream, counts) = (upstream.clone(), counts.clone());
            async move {
                while let Some(request) = read_request(&mut socket).await {
                    counts.0.fetch_add(1, Ordering::Relaxed);
                    let line = request.split(|byte| *byte == b'\r').next().expect("has a line");
                    let rest = &request[line.len()..];
                    // `me:hunter22` in base64.
                    let wanted = b"Basic bWU6aHVudGVyMjI=";
                    let is_authorised = rest.windows(wanted.len()).any(|held| held == wanted);
                    counts.1.fetch_add(usize::from(is_authorised), Ordering::Relaxed);
                    let line = String::from_utf8_lossy(line).into_owned();
                    let (method, target) = line.split_once(' ').expect("has words");
                    assert!(target.starts_with("http://"), "not for a proxy: {line}");
                    let path = target.splitn(4, '/').nth(3).expect("has a path");
                    let Ok(mut inner) = TcpStream::connect(&upstream).await else { return };
                    let whole = [format!("{method} /{path}").as_bytes(), rest].concat();
                    let _ = inner.write_all(&whole).await;
                    let Some(answer) = read_request(&mut inner).await else { return };
                    let _ = socket.write_all(&answer).await;
                }
            }
        });
        Self { server, count, authorised }
    }
}

const FEW: [&str; 2] = ["--phase", "examples"];

#[test]
fn a_proxy_is_gone_through_by_flag_and_by_environment() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let proxy = Forward::start(opponent.uri());
    let url = format!("http://me:hunter22@{}", proxy.server.address);
    // The name means nothing here: only the proxy knows the way.
    let target = "http://api.invalid";
    let by_flag = fencepost(target, &[&FEW[..], &["--proxy", &url]].concat(), &[]);
    by_flag.expect(0, &["exit 0"]);
    let count = proxy.count.load(Ordering::Relaxed);
    assert!(count > 0);
    assert_eq!(proxy.authorised.load(Ordering::Relaxed), count);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        fencepost(target, &FEW, &[(name, &url)]).expect(0, &["exit 0"]);
    }
    assert_eq!(proxy.count.load(Ordering::Relaxed), count * 4);
    let ended = fencepost(target, &FEW, &[("HTTP_PROXY", &url), ("NO_PROXY", ".invalid")]);
    ended.expect(3, &["Nothing was tested"]);
    // This machine is reached without the environment's proxy.
    fencepost(opponent.uri(), &FEW, &[("HTTP_PROXY", &url)]).expect(0, &["exit 0"]);
    assert_eq!(proxy.count.load(Ordering::Relaxed), count * 4);
}

#[test]
fn a_proxy_that_is_none_or_is_down_is_told_without_its_password() {
    let down = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("is bound").to_string()
    };
    let url = format!("http://me:hunter22@{down}");
    let ended = fencepost("http://api.invalid", &["--proxy", &url], &[]);
    ended.expect(3, &["Nothing was tested", &format!("through the proxy http://{down}")]);
    assert!(!ended.stderr.contains("hunter22"), "{}", ended.stderr);
    let ended = fencepost("http://api.invalid", &["--proxy", "gopher://me:hunter22@x"], &[]);
    ended.expect(2, &["--proxy", "gopher"]);
    assert!(!ended.stderr.contains("hunter22"), "{}", ended.stderr);
}

#[test]
fn a_name_that_nobody_knows_is_no_connection() {
    let ended = fencepost("http://no-such-host.invalid", &[], &[]);
    ended.expect(3, &["no-such-host.invalid", "Nothing was tested"]);
}

#[test]
fn a_port_that_closes_in_mid_run_leaves_the_rest_inconclusive() {
    let opponent = std::sync::Mutex::new(Opponent::start(Traits::FAITHFUL));
    let uri = opponent.lock().expect("is whole").uri().to_owned();
    let ended = std::thread::scope(|scope| {
        let run = scope.spawn(|| fencepost(&uri, &["--concurrency", "1"], &[]));
        while opponent.lock().expect("is whole").requests().len() < 60 {
            std::thread::yield_now();
        }
        opponent.lock().expect("is whole").stop();
        run.join().expect("ends")
    });
    ended.expect(3, &["can't be reached any more", "RULE  prepare/", "exit 3"]);
    let report = ended.report().expect("is JSON");
    assert_eq!(report["ended_early"]["why"], "not_connected");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{:#}", report["findings"]);
}

#[test]
fn a_server_that_doesn_t_accept_is_no_connection_in_time() {
    // The system's queue of connections is filled up, and nobody takes any of them.
    let socket = socket_with_a_short_queue();
    let address = socket.local_addr().expect("is bound");
    let held: Vec<_> = (0..600)
        .map_while(|_| {
            std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok()
        })
        .collect();
    let ended = fencepost(&format!("http://{address}"), &["--timeout", "300ms"], &[]);
    drop(held);
    assert!(ended.took < Duration::from_secs(20), "{:?}", ended.took);
    ended.expect(3, &["Nothing was tested", "takes too long"]);
}

fn socket_with_a_short_queue() -> TcpListener {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let _context = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let listener = socket.listen(1).expect("listens").into_std().expect("a socket");
    listener.set_nonblocking(true).expect("a socket option");
    listener
}

#[test]
fn a_slow_accept_is_no_finding() {
    let slow: fn(&crate::opponents::Seen) -> Option<Reply> = |_| None;
    let opponent = Opponent::start(Traits { front: slow, ..Traits::FAITHFUL });
    let target = opponent.uri().trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let uri = format!("http://{}", listener.local_addr().expect("is bound"));
    // Each connection is taken late, and then served well.
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            std::thread::park_timeout(Duration::from_millis(60));
            let (Ok(outer), Ok(inner)) = (socket, std::net::TcpStream::connect(&target)) else {
                return;
            };
            for (mut from, mut to) in [
                (outer.try_clone().expect("a socket"), inner.try_clone().expect("a socket")),
                (inner, outer),
            ] {
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
        }
    });
    let ended = fencepost(&uri, &["--rule", "body.user_id", "--timeout", "5s"], &[]);
    ended.expect(0, &["exit 0"]);
    assert!(!TOKEN.is_empty() && ended.took < Duration::from_secs(30), "{:?}", ended.took);
}
