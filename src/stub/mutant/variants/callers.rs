//! Methods, paths and callers, answered otherwise.
//!
//! Example: `trailing-slash-redirect` sends those away who write a slash too many.

use super::derive::{answering, push};
use crate::contract::Contract;
use crate::stub::answer::Reply;
use crate::stub::behaviour::{Behaviour, Step};
use crate::stub::mutant::Variant;

pub(super) fn callers(made: &mut Vec<Variant>, contract: &Contract) {
    let steps = answering(|exchange, reply| {
        let path = &exchange.request.path;
        if exchange.operation.is_none() && path.ends_with('/') {
            let there = path.trim_end_matches('/').to_owned();
            redirect(reply, 308, there);
        }
    });
    let description = "a slash behind a path leads to the path without";
    push(made, "trailing-slash-redirect", description, Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        if exchange.operation.is_none() {
            redirect(reply, 302, "/".to_owned());
        }
    });
    let description = "what is not documented leads to the front page";
    push(made, "unknown-redirect", description, Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        if matches!(exchange.request.method.as_str(), "HEAD" | "OPTIONS") {
            *reply = Reply { status: 200, body: None, written: None, ..reply.clone() };
        }
    });
    let description = "HEAD and OPTIONS are answered with 200";
    push(made, "head-and-options", description, Behaviour::everywhere(steps));
    if contract.operations.iter().any(|operation| !operation.credentials.is_empty()) {
        let steps = vec![Step::Access(Box::new(|access| {
            let body = &access.request.body;
            let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
            access.tokens.prove(access.credential, access.request)
                || !(body.is_empty() || is_json())
        }))];
        let description = "what is no JSON is refused before anybody asks for a proof";
        push(made, "syntax-before-callers", description, Behaviour::everywhere(steps));
    }
}

fn redirect(reply: &mut Reply, status: u16, location: String) {
    let headers = vec![("location".to_owned(), location)];
    *reply = Reply { status, headers, body: None, written: None, ..reply.clone() };
}
