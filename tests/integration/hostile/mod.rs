//! Hostile servers: each ends in a finding or an inconclusive within stated limits, and the run
//! goes on.

mod background;
mod front;
mod servers;
mod table;
mod tls;
mod tunnel;
mod way;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::opponents::TOKEN;

/// The limits that every run against a hostile server is given.
const LIMITS: [&str; 4] = ["--timeout", "400ms", "--max-body", "256KiB"];

/// No run against a hostile server may take longer.
const LONGEST: Duration = Duration::from_secs(60);

/// How a run of the program ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most memory that it held, as far as the system tells.
    pub(crate) peak_kib: Option<u64>,
}

impl Ended {
    /// The JSON report, where there is one.
    pub(crate) fn report(&self) -> Option<Value> {
        serde_json::from_str(&self.stdout).ok()
    }

    /// Whether what is for people to read says all of these.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in: {}", self.stderr);
        }
    }
}

/// Runs `fencepost test` against a target, with the JSON report on stdout.
pub(crate) fn fencepost(target: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let begun = Instant::now();
    let header = format!("X-Auth-Token: {TOKEN}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["test", "--target", target, "-H", &header, "--yes", "--report", "json"])
        .args(["--phase", "examples,coverage", "--seed", "5eed"])
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let id = child.id();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.expect("is piped").read_to_end(&mut bytes).expect("is read");
            String::from_utf8(bytes).expect("is UTF-8")
        })
    };
    let stdout = read(stdout.map(|pipe| Box::new(pipe) as _));
    let stderr = read(stderr.map(|pipe| Box::new(pipe) as _));
    let mut peak_kib = None;
    let status = loop {
        peak_kib = peak_of(id).or(peak_kib);
        if let Some(status) = child.try_wait().expect("is ours") {
            break status;
        }
        if begun.elapsed() > LONGEST {
            child.kill().expect("is ours");
            panic!("{target} hangs the program: {arguments:?}");
        }
        std::thread::park_timeout(Duration::from_millis(2));
    };
    let took = begun.elapsed();
    let ended = Ended {
        code: status.code(),
        stdout: stdout.join().expect("is read"),
        stderr: stderr.join().expect("is read"),
        took,
        peak_kib,
    };
    let both = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!both.contains(TOKEN), "the token shows: {both}");
    assert!(!both.contains('\u{1b}') && !both.contains('\u{7}'), "escapes show: {both}");
    ended
}

/// The most memory that a process held so far, where the system says so.
fn peak_of(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
