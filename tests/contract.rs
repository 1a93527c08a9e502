//! The built-in contract, a test a rule: against the embedded stub, or `FENCEPOST_TARGET`.

use std::process::ExitCode;

fn main() -> ExitCode {
    fencepost::suite::main("koophone")
}
