//! The `curl` line sends what the client sends.

use std::process::Command;

use bytes::Bytes;
use fencepost::case::{FieldValue, HeaderCase, Request};
use fencepost::http::curl;

use crate::wire::{post, seen, seen_from_bash};

const TOKEN: &str = "s3cret/val$e \"`\\";

fn plain(value: &str) -> FieldValue {
    FieldValue::Plain(value.into())
}

fn token() -> FieldValue {
    FieldValue::Secret { value: TOKEN.into(), shell: "$TOKEN".into() }
}

fn requests() -> Vec<Request> {
    let bodies = [
        Bytes::from_static(b"{\"user_id\": \"it's $HOME `id` \\\\ \\\" !\"}"),
        Bytes::from("{\"a\": \"ü漢😀\u{301}\u{202e}\u{feff}\"}"),
        Bytes::from_static(b"@/etc/passwd"),
        Bytes::from_static(b"\xff\xfe\x80{\n\r\n\t\x1b[31m"),
        Bytes::from_static(b"\0{\"a\": \"100% \\0 '\0'\"}\0"),
        Bytes::from_static(b"-n\n\n"),
        Bytes::from("[".repeat(5_000)),
        Bytes::from(format!("[\"{}\"]", "iRJEVP96\",\"".repeat(20_000))),
        Bytes::new(),
    ];
    let mut requests: Vec<_> =
        bodies.into_iter().map(|body| Request { body: Some(body), ..post(b"") }).collect();
    for request in &mut requests {
        request.headers.push(("Content-Type".into(), plain("application/json")));
        request.headers.push(("X-Auth-Token".into(), token()));
    }
    let mut odd = post(b"a=b");
    odd.headers = vec![
        ("x-empty".into(), plain("")),
        ("X-Blanks".into(), plain("  two  in the middle")),
        ("X-Twice".into(), plain("it's \"$1\" ü")),
        ("X-Twice".into(), plain("; , @x")),
    ];
    requests.push(Request { header_case: HeaderCase::Lower, ..odd.clone() });
    requests.push(odd);
    requests.push(Request { body: None, ..post(b"") });
    for method in ["GET", "DELETE", "PUT", "PROPFIND"] {
        requests.push(Request { method: method.into(), body: None, ..post(b"") });
    }
    requests.push(Request { path: "/a/b/'(x);y=z,@:!$&*+~/%5B".into(), ..post(b"{}") });
    let query = vec![
        ("a b".into(), plain("ü&=+'\"$HOME?#%")),
        ("token".into(), token()),
        ("e".into(), plain("")),
    ];
    requests.push(Request { query, ..post(b"{}") });
    requests
}

/// Runs a line in bash, where `curl` reads no configuration and gives up in time.
fn bash(line: &str) -> Command {
    let mut command = Command::new("bash");
    let own = "curl() { command curl -q --noproxy '*' --max-time 20 \"$@\"; }";
    command.args(["-c", &format!("set -o pipefail; {own}; {line}")]).env("TOKEN", TOKEN);
    command
}

/// Runs a line in bash, where `curl` writes its arguments and its input.
fn bash_without_curl(line: &str) -> Command {
    let mut command = Command::new("bash");
    let own = "curl() { printf '%s\\n' \"$@\"; case \"$*\" in *@-*) cat;; esac; }";
    command.args(["-c", &format!("{own}; {line}")]).env("TOKEN", TOKEN);
    command
}

fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok()
}

#[test]
fn the_line_sends_what_the_client_sends() {
    for request in requests() {
        if has_curl() {
            let mut shown = String::new();
            let by_curl = seen_from_bash(|target| {
                shown = curl(target, &request);
                bash(&shown)
            });
            assert!(!shown.contains(char::is_control), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
            assert_eq!(
                sorted(&by_curl).escape_ascii().to_string(),
                sorted(&seen(&request)).escape_ascii().to_string(),
                "{shown}"
            );
        } else {
            let target = "http://127.0.0.1:1".parse().expect("a target");
            let output = bash_without_curl(&curl(&target, &request)).output().expect("bash");
            let body = request.body.unwrap_or_default();
            let found = output.stdout.windows(body.len().max(1)).any(|part| part == body);
            assert!(body.is_empty() || found, "{}", output.stdout.escape_ascii());
        }
    }
}

/// A request with its header lines in order of name: curl puts its own before or between.
fn sorted(request: &[u8]) -> Vec<u8> {
    let end = request.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
    let mut lines: Vec<&[u8]> = request[..end].split(|&byte| byte == b'\n').collect();
    let name = |line: &&[u8]| line.split(|&byte| byte == b':').next().map(<[u8]>::to_vec);
    lines[1..].sort_by_key(name);
    let mut sorted: Vec<u8> =
        lines.iter().flat_map(|line| [line.trim_ascii_end(), b"\n"].concat()).collect();
    sorted.extend_from_slice(&request[end..]);
    sorted
}
