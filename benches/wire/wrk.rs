//! wrk beside us: the raw ceiling of the same server with the same number of connections.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::server::TOKEN;

/// Requests a second that wrk gets out of a server, sending `body` over 8 connections for so long;
/// `None` where it isn't installed.
pub(crate) fn rate(uri: &str, body: &str, time: Duration) -> Option<f64> {
    let script = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench.lua");
    let text = format!(
        "wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n\
         wrk.headers[\"Content-Type\"] = \"application/json\"\n\
         wrk.headers[\"Accept\"] = \"application/json\"\n\
         wrk.headers[\"X-Auth-Token\"] = \"{TOKEN}\"\n"
    );
    std::fs::write(&script, text).ok()?;
    let output = Command::new("wrk")
        .args(["-t1", "-c8", &format!("-d{}s", time.as_secs().max(1)), "-s"])
        .arg(&script)
        .arg(format!("{uri}/v1/instances/prepare"))
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?;
    line.trim().parse().ok()
}
