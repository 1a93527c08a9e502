//! Colours, or none.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// The styles of a terminal report; all of them plain where there are no colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Styles {
    pub(super) good: Style,
    pub(super) bad: Style,
    pub(super) doubtful: Style,
    pub(super) quiet: Style,
    pub(super) strong: Style,
}

impl Styles {
    pub(super) fn new(is_colored: bool) -> Self {
        let color = |color: AnsiColor| if is_colored { color.on_default() } else { Style::new() };
        let effect = |style: Style| if is_colored { style } else { Style::new() };
        Self {
            good: color(AnsiColor::Green),
            bad: effect(AnsiColor::Red.on_default().bold()),
            doubtful: color(AnsiColor::Yellow),
            quiet: effect(Style::new().dimmed()),
            strong: effect(Style::new().bold()),
        }
    }
}

/// The text in a style.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
