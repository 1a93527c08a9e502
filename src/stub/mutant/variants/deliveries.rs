//! Answers that travel otherwise, and connections that are handled otherwise.
//!
//! Example: `keep-alive-close` closes connections that are idle.

use super::derive::{answering, push};
use crate::stub::behaviour::Behaviour;
use crate::stub::delivery::Delivery;
use crate::stub::mutant::Variant;

pub(super) fn deliveries(made: &mut Vec<Variant>) {
    for (id, description, delivery) in [
        ("chunked", "answers come in chunks", Delivery::Chunked),
        ("close", "connections close behind each answer", Delivery::Close),
        (
            "silent-close",
            "connections close behind each answer, unannounced",
            Delivery::SilentClose,
        ),
        ("http-1.0", "answers end with their connection", Delivery::UntilClose),
    ] {
        let steps = answering(move |_, reply| reply.delivery = delivery);
        push(made, id, description, Behaviour::everywhere(steps).on_wire());
    }
    let steps = answering(|exchange, reply| {
        if exchange.moment.number.is_multiple_of(10) {
            reply.delivery = Delivery::SilentClose;
        }
    });
    let behaviour = Behaviour::everywhere(steps).on_wire();
    push(made, "keep-alive-close", "some connections close while they are idle", behaviour);
    let steps = answering(|exchange, reply| {
        reply.headers.push(("x-request-id".to_owned(), exchange.moment.number.to_string()));
        reply.headers.push(("set-cookie".to_owned(), "lane=blue; Path=/".to_owned()));
        reply.headers.push(("server".to_owned(), "any/1.0".to_owned()));
    });
    push(made, "extra-headers", "answers have more headers", Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        if exchange.moment.on_connection >= 5 {
            reply.delivery = Delivery::Close;
        }
    });
    let behaviour = Behaviour::everywhere(steps).on_wire();
    push(made, "close-after-5", "connections close behind their fifth answer", behaviour);
    for (id, most) in [("one-connection", 1), ("two-connections", 2)] {
        let steps = answering(|_, reply| reply.delivery = Delivery::Close);
        let description = format!("connections are served {most} at a time, for one answer each");
        push(made, id, &description, Behaviour::everywhere(steps).with_connections(most));
    }
}
