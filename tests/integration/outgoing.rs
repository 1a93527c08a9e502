//! What the client puts on the wire, byte for byte.

use fencepost::case::{FieldValue, HeaderCase, Request};
use fencepost::http::NoAnswerKind;

use crate::socket::{block_on, client, listen, post, seen};

fn seen_text(request: &Request) -> String {
    String::from_utf8(seen(request)).expect("text")
}

fn plain(name: &str, value: &str) -> (String, FieldValue) {
    (name.into(), FieldValue::Plain(value.into()))
}

#[test]
fn a_request_goes_out_as_the_case_has_it() {
    let mut request = post(b"{\"a\": 1}");
    request.headers = vec![
        plain("x-auth-token", ""),
        plain("Content-Type", "application/json"),
        plain("X-Twice", "1"),
        plain("X-Twice", "ü  2"),
    ]
    .into();
    let body = "content-length: 8\r\n\r\n{\"a\": 1}";
    assert_eq!(
        seen_text(&request),
        format!(
            "POST /p/v1/x HTTP/1.1\r\nX-Auth-Token: \r\nContent-Type: application/json\r\n\
             X-Twice: 1\r\nX-Twice: ü  2\r\n{}",
            body.replace("content-length", "Content-Length")
        )
    );
    request.header_case = HeaderCase::Lower;
    assert_eq!(
        seen_text(&request),
        format!(
            "POST /p/v1/x HTTP/1.1\r\nx-auth-token: \r\ncontent-type: application/json\r\n\
             x-twice: 1\r\nx-twice: ü  2\r\n{body}"
        )
    );
}

#[test]
fn a_body_that_is_empty_or_missing_is_announced_as_such() {
    let empty = "POST /p/v1/x HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(seen_text(&post(b"")), empty);
    assert_eq!(seen_text(&Request { body: None, ..post(b"") }), empty);
    let get = Request { method: "GET".into(), body: None, ..post(b"") };
    assert_eq!(seen_text(&get), "GET /p/v1/x HTTP/1.1\r\n\r\n");
    let odd = Request { method: "Pröpfind".into(), ..post(b"") };
    assert!(
        block_on(async { client(listen(|_, _| async {}).await).send(&odd).await }).result.is_err()
    );
}

#[test]
fn a_query_is_percent_encoded() {
    let mut request = post(b"");
    request.query = vec![plain("a b", "ü&=+/?#%"), plain("e", ""), plain("a b", "-._~")];
    let line = seen_text(&request);
    let line = line.lines().next().expect("a line");
    assert_eq!(line, "POST /p/v1/x?a%20b=%C3%BC%26%3D%2B%2F%3F%23%25&e=&a%20b=-._~ HTTP/1.1");
}

#[test]
fn what_http_cannot_express_is_not_sent_and_not_shown() {
    let secret = |value: &str| FieldValue::Secret { value: value.into(), shell: "$T".into() };
    let header =
        |name: &str, value| Request { headers: vec![(name.into(), value)].into(), ..post(b"") };
    let requests = [
        header("X-A", secret("hunter22\n")),
        header("X A", secret("hunter22")),
        Request { path: "/a/../b".into(), ..post(b"") },
        Request { method: "CONNECT".into(), ..post(b"") },
        Request { method: "A B".into(), ..post(b"") },
    ];
    for request in requests {
        let interaction = block_on(async {
            let target = listen(|_, _| async {}).await;
            client(target).send(&request).await
        });
        let failure = interaction.result.expect_err("nothing to send");
        assert_eq!(failure.kind, NoAnswerKind::Unsendable);
        assert!(!failure.detail.contains("hunter22"), "{}", failure.detail);
    }
}
