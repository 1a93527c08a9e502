//! All harmless variants of a contract's service.

use super::{answers, bodies, callers, deliveries, gateways, open, timing};
use crate::contract::Contract;
use crate::stub::answer::Reply;
use crate::stub::behaviour::{Behaviour, Exchange, Step};
use crate::stub::mutant::Variant;

/// Every harmless variant of a contract's service. Those that need something which the contract
/// doesn't have (an envelope, an open rule) are left out.
pub fn variants(contract: &Contract) -> Vec<Variant> {
    let mut made = Vec::new();
    deliveries::deliveries(&mut made);
    bodies::bodies(&mut made);
    timing::timing(&mut made);
    callers::callers(&mut made, contract);
    for operation in &contract.operations {
        open::open_rules(&mut made, operation);
        answers::members(&mut made, operation);
        answers::lists(&mut made, operation);
        answers::values(&mut made, operation);
        gateways::gateways(&mut made, operation);
    }
    let only_known = Behaviour::everywhere(Vec::new()).with_known_only();
    push(&mut made, "known-only", "only the documented identifiers exist", only_known);
    // Operations that share an open matter share its variant's name.
    let mut seen: Vec<String> = Vec::new();
    for variant in &mut made {
        let twins = seen.iter().filter(|id| **id == variant.id).count();
        seen.push(variant.id.clone());
        if twins > 0 {
            variant.id = format!("{}-{}", variant.id, twins + 1);
        }
    }
    made
}

pub(super) fn push(made: &mut Vec<Variant>, id: &str, description: &str, behaviour: Behaviour) {
    made.push(Variant { id: id.to_owned(), description: description.to_owned(), behaviour });
}

pub(super) fn answering(
    change: impl Fn(&Exchange<'_>, &mut Reply) + Send + Sync + 'static,
) -> Vec<Step> {
    vec![Step::Answering(Box::new(change))]
}
