//! The stub keeps the contract that it is derived from.

use std::path::Path;

use fencepost::contract::Contract;
use fencepost::stub::{Stub, StubOptions};
use serde_json::{Value, json};

use crate::probes::{exchange, first_contradiction};

const TOKEN: &str = "Stub-Token-kx72";

async fn contradiction(known_only: bool) -> Option<String> {
    let contract = Contract::builtin("koophone").expect("is built in");
    let options = StubOptions { tokens: vec![TOKEN.into()], known_only, ..StubOptions::default() };
    let stub = Stub::start(&contract, options).await.expect("a free port");
    let uri = stub.uri();
    let probing = tokio::task::spawn_blocking(move || first_contradiction(&uri, TOKEN));
    probing.await.expect("no panic")
}

#[tokio::test]
async fn the_stub_answers_as_the_page_says() {
    assert_eq!(contradiction(false).await, None);
}

#[tokio::test]
async fn so_does_a_stub_that_knows_only_the_examples() {
    assert_eq!(contradiction(true).await, None);
}

#[tokio::test]
async fn names_and_limits_come_from_the_contract() {
    let contract = Contract::load(Path::new("tests/fixtures/renamed.yaml")).expect("loads");
    let options = StubOptions { tokens: vec![TOKEN.into()], ..StubOptions::default() };
    let stub = Stub::start(&contract, options).await.expect("a free port");
    let uri = stub.uri();
    let ask = move |token: &str, key: &str, count: usize| {
        let body = json!({"account": "me", "device_keys": vec![key; count]}).to_string();
        let head = format!(
            "POST /api/v2/devices/wake HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\
             X-Session-Key: {token}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = exchange(&uri, format!("{head}{body}").as_bytes()).expect("an answer");
        (answer.status, serde_json::from_slice::<Value>(&answer.body).expect("an envelope"))
    };
    let asking = tokio::task::spawn_blocking(move || {
        let (status, body) = ask(TOKEN, &"k".repeat(17), 9);
        assert_eq!((status, &body["result"]), (200, &json!("OK")));
        assert_eq!(body["payload"]["entries"][8]["device_key"], "k".repeat(17));
        for (key, count) in [("k".repeat(18), 9), ("k".to_owned(), 10)] {
            let (status, body) = ask(TOKEN, &key, count);
            assert_eq!((status, &body["result"]), (400, &json!("FLEET-1000")));
        }
        let (status, body) = ask("nobody", "k", 1);
        assert_eq!((status, &body["result"]), (401, &json!("EDGE-000")));
    });
    asking.await.expect("no panic");
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let contract = Contract::builtin("koophone").expect("is built in");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("is bound").port();
    let options = StubOptions { port, ..StubOptions::default() };
    let error = Stub::start(&contract, options).await.expect_err("is in use");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}
