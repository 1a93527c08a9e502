//! From arguments to a command.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write as _;

use clap::Parser;

use super::terminal::Terminal;
use super::{Cli, Command, ExitCode, audit, merge, rules, stub, test};
use crate::config::secrets_of_arguments;

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return complain(&error, &arguments),
    };
    let terminal = Terminal::new(&cli);
    let code = match cli.command.unwrap_or_else(|| Command::Test(Box::default())) {
        Command::Test(flags) => test::run(&flags, terminal),
        Command::Merge(flags) => merge::run(&flags, terminal),
        Command::Stub(flags) => stub::run(&flags, terminal),
        Command::Audit(flags) => audit::run(&flags, terminal),
        Command::Rules(flags) => rules::run(&flags, terminal),
    };
    if code == ExitCode::Success && Terminal::has_lost() { ExitCode::Usage } else { code }
}

/// Prints what clap has to say: an error, or the help or version that was asked for.
fn complain(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::Success;
    }
    let redactor = secrets_of_arguments(arguments.iter().filter_map(|argument| argument.to_str()));
    let text = error.render().ansi().to_string();
    let _ = anstream::stderr().lock().write_all(redactor.redact(&text).as_bytes());
    ExitCode::Usage
}

/// An error with what caused it, in one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = inner.source();
    }
    text
}

/// The runtime of every command: one thread, which is enough for what one machine can be sent.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    crate::http::event_loop()
}
