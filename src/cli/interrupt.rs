//! Ctrl-C, and what process managers send in its place.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// Hears interruptions, from the moment it is made: SIGINT and SIGTERM, on Windows Ctrl-C.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Interrupts {
    /// Begins to listen; an error is the system's. Must be called within a runtime.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns at the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Hears Ctrl-C, from the moment it is made.
#[cfg(windows)]
#[derive(Debug)]
pub(super) struct Interrupts(CtrlC);

#[cfg(windows)]
impl Interrupts {
    /// Begins to listen; an error is the system's. Must be called within a runtime.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self(ctrl_c()?))
    }

    /// Returns at the next one.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}
