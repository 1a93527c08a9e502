//! Where words go: stdout or stderr, with colours or without.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};

use super::{Cli, ColorFlag};
use crate::report::Detail;

/// Stdout took less than it was given.
static HAS_LOST: AtomicBool = AtomicBool::new(false);

/// How to speak to the user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    color: ColorFlag,
    /// How much to say.
    pub(super) detail: Detail,
    /// Reports go to stdout, so that everything for people goes to stderr.
    pub(super) on_stderr: bool,
}

impl Terminal {
    pub(super) fn new(cli: &Cli) -> Self {
        let detail = match (cli.quiet, cli.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        };
        Self { color: cli.color, detail, on_stderr: false }
    }

    /// Whether what is shown has colours.
    pub(super) fn is_colored(self) -> bool {
        match self.color {
            ColorFlag::Always => true,
            ColorFlag::Never => false,
            ColorFlag::Auto if self.on_stderr => {
                AutoStream::choice(&io::stderr()) != ColorChoice::Never
            }
            ColorFlag::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        }
    }

    /// Whether progress can be shown.
    pub(super) fn shows_progress(self) -> bool {
        self.detail > Detail::Quiet && io::stderr().is_terminal()
    }

    /// Shows text for people. A reader that went away is no error of ours; a full disk is one.
    pub(super) fn show(self, text: &str) {
        let choice = if self.is_colored() { ColorChoice::Always } else { ColorChoice::Never };
        if self.on_stderr {
            let _ = AutoStream::new(io::stderr().lock(), choice).write_all(text.as_bytes());
            return;
        }
        let mut stdout = AutoStream::new(io::stdout().lock(), choice);
        let shown = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        drop(stdout);
        if let Err(error) = shown
            && error.kind() != io::ErrorKind::BrokenPipe
            && !HAS_LOST.swap(true, Ordering::Relaxed)
        {
            self.complain("error", &format!("stdout can't be written to: {error}"));
        }
    }

    /// Whether something that was to be shown is lost.
    pub(super) fn has_lost() -> bool {
        HAS_LOST.load(Ordering::Relaxed)
    }

    /// Puts a report on stdout, which has nothing else then.
    pub(super) fn hand_over(bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush())
    }

    /// Says what may be worth a look, unless little is to be said.
    pub(super) fn hint(self, message: &str) {
        if self.detail > Detail::Quiet {
            self.complain("warning", message);
        }
    }

    /// Says what is good to know, unless little is to be said.
    pub(super) fn note(self, message: &str) {
        if self.detail > Detail::Quiet {
            self.complain("note", message);
        }
    }

    /// Says what went wrong, in one paragraph on stderr.
    pub(super) fn complain(self, kind: &str, message: &str) {
        let style = if kind == "error" {
            anstyle::AnsiColor::Red.on_default().bold()
        } else {
            anstyle::AnsiColor::Yellow.on_default().bold()
        };
        let choice = match self.color {
            ColorFlag::Always => ColorChoice::Always,
            ColorFlag::Never => ColorChoice::Never,
            ColorFlag::Auto => AutoStream::choice(&io::stderr()),
        };
        let line = format!("{style}{kind}{style:#}: {message}\n");
        let _ = AutoStream::new(io::stderr().lock(), choice).write_all(line.as_bytes());
    }
}
