//! Servers made of raw sockets, for what an HTTP library can't do wrong.

use std::time::Duration;

use std::sync::Arc;

use bytes::Bytes;
use fencepost::case::{HeaderCase, Request};
use fencepost::http::{Client, ClientOptions, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

pub(crate) fn post(body: &'static [u8]) -> Request {
    Request {
        method: "POST".into(),
        path: "/v1/x".into(),
        query: Vec::new(),
        headers: Arc::default(),
        header_case: HeaderCase::Title,
        body: Some(Bytes::from_static(body)),
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Serves every connection with `serve`, which gets its number as well; answers with the target.
pub(crate) async fn listen<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> Target
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(serve(stream, number));
        }
    });
    Target::parse(&format!("http://{address}/p")).expect("a target")
}

/// Reads one request; `None` when the connection ends before it does.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut held = Vec::new();
    loop {
        if let Some(end) = held.windows(4).position(|w| w == b"\r\n\r\n") {
            let lines = String::from_utf8_lossy(&held[..end]).to_ascii_lowercase();
            let length = lines
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |n| n.trim().parse().expect("a length"));
            if held.len() >= end + 4 + length {
                return Some(held);
            }
        }
        if stream.read_buf(&mut held).await.ok()? == 0 {
            return None;
        }
    }
}

pub(crate) fn client(target: Target) -> Client {
    let options = ClientOptions {
        timeout: Duration::from_secs(5),
        max_body: 10_000,
        ..ClientOptions::new(target)
    };
    Client::new(options).expect("a client")
}

/// What a server reads while `send` is at work, without the lines that clients add of themselves.
fn seen_of<F: Future<Output = ()>>(send: impl FnOnce(Target) -> F) -> Vec<u8> {
    block_on(async {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let target = listen(move |mut stream, _| {
            let tell = tell.clone();
            async move {
                tell.send(read_request(&mut stream).await.expect("a request")).expect("open");
                let _ = stream.write_all(OK).await;
            }
        })
        .await;
        send(target).await;
        let whole = told.recv().await.expect("seen");
        let end = whole.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 2;
        let own = ["host:", "user-agent:", "accept:", "accept-encoding:"];
        let mut kept: Vec<u8> = whole[..end]
            .split_inclusive(|&byte| byte == b'\n')
            .filter(|line| {
                let line = String::from_utf8_lossy(line).to_ascii_lowercase();
                !own.iter().any(|own| line.starts_with(own))
            })
            .flatten()
            .copied()
            .collect();
        kept.extend_from_slice(&whole[end..]);
        kept
    })
}

/// A request as a server reads it from the client.
pub(crate) fn seen(request: &Request) -> Vec<u8> {
    seen_of(async |target| {
        client(target).send(request).await.result.expect("an answer");
    })
}

/// A request as a server reads it from what `run` does, on a thread of its own.
pub(crate) fn seen_from(run: impl FnOnce(Target) + Send + 'static) -> Vec<u8> {
    seen_of(async |target| tokio::task::spawn_blocking(|| run(target)).await.expect("done"))
}
