//! The event loop that a client runs on.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// How many tasks are polled before timers are looked at. A server that floods us keeps the task of
/// its connection busy for as long as a poll may take, and time limits wait for that many of them.
const POLLS: u32 = 4;

/// An event loop of one thread, whose time limits hold while a server floods it.
///
/// # Errors
/// If the system gives none.
pub fn event_loop() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().event_interval(POLLS).build()
}
