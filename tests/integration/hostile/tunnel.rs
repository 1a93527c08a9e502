//! Proxies that pass on bytes, and lines that lead curl through them.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::background::Background;
use super::tls::{Secure, self_signed, signed};
use super::{Ended, fencepost};
use crate::opponents::{Opponent, TOKEN, Traits};

/// `me:hunter22` in base64.
const AUTHORISED: &str = "proxy-authorization: basic bwu6ahvudgvymji=";

/// A proxy in front of one server, whatever name it is asked for.
struct Tunnel {
    server: Background,
    count: Arc<AtomicUsize>,
}

/// What a proxy speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speech {
    Connect,
    Socks,
}

impl Tunnel {
    fn start(speech: Speech, upstream: &str) -> Self {
        let (_, upstream) = upstream.split_once("://").expect("is a URL");
        let upstream = upstream.to_owned();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let server = Background::start(move |mut socket| {
            let (upstream, counted) = (upstream.clone(), Arc::clone(&counted));
            async move {
                let is_let_through = match speech {
                    Speech::Connect => connect(&mut socket).await,
                    Speech::Socks => socks(&mut socket).await.unwrap_or_default(),
                };
                let Ok(mut inner) = TcpStream::connect(upstream).await else { return };
                if is_let_through {
                    counted.fetch_add(1, Ordering::Relaxed);
                    let _ = copy_bidirectional(&mut socket, &mut inner).await;
                }
            }
        });
        Self { server, count }
    }

    fn url(&self, scheme: &str, user: &str) -> String {
        format!("{scheme}://{user}{}", self.server.address)
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

/// Answers `CONNECT`, where the caller is known.
async fn connect(socket: &mut TcpStream) -> bool {
    let Some(request) = crate::socket::read_request(socket).await else { return false };
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let is_known = head.starts_with("connect ") && head.contains(AUTHORISED);
    let answer: &[u8] = if is_known {
        b"HTTP/1.1 200 Connection established\r\n\r\n"
    } else {
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    };
    socket.write_all(answer).await.is_ok() && is_known
}

/// SOCKS 5 (RFC 1928) without authentication.
async fn socks(socket: &mut TcpStream) -> std::io::Result<bool> {
    let mut methods = vec![0; 2];
    socket.read_exact(&mut methods).await?;
    let mut rest = vec![0; methods[1].into()];
    socket.read_exact(&mut rest).await?;
    socket.write_all(&[5, 0]).await?;
    let mut request = [0; 5];
    socket.read_exact(&mut request).await?;
    // An IPv4 address, or a name of so many bytes; then the port.
    let left = if request[3] == 1 { 3 + 2 } else { usize::from(request[4]) + 2 };
    socket.read_exact(&mut vec![0; left]).await?;
    socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(request[..2] == [5, 1])
}

const FEW: [&str; 2] = ["--phase", "examples"];

/// Takes texts of any length.
const LAX: Traits = Traits { any_length: |_, _| true, ..Traits::FAITHFUL };

#[test]
fn https_goes_through_a_proxy_that_is_told_to_connect() {
    let secure = Secure::start("tunnelled", signed(|_| ()), &[]);
    let proxy = Tunnel::start(Speech::Connect, &secure.uri);
    let flags = |url: &str| {
        let given = [&FEW[..], &["--ca-file", secure.authority(), "--proxy", url]].concat();
        given.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let run = |url: &str| {
        let flags = flags(url);
        fencepost("https://localhost:1", &flags.iter().map(String::as_str).collect::<Vec<_>>(), &[])
    };
    run(&proxy.url("http", "me:hunter22@")).expect(0, &["exit 0"]);
    assert!(proxy.count() > 0 && secure.sent() > 0);
    // Where the proxy refuses, nothing was tested, and it says who refused.
    let ended = run(&proxy.url("http", ""));
    ended.expect(3, &["Nothing was tested", "through the proxy"]);
    let by_environment = [("HTTPS_PROXY", &*proxy.url("http", "me:hunter22@"))];
    let flags = [&FEW[..], &["--insecure"]].concat();
    fencepost("https://api.invalid", &flags, &by_environment).expect(0, &["exit 0"]);
}

#[test]
fn socks_5_is_spoken_too() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let proxy = Tunnel::start(Speech::Socks, opponent.uri());
    for (scheme, target) in [("socks5h", "http://api.invalid"), ("socks5", "http://127.0.0.1:1")] {
        let before = proxy.count();
        let url = proxy.url(scheme, "");
        fencepost(target, &[&FEW[..], &["--proxy", &url]].concat(), &[]).expect(0, &["exit 0"]);
        assert!(proxy.count() > before, "{scheme}");
    }
    let ended = fencepost("http://127.0.0.1:1", &["--proxy", "socks4://127.0.0.1:1"], &[]);
    ended.expect(2, &["--proxy", "socks4", "http, https, socks5 or socks5h"]);
}

/// The line of the first finding, from the JSON report.
fn line(ended: &Ended) -> String {
    let report = ended.report().expect("is JSON");
    report["findings"][0]["curl"].as_str().expect("there is a finding").to_owned()
}

/// What curl shows for a line, with these variables.
fn by_curl(line: &str, variables: &[(&str, &str)]) -> String {
    let mut bash = Command::new("bash")
        .env("TOKEN", TOKEN)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash");
    let mut input = bash.stdin.take().expect("is piped");
    writeln!(input, "curl() {{ command curl -q --max-time 20 \"$@\"; }}\n{line}").expect("reads");
    drop(input);
    let output = bash.wait_with_output().expect("bash ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_line_goes_the_way_of_the_client() {
    let own = Secure::before("line", self_signed(), &[b"h2", b"http/1.1"], LAX);
    let plain = Opponent::start(LAX);
    let connect = Tunnel::start(Speech::Connect, &own.uri);
    let socks = Tunnel::start(Speech::Socks, plain.uri());
    let (connect, socks) = (connect.url("http", "me:hunter22@"), socks.url("socks5h", ""));
    let nowhere = ("http_proxy", "http://127.0.0.1:1");
    let has_curl = Command::new("curl").arg("--version").output().is_ok();
    let cases = [
        (&*own.uri, vec!["--insecure"], vec![], " --http1.1 -k https://"),
        (&own.uri, vec!["--ca-file", own.authority()], vec![], " --cacert "),
        ("http://api.invalid", vec!["--proxy", &socks], vec![("NO_PROXY", "*")], " --noproxy '' "),
        (plain.uri(), vec![], vec![nowhere], " --noproxy '*' "),
    ];
    for (target, flags, variables, words) in cases {
        let flags = [&["--rule", "body.user_id/maxLength"], &flags[..]].concat();
        let ended = fencepost(target, &flags, &variables);
        ended.expect(1, &[]);
        let line = line(&ended);
        assert!(line.contains(words), "{line}");
        if has_curl {
            let shown = by_curl(&line, &variables);
            assert!(shown.contains("200 Whatever\r\n"), "{line}: {shown}");
        }
    }
    let flags = ["--rule", "body.user_id/maxLength", "--insecure", "--proxy", &connect];
    let ended = fencepost("https://api.invalid", &flags, &[]);
    ended.expect(1, &["-k -x \"$PROXY\" https://api.invalid"]);
    let line = line(&ended);
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("hunter22"));
    if has_curl {
        let shown = by_curl(&line, &[("PROXY", &connect)]);
        assert!(shown.contains("200 Whatever\r\n"), "{line}: {shown}");
    }
}
