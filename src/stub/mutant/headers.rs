//! Documented headers of successes that are left out, or hold something else.

use super::Family;
use super::maker::Maker;
use crate::contract::{ResponseHeader, Schema, header_location};
use crate::stub::answer::{Reply, success_status};
use crate::stub::behaviour::Exchange;

/// A text that is no number, no boolean and no documented word.
const UNLIKE: &str = "fencepost";

pub(super) fn add(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    let status = success_status(operation);
    for header in operation.response(status).into_iter().flat_map(|response| &response.headers) {
        if header.required {
            changing(maker, header, status, "required", "missing", None);
        }
        if header.schema.as_ref().is_some_and(is_no_text) {
            changing(maker, header, status, "schema", "unlike", Some(UNLIKE));
        }
    }
}

fn is_no_text(schema: &Schema) -> bool {
    let types = schema.types();
    let is_scalar = |name: &&str| matches!(*name, "integer" | "number" | "boolean");
    (!types.is_empty() && types.iter().all(is_scalar)) || schema.enumeration().is_some()
}

/// Gives the header another value in answers that accept; `None` leaves it out.
fn changing(
    maker: &mut Maker<'_>,
    header: &ResponseHeader,
    status: u16,
    keyword: &str,
    word: &str,
    value: Option<&'static str>,
) {
    let (location, name) = (header_location(&header.name), header.name.clone());
    let description = format!("the header {name} of {status}: {word}");
    let answer = move |exchange: &Exchange<'_>, reply: &mut Reply| {
        if exchange.accepted().is_none() || reply.status != status {
            return;
        }
        for (_, held) in reply.headers.iter_mut().filter(|(held, _)| *held == name) {
            value.unwrap_or_default().clone_into(held);
        }
        reply.headers.retain(|(held, _)| *held != name || value.is_some());
    };
    maker.answering(Family::Answers, (&location, keyword), word, description, answer);
}
