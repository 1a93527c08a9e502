//! What a person reads of the way to the target: load, and certificates that nobody checked.

use std::fmt::Write as _;
use std::time::Duration;

use super::terminal::{grouped, seconds};
use crate::run::Outcome;

/// One line for each thing that is worth knowing; nothing where all was well.
pub(super) fn render(outcome: &Outcome) -> String {
    let mut text = String::new();
    let load = outcome.load;
    if load.turned_away > 0 {
        let count = grouped(load.turned_away);
        let _ = write!(text, "load      {count} turned away with 429 or 503");
        if load.retry_after > 0 {
            let _ = write!(text, ", {} with Retry-After", grouped(load.retry_after));
        }
        let _ = writeln!(text, "; waited {}", seconds(Duration::from_millis(load.waited_ms)));
    }
    if let Some(fewest) = load.fewest_at_once {
        let halved = grouped(load.halved.into());
        let times = if load.halved == 1 { "time" } else { "times" };
        let _ = writeln!(
            text,
            "load      requests at once halved {halved} {times}, to no fewer than {fewest}"
        );
    }
    match load.connections {
        None => {}
        Some(1) => {
            text.push_str(
                "load      the target serves one connection at a time: sent one by one\n",
            );
        }
        Some(most) => {
            let _ = writeln!(
                text,
                "load      the target serves {most} connections at once: no more sent"
            );
        }
    }
    if outcome.insecure {
        text.push_str("insecure  certificates were not checked\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::run::{Extent, Load, Outcome, Traffic};

    fn outcome(load: Load, insecure: bool) -> Outcome {
        Outcome {
            contract: "c".to_owned(),
            seed: "1".to_owned(),
            operations: Vec::new(),
            skipped: Vec::new(),
            traffic: Traffic::default(),
            load,
            insecure,
            ended_early: None,
            refused: Vec::new(),
            strict: false,
            extent: Extent::Whole,
        }
    }

    #[test]
    fn load_is_told_where_there_was_some() {
        assert_eq!(render(&outcome(Load::default(), false)), "");
        let load = Load { turned_away: 1_200, retry_after: 3, waited_ms: 2_500, ..Load::default() };
        let load = Load { halved: 2, fewest_at_once: Some(2), connections: Some(1), ..load };
        assert_eq!(
            render(&outcome(load, true)),
            "load      1,200 turned away with 429 or 503, 3 with Retry-After; waited 2.5 s\n\
             load      requests at once halved 2 times, to no fewer than 2\n\
             load      the target serves one connection at a time: sent one by one\n\
             insecure  certificates were not checked\n"
        );
    }
}
