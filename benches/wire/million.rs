//! The release binary over a million cases, ten thousand and more of them failing: its resident
//! memory on the way.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::{MOST_ENTRIES, Server, TOKEN};

/// Runs `cases` random case numbers, which come to three requests each, and prints what it took.
pub(crate) fn million(cases: usize) -> io::Result<()> {
    let server = Server::start("faulty", MOST_ENTRIES)?;
    let report = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("million.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["test", "koophone", "--target", &server.uri, "--phase", "fuzzing", "--seed", "7"])
        .args(["--cases", &cases.to_string(), "--max-time", "1h", "--report"])
        .arg(format!("json:{}", report.display()))
        .arg("-H")
        .arg(format!("X-Auth-Token: {TOKEN}"))
        .stdout(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    let mut most = 0;
    let status = loop {
        most = most.max(resident(&child).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let text = std::fs::read(&report)?;
    let report: serde_json::Value = serde_json::from_slice(&text).map_err(io::Error::other)?;
    let findings = report["findings"].as_array().map_or(&[][..], Vec::as_slice);
    let failing: u64 = findings.iter().filter_map(|finding| finding["count"].as_u64()).sum();
    println!(
        "{cases} case numbers, {} requests, {failing} of them failing in {} findings: {} MB resident \
         at most, {:.0} s, exit {}",
        report["traffic"]["planned"],
        findings.len(),
        most / 1024,
        begun.elapsed().as_secs_f64(),
        status.code().unwrap_or(-1),
    );
    Ok(())
}

/// The most memory that a process had resident so far, in KiB.
fn resident(child: &Child) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
