//! Which answers a mutant changes.

use serde_json::Value;

use crate::contract::Broken;
use crate::contract::Operation;
use crate::stub::answer::{Reply, json_content, success_status};
use crate::stub::behaviour::Exchange;
use crate::stub::judge::{Judgement, Refusal};

use super::node::longest_list;

/// Answers of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those to accepted requests.
    Success,
    /// Those to requests that break a rule about parameters or body.
    Refusal,
}

impl Kind {
    pub(super) const BOTH: [Self; 2] = [Self::Success, Self::Refusal];

    /// The kinds whose answers have a JSON body to be changed.
    pub(super) fn of(operation: &Operation) -> Vec<Self> {
        let is_json = |status: &u16| json_content(operation, *status).is_some();
        let is_wrapped = operation.envelope.is_some();
        let mut kinds = Vec::new();
        if is_wrapped || is_json(&success_status(operation)) {
            kinds.push(Self::Success);
        }
        if is_wrapped || [400, 422].iter().any(is_json) {
            kinds.push(Self::Refusal);
        }
        kinds
    }

    /// The word in a mutant's id.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Success => "in-success",
            Self::Refusal => "in-refusals",
        }
    }

    pub(super) fn is(self, exchange: &Exchange<'_>) -> bool {
        match self {
            Self::Success => exchange.accepted().is_some(),
            Self::Refusal => refused(exchange).is_some(),
        }
    }
}

/// The constraint that a refused request breaks, where parameters or body are to blame.
pub(super) fn refused<'e>(exchange: &'e Exchange<'_>) -> Option<&'e Broken> {
    match exchange.judgement {
        Judgement::Refused(Refusal::BadParameter(broken)) => Some(broken),
        _ => None,
    }
}

/// The size of a full list: the largest limit on a related list, within reason.
pub(super) fn full_size(operation: &Operation) -> Option<usize> {
    let body = operation.body.as_ref()?;
    let lists = super::node::nodes(&body.schema, &crate::contract::Place::body());
    let sizes = lists.iter().filter_map(|node| node.schema.max_items());
    sizes.filter(|size| (2..=1_000).contains(size)).max()
}

/// The size of the longest list that was asked for.
pub(super) fn asked_size(exchange: &Exchange<'_>) -> usize {
    exchange.accepted().map_or(0, longest_list)
}

/// The JSON value of an answer, for change.
pub(super) fn value(reply: &mut Reply) -> Option<&mut Value> {
    reply.body.as_mut().map(|(_, body)| body)
}
