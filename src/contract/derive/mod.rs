//! Every promise of an operation as a [`Rule`](super::Rule), in the order of the document.

mod body;
mod descent;
mod ledger;
mod operation;
mod parameter;
mod parts;
mod request;
mod response;
mod words;

pub(super) use operation::rules;
