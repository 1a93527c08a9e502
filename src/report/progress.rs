//! Progress while a run goes on.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::redact::printable;
use crate::run::{ConcurrencyChange, Event, Listener};

/// A bar on stderr that grows with every answered request, and goes away at the end.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that is drawn on stderr, or nowhere.
    pub fn new(is_drawn: bool) -> Self {
        let target =
            if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:24} {pos}/{len} requests  {per_sec}  {elapsed}  {wide_msg}",
        ) {
            bar.set_style(style);
        }
        Self { bar }
    }
}

impl Listener for Progress {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Planned { requests, .. } => self.bar.set_length(requests),
            Event::OperationStarted { title, .. } => {
                self.bar.set_message(printable(title).into_owned());
            }
            Event::Answered => self.bar.inc(1),
            Event::ConcurrencyChanged(change) => {
                let ConcurrencyChange { from, to, why } = change;
                self.bar.set_message(format!("{why}: {to} at once in place of {from}"));
            }
            Event::Found(finding) => {
                self.bar.set_message(format!("{} {}", finding.severity, finding.rule));
            }
            Event::Finished(_) => self.bar.finish_and_clear(),
            _ => {}
        }
    }
}
