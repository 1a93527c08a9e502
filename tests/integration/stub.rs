//! The stub keeps the contract that it is derived from.

use fencepost::contract::Contract;
use fencepost::stub::{Stub, StubOptions};

use crate::probes::first_contradiction;

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
