//! `fencepost rules`: what would be tested.

use super::terminal::Terminal;
use super::{ExitCode, RulesFlags};
use crate::config::load_contract;

/// Lists the rules of a contract.
pub(super) fn run(flags: &RulesFlags, terminal: Terminal) -> ExitCode {
    let contract = match load_contract(flags.contract.as_deref()) {
        Ok(contract) => contract,
        Err(error) => {
            terminal.complain("error", &error.to_string());
            return ExitCode::Usage;
        }
    };
    terminal.show(&crate::report::rules(&contract));
    ExitCode::Success
}
