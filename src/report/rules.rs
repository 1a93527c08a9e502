//! The list of a contract's rules.

use std::fmt::Write as _;

use crate::contract::Contract;
use crate::redact::printable;

/// Every rule with its strength, basis, words and citation, operation by operation.
pub fn rules(contract: &Contract) -> String {
    let ids = contract.operations.iter().flat_map(|operation| &operation.rules);
    let width = ids.map(|rule| rule.id.as_str().chars().count()).max().unwrap_or_default();
    let heading = "RULE";
    let mut text = format!("{heading:<width$}  STRENGTH  BASIS        PROMISE\n");
    for operation in &contract.operations {
        for rule in &operation.rules {
            let _ = writeln!(
                text,
                "{:<width$}  {:<8}  {:<11}  {}   [{}]",
                printable(rule.id.as_str()),
                rule.strength,
                rule.basis,
                printable(&rule.summary),
                printable(&rule.citation.to_string()),
            );
        }
    }
    for skipped in &contract.skipped {
        let _ = writeln!(text, "skipped {}: {}", skipped.operation, printable(&skipped.reason));
    }
    text
}
