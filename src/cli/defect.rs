//! What is said when Fencepost itself is at fault.

use std::any::Any;
use std::panic::PanicHookInfo;

/// Prints one paragraph that asks for a report. The message of the panic is not shown: it may hold
/// what a server or a header said.
pub fn on_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
    let what = fixed_message(panic.payload());
    anstream::eprintln!(
        "error: fencepost {} has a defect{place}{what}. Nothing can be said of the target. Please \
         report this line together with the command, without the values of its headers.",
        env!("CARGO_PKG_VERSION"),
    );
}

/// The message, where it is part of the program and not made at run time.
fn fixed_message(payload: &dyn Any) -> String {
    payload.downcast_ref::<&'static str>().map_or_else(String::new, |text| format!(": {text}"))
}
