//! Loads arbitrary bytes as a contract, and plans what was loaded.

use fencepost::contract::Contract;
use fencepost::generate::{Inputs, plan};

/// Every text is a contract or an error that says something, the same each time. What is loaded
/// can be planned, or there is a reason why not.
pub(crate) fn run(data: &[u8]) {
    match (Contract::from_bytes("fuzz.yaml", data), Contract::from_bytes("fuzz.yaml", data)) {
        (Ok(contract), Ok(again)) => {
            assert_eq!(contract.operations.len(), again.operations.len());
            for operation in &contract.operations {
                match plan(operation, &Inputs::default()) {
                    Ok(plan) => assert!(plan.blocks().all(|block| !block.cases.is_empty())),
                    Err(reason) => assert!(!reason.is_empty()),
                }
            }
        }
        (Err(error), Err(again)) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(error.to_string(), again.to_string());
        }
        _ => panic!("loaded once, and once not"),
    }
}
