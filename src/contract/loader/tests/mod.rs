//! The loader on documents of every kind: right, wrong, foreign and arbitrary.

mod arbitrary;
mod errors;
mod extension;
mod foreign;

use crate::contract::{Contract, Operation};

/// The error that a text ends in, as a user sees it.
fn error(text: &str) -> String {
    Contract::parse("api.yaml", text).expect_err("is wrong").to_string()
}

/// The only operation of a document.
fn only_operation(text: &str) -> Operation {
    let contract = Contract::parse("api.yaml", text).expect("loads");
    assert_eq!(contract.operations.len(), 1, "{:?}", contract.skipped);
    contract.operations[0].as_ref().clone()
}

/// The built-in contract's text with one passage changed.
fn koophone(from: &str, to: &str) -> String {
    let text = include_str!("../../../../contracts/koophone.yaml");
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The line of the first occurrence of `passage`, from 1.
fn line(text: &str, passage: &str) -> usize {
    let (before, _) = text.split_once(passage).expect("holds the passage");
    before.split('\n').count()
}
