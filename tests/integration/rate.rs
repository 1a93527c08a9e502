//! How well a rate is kept, as the server sees it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::hostile::fencepost;
use crate::opponents::{Opponent, Traits};

static ARRIVALS: Mutex<Vec<Instant>> = Mutex::new(Vec::new());

const WINDOW: Duration = Duration::from_secs(10);

/// Requests that arrived while the run lasted, in order.
fn arrivals(rate: &str) -> Vec<Instant> {
    let held = || ARRIVALS.lock().unwrap_or_else(PoisonError::into_inner);
    held().clear();
    let front = |_: &crate::opponents::Seen| {
        ARRIVALS.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        None
    };
    let opponent = Opponent::start(Traits { front, ..Traits::FAITHFUL });
    let phases = ["--phase", "coverage,fuzzing", "--cases", "100000"];
    let limits = ["--rate", rate, "--max-time", "25s"];
    fencepost(opponent.uri(), &[&phases[..], &limits[..]].concat(), &[]);
    let mut all = held().clone();
    all.sort_unstable();
    all
}

/// Prints the table for people: `cargo test --test integration rate_table -- --ignored --nocapture`.
#[test]
#[ignore = "prints a table, and takes more than a minute"]
#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a table of small numbers")]
fn rate_table() {
    println!("| rate | requests | in the mean | least in 10 s | most in 10 s | longest gap |");
    println!("|---|---|---|---|---|---|");
    for rate in [20_usize, 100, 500] {
        let all = arrivals(&rate.to_string());
        let lasted = all[all.len() - 1] - all[0];
        let mean = (all.len() - 1) as f64 / lasted.as_secs_f64() / rate as f64;
        let whole = all.iter().enumerate().take_while(|(_, at)| all[all.len() - 1] - **at > WINDOW);
        let in_window =
            |(index, at): (usize, &Instant)| all[index..].partition_point(|t| *t < *at + WINDOW);
        let counts: Vec<usize> = whole.map(in_window).collect();
        let share =
            |count: Option<&usize>| *count.expect("it takes longer") as f64 / (10 * rate) as f64;
        let gap = all.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        println!(
            "| {rate}/s | {} | {mean:.3} | {:.3} | {:.3} | {gap:.0?} |",
            all.len(),
            share(counts.iter().min()),
            share(counts.iter().max()),
        );
    }
}
