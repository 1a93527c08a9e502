//! A server that does nothing but keep the contract, in a process of its own.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The most entries that are accepted: the contract's own limit, or the smaller one of a bench.
pub(crate) const MOST_ENTRIES: usize = 100;

/// The token that is asked for.
pub(crate) const TOKEN: &str = "Bench-Token-kx72";

#[derive(Deserialize)]
struct Body<'b> {
    #[serde(borrow)]
    user_id: Cow<'b, str>,
    #[serde(borrow)]
    instance_ids: Vec<Cow<'b, str>>,
}

/// What a server does wrong.
#[derive(Clone, Copy, Default)]
struct Faults {
    most_entries: usize,
    /// Lets any `user_id` through, and gives each hundredth answer a status that doesn't exist.
    is_faulty: bool,
}

/// A server of this binary's own, ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) uri: String,
}

impl Server {
    /// Starts one; `kind` is `good`, `hyper` or `faulty`.
    pub(crate) fn start(kind: &str, most_entries: usize) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", kind, &most_entries.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().expect("is piped");
        io::BufRead::read_line(&mut io::BufReader::new(out), &mut line)?;
        Ok(Self { child, uri: line.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process that asked for it is gone.
pub(crate) fn serve(kind: &str, most_entries: usize) -> io::Result<()> {
    // Standard input closes with the parent, however that ends.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    let faults = Faults { is_faulty: kind == "faulty", most_entries };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut out = io::stdout();
        writeln!(out, "http://{}", listener.local_addr()?)?;
        out.flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            if kind == "hyper" {
                tokio::task::spawn_local(connection_of_hyper(stream, faults));
            } else {
                tokio::task::spawn_local(connection(stream, faults));
            }
        }
    })
}

async fn connection(mut stream: TcpStream, faults: Faults) -> io::Result<()> {
    let (mut held, mut answer, mut count) = (Vec::with_capacity(16 << 10), String::new(), 0);
    let mut chunk = vec![0; 16 << 10];
    loop {
        let end = loop {
            if let Some(at) = held.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut chunk).await? {
                0 => return Ok(()),
                read => held.extend_from_slice(&chunk[..read]),
            }
        };
        let (length, has_token) = headers(&held[..end]);
        while held.len() < end + length {
            match stream.read(&mut chunk).await? {
                0 => return Ok(()),
                read => held.extend_from_slice(&chunk[..read]),
            }
        }
        count += 1;
        let body = &held[end..end + length];
        let status =
            if has_token { reply(body, faults, count, &mut answer) } else { no_token(&mut answer) };
        let head_of_answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        answer.insert_str(0, &head_of_answer);
        stream.write_all(answer.as_bytes()).await?;
        held.drain(..end + length);
    }
}

/// The same behind a server as people use them.
async fn connection_of_hyper(stream: TcpStream, faults: Faults) -> Result<(), hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| async move {
        let has_token = request.headers().get("x-auth-token").is_some_and(|held| held == TOKEN);
        let body = request.into_body().collect().await?.to_bytes();
        let mut answer = String::new();
        let status =
            if has_token { reply(&body, faults, 1, &mut answer) } else { no_token(&mut answer) };
        let response = Response::builder().status(&status[..3]);
        let response = response.header("content-type", "application/json");
        Ok::<_, hyper::Error>(response.body(Full::new(Bytes::from(answer))).expect("is one"))
    });
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
}

/// The length of the body, and whether the right token is there.
fn headers(head: &[u8]) -> (usize, bool) {
    let (mut length, mut has_token) = (0, false);
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].trim_ascii();
        if line[..colon].eq_ignore_ascii_case(b"content-length") {
            length = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok()).unwrap_or(0);
        } else if line[..colon].eq_ignore_ascii_case(b"x-auth-token") {
            has_token = value == TOKEN.as_bytes();
        }
    }
    (length, has_token)
}

fn no_token(answer: &mut String) -> &'static str {
    answer.clear();
    answer.push_str(r#"{"error_code":"APIGW.0301","error_msg":"no token","request_id":"1"}"#);
    "401 Unauthorized"
}

fn reply(body: &[u8], faults: Faults, count: u64, answer: &mut String) -> &'static str {
    answer.clear();
    let is_legal = |body: &Body<'_>| {
        (faults.is_faulty || body.user_id.chars().count() <= 32)
            && body.instance_ids.len() <= faults.most_entries
            && body.instance_ids.iter().all(|id| id.len() <= 32 || id.chars().count() <= 32)
    };
    let Some(body) = serde_json::from_slice::<Body<'_>>(body).ok().filter(is_legal) else {
        answer.push_str(r#"{"error_code":"KOOPHONE.API.1000","error_msg":"bad parameter"}"#);
        return "400 Bad Request";
    };
    let is_odd = faults.is_faulty && count.is_multiple_of(100);
    answer.push_str(r#"{"error_code":"0","error_msg":"ok","data":{"status_list":["#);
    for (index, id) in body.instance_ids.iter().enumerate() {
        answer.push_str(if index > 0 { r#",{"instance_id":"# } else { r#"{"instance_id":"# });
        if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let _ = write!(answer, "\"{id}\"");
        } else {
            answer.push_str(&serde_json::to_string(id).unwrap_or_default());
        }
        answer.push_str(if is_odd { r#","status":11}"# } else { r#","status":1}"# });
    }
    answer.push_str("]}}");
    "200 OK"
}
