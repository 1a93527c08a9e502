//! The plan is shown and agreed to before anything goes to another host.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use crate::config::Settings;
use crate::http::Target;
use crate::run::RunPlan;

/// What the user says to the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Go on.
    Agreed,
    /// Don't.
    Declined,
    /// There is nobody to ask.
    Nobody,
}

/// Shows the plan, and asks once unless the user agreed beforehand.
pub(super) fn agree(plan: &RunPlan, target: &Target, settings: &Settings) -> Answer {
    if settings.is_agreed {
        return Answer::Agreed;
    }
    eprint(&text(plan, target, settings));
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Answer::Nobody;
    }
    eprint("Send them? [y/N] ");
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(_) if matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Answer::Agreed,
        _ => Answer::Declined,
    }
}

fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The operations with their numbers of requests, and the limits.
fn text(plan: &RunPlan, target: &Target, settings: &Settings) -> String {
    let part = settings.shard.map_or_else(String::new, |named| format!(" of {}", named.shard));
    let mut text = format!("{target} is not this machine. The plan{part}:\n");
    for (operation, requests) in plan.operations() {
        let requests = requests.map_or_else(|| "?".to_owned(), |known| known.to_string());
        let _ = writeln!(text, "  {requests:>7} requests  {operation}");
    }
    let most = settings
        .run
        .max_requests
        .map_or_else(String::new, |most| format!(", at most {most} in all (--max-requests)"));
    let about = if plan.is_guess() { "about " } else { "" };
    let _ = writeln!(
        text,
        "  {about}{:>7} in all, and some more to confirm and reduce what fails{most};\n  at most {} at \
         once (--concurrency), for at most {} (--max-time)",
        plan.requests(),
        settings.run.concurrency,
        humantime::format_duration(settings.run.max_time),
    );
    text
}
