//! All mutants of a contract.

use crate::contract::Contract;

use super::maker::Maker;
use super::{
    Mutant, answers, credentials, dropped, entries, framing, headers, identifiers, leaks, limits,
    near, outcomes, relations, robustness, routes, skipped, spelling, stale, syntax, texts, time,
    types, units,
};

/// Every mutant that the operators derive from a contract, operation by operation and family by
/// family, in an order that depends on the contract alone.
///
/// # Examples
/// ```
/// use fencepost::contract::Contract;
/// let contract = Contract::builtin("koophone").expect("is built in");
/// let mutants = fencepost::stub::mutants(&contract);
/// assert!(mutants.iter().any(|m| m.id == "prepare/body.user_id/maxLength/loosened-by-one"));
/// ```
pub fn mutants(contract: &Contract) -> Vec<Mutant> {
    let families = [
        dropped::add,
        limits::add,
        units::add,
        types::add,
        near::add,
        entries::add,
        texts::add,
        identifiers::add,
        syntax::add,
        spelling::add,
        credentials::add,
        skipped::add,
        routes::add,
        outcomes::add,
        answers::add,
        headers::add,
        relations::add,
        framing::add,
        robustness::add,
        leaks::add,
        time::add,
        stale::add,
    ];
    let mut made = Vec::new();
    for operation in &contract.operations {
        let mut maker = Maker::new(operation);
        for add in families {
            add(&mut maker);
        }
        made.extend(maker.made);
    }
    made
}
