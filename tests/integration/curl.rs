//! The `curl` line sends what the client sends.

use std::io::Write;
use std::process::{Command, Stdio};

use bytes::Bytes;
use fencepost::case::{FieldValue, HeaderCase, Request};
use fencepost::http::curl;

use crate::socket::{post, seen, seen_from};

const TOKEN: &str = "s3cret/val$e \"`\\";

fn plain(value: &str) -> FieldValue {
    FieldValue::Plain(value.into())
}

fn token() -> FieldValue {
    FieldValue::Secret { value: TOKEN.into(), shell: "$TOKEN".into() }
}

/// Requests of every kind, with header values, queries and bodies that shells and curl read in
/// their own ways.
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
        request.push_header("Content-Type", plain("application/json"));
        request.push_header("X-Auth-Token", token());
    }
    let mut odd = post(b"a=b");
    odd.headers = vec![
        ("x-empty".into(), plain("")),
        ("X-Blanks".into(), plain("  two  in the middle")),
        ("X-Twice".into(), plain("it's \"$1\" ü")),
        ("X-Twice".into(), plain("; , @x")),
    ]
    .into();
    requests.push(Request { header_case: HeaderCase::Lower, ..odd.clone() });
    requests.push(odd);
    requests.push(Request { body: None, ..post(b"") });
    for method in ["GET", "DELETE", "PUT", "PROPFIND"] {
        requests.push(Request { method: method.into(), body: None, ..post(b"") });
    }
    requests.push(Request { path: "/a/b/'(x);y=z,@:!$&*+~/%5B".into(), ..post(b"{}") });
    let query = vec![
        ("a b".into(), plain("ü&=+'\"$HOME?#%")),
        ("token".into(), FieldValue::Secret { value: "AB-12".into(), shell: "${PLAIN}2".into() }),
        ("e".into(), plain("")),
    ];
    requests.push(Request { query, ..post(b"{}") });
    requests
}

/// What bash prints. The script is its input, as a line may be too long for an argument.
fn bash(script: &str) -> Vec<u8> {
    let mut bash = Command::new("bash")
        .env("TOKEN", TOKEN)
        .env("PLAIN", "AB-1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("bash");
    let mut input = bash.stdin.take().expect("piped");
    input.write_all(script.as_bytes()).expect("bash reads");
    drop(input);
    let output = bash.wait_with_output().expect("bash ends");
    assert!(output.status.success(), "{script:.2000}");
    output.stdout
}

/// `curl` without configuration, giving up in time.
const BOUNDED: &str = "curl() { command curl -q --noproxy '*' --max-time 20 \"$@\"; }\n";

/// `curl` that prints its arguments and its input.
const PRINTING: &str = "curl() { printf '%s\\n' \"$@\"; case \"$*\" in *@-*) cat;; esac; }\n";

fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok()
}

#[test]
fn the_line_sends_what_the_client_sends() {
    for request in requests() {
        let shown = curl(&"http://127.0.0.1:1".parse().expect("a target"), &request);
        assert!(!shown.contains(char::is_control), "{shown:.2000}");
        assert!(!shown.contains("s3cret"), "{shown:.2000}");
        if has_curl() {
            let sent = request.clone();
            let by_curl = seen_from(move |target| {
                bash(&format!("set -o pipefail\n{BOUNDED}{}\n", curl(&target, &sent)));
            });
            assert_eq!(
                sorted(&by_curl).escape_ascii().to_string(),
                sorted(&seen(&request)).escape_ascii().to_string(),
                "{shown:.2000}"
            );
        } else {
            let output = bash(&format!("{PRINTING}{shown}\n"));
            let body = request.body.unwrap_or_default();
            let found = output.windows(body.len().max(1)).any(|part| part == body);
            assert!(body.is_empty() || found, "{}", output.escape_ascii());
        }
    }
}

#[test]
fn a_secret_in_the_query_is_encoded_by_the_line_itself() {
    if !has_curl() {
        return;
    }
    let query = vec![("t".into(), token()), ("e".into(), plain("x"))];
    let sent = Request { query, ..post(b"{}") };
    let seen = seen_from(move |target| {
        bash(&format!("{BOUNDED}{}\n", curl(&target, &sent)));
    });
    let encoded = TOKEN.bytes().fold(String::new(), |held, byte| format!("{held}%{byte:02x}"));
    let line = format!("POST /p/v1/x?t={encoded}&e=x HTTP/1.1\r\n");
    assert!(seen.starts_with(line.as_bytes()), "{}", seen.escape_ascii());
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
