//! The `fencepost` program; all of it is in the library's `cli`.

use std::panic;

use fencepost::cli::{ExitCode, on_panic, run};

fn main() -> ExitCode {
    panic::set_hook(Box::new(on_panic));
    panic::catch_unwind(|| run(std::env::args_os())).unwrap_or(ExitCode::Defect)
}
