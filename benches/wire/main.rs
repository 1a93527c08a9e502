//! The engine against a minimal server in a process of its own, with wrk beside it.
//!
//! `cargo bench --bench wire` prints ratios, three repeats. `-- million` runs the release binary
//! over a million cases, ten thousand of them failing, and prints its resident memory.
#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and its counts are far below 2^52"
)]

mod bare;
mod million;
mod run;
mod server;
mod wrk;

use std::time::Duration;

use run::{Kind, Measured, run};
use server::{MOST_ENTRIES, Server};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", kind, most] => server::serve(kind, most.parse().unwrap_or(MOST_ENTRIES)),
        ["once", kind, cases] => once(kind, cases.parse().unwrap_or(1)),
        ["million"] => million::million(333_334),
        ["million", cases] => million::million(cases.parse().unwrap_or(1)),
        _ => table(),
    }
}

/// Entries of the lists in the table at most.
const SMALL: usize = 20;

/// One run, for a profiler to look at: `-- once mixed 20000`.
fn once(kind: &str, cases: usize) -> std::io::Result<()> {
    let kind = match kind {
        "valid" => Kind::Valid,
        "violating" => Kind::Violating,
        _ => Kind::Mixed,
    };
    let server = Server::start("hyper", SMALL)?;
    let measured = run(kind, SMALL, cases, &server.uri);
    println!(
        "{} requests, {:.0}/s, {:.1} us",
        measured.requests,
        measured.rate(),
        measured.micros()
    );
    Ok(())
}

/// A body of the usual size.
fn body(entries: usize) -> String {
    let ids = vec!["\"iRJEVP96\""; entries].join(",");
    format!("{{\"user_id\":\"1008600000104285462\",\"instance_ids\":[{ids}]}}")
}

fn row(name: &str, measured: &Measured, wrk: Option<f64>) {
    let (rate, micros) = (measured.rate(), measured.micros());
    let ratio = wrk.map_or_else(|| "   -".to_owned(), |wrk| format!("{:.2}", rate / wrk));
    println!("{name:<22} {rate:>10.0}     {ratio}   {micros:>6.1} us");
}

/// wrk, the HTTP library and the engine in turn, three times: against a server that is nothing but a
/// loop, and against one that is hyper's.
fn table() -> std::io::Result<()> {
    for (kind, server) in [("a bare loop", "good"), ("hyper's server", "hyper")] {
        println!("{kind:<22} requests/s   of wrk   own CPU per request");
        against(&Server::start(server, SMALL)?);
    }
    Ok(())
}

fn against(server: &Server) {
    for _ in 0..3 {
        let wrk = wrk::rate(&server.uri, &body(SMALL / 2), Duration::from_secs(4));
        match wrk {
            Some(rate) => println!("wrk, 8 connections     {rate:>10.0}     1.00"),
            None => println!("wrk is not installed: rates without ratios"),
        }
        row("reqwest alone", &bare::run(&server.uri, &body(SMALL / 2), 60_000), wrk);
        for (name, kind) in [
            ("valid, 1..=20 ids", Kind::Valid),
            ("violating", Kind::Violating),
            ("both, with twins", Kind::Mixed),
        ] {
            row(name, &run(kind, SMALL, 60_000, &server.uri), wrk);
        }
    }
}
