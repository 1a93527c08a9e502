//! A raw TCP front for what an HTTP library can't do wrong: the service answers behind it.

mod front;
mod receive;
mod send;

pub(super) use front::Front;
