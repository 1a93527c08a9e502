//! A run split over processes by flag or environment, and `merge`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::ndjson::lines;
use super::{Ended, command, ended, fencepost, temporary, validated};
use crate::opponents::{Opponent, Seen, TOKEN, Traits, faults};

/// The files that shards write, gone when it is dropped.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let directory = temporary(name);
        fs::create_dir_all(&directory).expect("is made");
        Self(directory)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("is UTF-8").to_owned()
    }

    /// Merges these, with more arguments.
    fn merge(&self, names: &[&str], arguments: &[&str]) -> Ended {
        let mut command = command();
        command.arg("merge").args(names.iter().map(|name| self.path(name))).args(arguments);
        ended(&mut command)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a test as a process with these variables, its NDJSON going to a file of this name.
fn shard(
    files: &Files,
    name: &str,
    target: Option<&str>,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Ended {
    let mut command = command();
    let report = format!("ndjson:{}", files.path(name));
    command.args(["test", "--report", &report]).args(arguments);
    command.envs(variables.iter().copied());
    if let Some(target) = target {
        command.env("FENCEPOST_TARGET", target);
        command.env("FENCEPOST_HEADERS", format!("X-Auth-Token: {TOKEN}"));
    }
    ended(&mut command)
}

/// Everything that was sent, controls aside, each with its number.
fn sent(requests: &[Seen]) -> BTreeMap<String, usize> {
    let text = |seen: &Seen| {
        let mut headers: Vec<_> =
            seen.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")).collect();
        headers.sort();
        format!("{} {}?{} {headers:?} {}", seen.method, seen.path, seen.query, seen.text())
    };
    let control = text(&requests[0]);
    let mut sent = BTreeMap::new();
    for text in requests.iter().map(text).filter(|text| *text != control) {
        *sent.entry(text).or_default() += 1;
    }
    sent
}

#[test]
fn any_number_of_processes_send_what_one_sends() {
    let files = Files::new("union");
    let seed = ["--seed", "5eed", "--cases", "60"];
    let whole = Opponent::start(Traits::FAITHFUL);
    shard(&files, "whole", Some(whole.uri()), &[], &seed).expect(0, &[]);
    let whole = sent(&whole.requests());
    assert!(whole.values().sum::<usize>() > 500);
    for (of, base) in [(2, 1), (3, 0)] {
        let opponent = Opponent::start(Traits::FAITHFUL);
        let mut names = Vec::new();
        for index in base..of + base {
            let (index, of) = (index.to_string(), of.to_string());
            let (variables, said) = if base == 1 {
                ([("CI_NODE_INDEX", &*index), ("CI_NODE_TOTAL", &*of)], "counted from 1")
            } else {
                let total = ("FENCEPOST_SHARD_TOTAL", &*of);
                ([("JOB_COMPLETION_INDEX", &*index), total], "counted from 0")
            };
            names.push(format!("{index}-{of}"));
            let name = names.last().expect("was pushed");
            let ended = shard(&files, name, Some(opponent.uri()), &variables, &seed);
            ended.expect(0, &["note: this is shard ", said, "seed 00005eed"]);
            assert!(!ended.both().contains("inconclusive: no case"), "{}", ended.both());
        }
        let parts = sent(&opponent.requests());
        assert!(parts.keys().eq(whole.keys()), "{of} shards");
        // Each shard sends what its sequences hold against what becomes of a request alone.
        let most = usize::try_from(of - 1).expect("is small");
        let is_alike = |(one, several): (&usize, &usize)| (*one..=one + most).contains(several);
        assert!(whole.values().zip(parts.values()).all(is_alike), "{of} shards");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let merged = files.merge(&names, &["--report", "json"]);
        merged.expect(0, &["exit 0", &format!("{of} shards")]);
        validated(&merged.stdout);
    }
}

#[test]
fn merged_shards_report_what_one_process_reports() {
    let fault = faults().find(|fault| fault.rules[0].ends_with("instance_ids/maxItems"));
    let opponent = Opponent::start(fault.expect("is among them").traits);
    let files = Files::new("reports");
    let seed = ["--seed", "5eed"];
    let names = ["1.ndjson", "2.ndjson", "3.ndjson"];
    for (name, index) in names.iter().zip(["1/3", "2/3", "3/3"]) {
        let variables = [("FENCEPOST_SHARD", index)];
        let ended = shard(&files, name, Some(opponent.uri()), &variables, &seed);
        assert!(matches!(ended.code, 0 | 1), "{}", ended.both());
    }
    let json = format!("json:{}", files.path("whole.json"));
    let whole = shard(
        &files,
        "whole",
        Some(opponent.uri()),
        &[("FENCEPOST_SHARD", "1/1"), ("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")],
        &["--seed", "5eed", "--report", &json],
    );
    whole.expect(1, &["FAILED  prepare/body.instance_ids/maxItems"]);
    let joined = files.path("joined.ndjson");
    let also = format!("ndjson:{joined}");
    let merged = files.merge(&names, &["--report", "json", "--report", &also]);
    merged.expect(1, &["FAILED  prepare/body.instance_ids/maxItems", "real limit", "$TOKEN"]);
    assert!(!merged.both().contains(TOKEN));
    let text = fs::read_to_string(files.path("whole.json")).expect("was written");
    let (whole, merged) = (validated(&text), validated(&merged.stdout));
    // Which of many cases a finding is shown by, and what that took, may differ.
    let findings = |report: &Value| {
        let findings = report["findings"].as_array().expect("a list").clone();
        let members = ["rule", "also", "check", "severity", "kind", "count"];
        let rows = findings.iter().map(|row| {
            let limit = &row["real_limit"]["enforced"];
            (members.map(|name| row[name].clone()), limit.clone())
        });
        rows.collect::<Vec<_>>()
    };
    let verdicts = |report: &Value| {
        let rules = report["rules"].as_array().expect("a list").clone();
        let rows = rules.iter().map(|row| ["id", "verdict", "reason"].map(|of| row[of].clone()));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(findings(&merged), findings(&whole));
    assert_eq!(verdicts(&merged), verdicts(&whole));
    // What was joined can be read again.
    lines(&fs::read_to_string(&joined).expect("was written"));
    files.merge(&["joined.ndjson"], &[]).expect(1, &["FAILED  prepare/body.instance_ids/maxItems"]);
}

#[test]
fn shards_that_are_missing_killed_or_interrupted_are_inconclusive() {
    let files = Files::new("missing");
    let fast = ["--phase", "examples,coverage", "--seed", "5eed"];
    for index in ["1", "2"] {
        let shard_flag = format!("{index}/2");
        let arguments = [&fast[..], &["--shard", &shard_flag]].concat();
        shard(&files, index, None, &[], &arguments).expect(0, &["counted from 1"]);
    }
    files.merge(&["1", "2"], &[]).expect(0, &["exit 0"]);
    files.merge(&["1"], &[]).expect(3, &["shard 2 of 2 is missing", "exit 3"]);
    let text = fs::read_to_string(files.path("2")).expect("was written");
    let (killed, _) = text.trim_end().rsplit_once('\n').expect("has lines");
    fs::write(files.path("killed"), format!("{killed}\n")).expect("is written");
    files.merge(&["1", "killed"], &[]).expect(3, &["shard 2 of 2 did not come to its end"]);
    // A kill may cut the last line anywhere.
    for cut in [text.len() / 2, text.len() / 4, 400] {
        let mut cut = cut;
        while !text.is_char_boundary(cut) {
            cut += 1;
        }
        fs::write(files.path("cut"), &text[..cut]).expect("is written");
        files.merge(&["cut", "1"], &[]).expect(3, &["shard 2 of 2"]);
    }
    fs::write(files.path("empty"), "").expect("is written");
    files.merge(&["1", "empty"], &[]).expect(3, &["is empty", "shard 2 of 2 is missing"]);
    files.merge(&["empty"], &[]).expect(3, &["no shard has begun"]);
    let interrupted =
        text.replace("\"ended_early\":null", "\"ended_early\":{\"why\":\"interrupted\"}");
    fs::write(files.path("interrupted"), interrupted).expect("is written");
    files.merge(&["1", "interrupted"], &[]).expect(3, &["shard 2 of 2 was interrupted"]);
    // One that reached its limit is as inconclusive as a run that does.
    let arguments = [&fast[..], &["--shard", "2/2", "--max-requests", "60"]].concat();
    shard(&files, "short", None, &[], &arguments).expect(3, &["--max-requests"]);
    let short = files.merge(&["1", "short"], &[]);
    short.expect(3, &["shard 2 of 2 ended early: --max-requests was reached"]);
}

#[test]
fn files_of_different_runs_are_refused() {
    let files = Files::new("different");
    let run = |name: &str, arguments: &[&str]| {
        shard(&files, name, None, &[], &[&["--phase", "examples"], arguments].concat());
    };
    run("1", &["--shard", "1/2", "--seed", "1"]);
    run("2", &["--shard", "2/2", "--seed", "1"]);
    run("seed", &["--shard", "2/2", "--seed", "2"]);
    run("total", &["--shard", "2/3", "--seed", "1"]);
    run("setting", &["--shard", "2/2", "--seed", "1", "--strict"]);
    run("contract", &["tests/fixtures/shop.yaml", "--shard", "2/2", "--seed", "1"]);
    files.merge(&["1", "2"], &[]).expect(0, &[]);
    let text = fs::read_to_string(files.path("2")).expect("was written");
    let changed = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(files.path(name), text.replacen(from, to, 1)).expect("is written");
    };
    let version = env!("CARGO_PKG_VERSION");
    changed("version", &format!("\"tool_version\":\"{version}\""), "\"tool_version\":\"0.0.9\"");
    changed("content", "\"hash\":\"", "\"hash\":\"f");
    changed("garbage", "{\"type\":\"operation\"", "{\"type\":\"operetta\"");
    changed("headless", "{\"type\":\"start\"", "{\"type\":\"end\"");
    for (other, words) in [
        ("seed", ["seed", "00000002"]),
        ("total", ["number of shards", "3"]),
        ("setting", ["strict", "true"]),
        ("contract", ["contract", "shop"]),
        ("content", ["contract", "content"]),
        ("version", ["0.0.9", version]),
        ("garbage", ["line 2", "operetta"]),
        ("headless", ["line 1", "start"]),
        ("nowhere", ["nowhere", "can't be read"]),
        ("1", ["1", "shard 1 of 2"]),
    ] {
        let ended = files.merge(&["1", other], &[]);
        ended.expect(2, &words);
        assert!(ended.stdout.is_empty(), "{other}: {}", ended.stdout);
    }
}

#[test]
fn what_names_no_shard_is_refused_before_anything_is_sent() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let files = Files::new("nonsense");
    for (variables, words) in [
        (vec![("FENCEPOST_SHARD", "4/3")], ["FENCEPOST_SHARD", "1 to 3"]),
        (vec![("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")], ["CI_NODE_INDEX", "1 to 3"]),
        (vec![("CI_NODE_TOTAL", "3")], ["CI_NODE_INDEX", "FENCEPOST_SHARD=1/1"]),
        (vec![("FENCEPOST_SHARD_TOTAL", "two")], ["FENCEPOST_SHARD_TOTAL", "`two`"]),
    ] {
        shard(&files, "x", Some(opponent.uri()), &variables, &[]).expect(2, &words);
    }
    fencepost(&["test", "--shard", "0/3"]).expect(2, &["--shard", "1 to 3"]);
    fencepost(&["merge"]).expect(2, &["FILE"]);
    assert!(opponent.requests().is_empty());
}

#[test]
fn a_shard_to_which_nothing_falls_is_no_failure() {
    let files = Files::new("idle");
    let names: Vec<String> = (1..=7).map(|index| format!("{index}/7")).collect();
    let mut idle = 0;
    for name in &names {
        let arguments = ["--rule", "body.user_id/required", "--phase", "coverage", "--shard", name];
        let ended = shard(&files, &name[..1], None, &[], &arguments);
        ended.expect(0, &[]);
        idle += usize::from(ended.both().contains("nothing was sent: no case of the plan falls"));
    }
    assert!((1..7).contains(&idle), "{idle}");
    let names: Vec<&str> = names.iter().map(|name| &name[..1]).collect();
    files.merge(&names, &["-v"]).expect(0, &["body.user_id/required", "7 shards"]);
}

/// Starts a shard whose server goes silent at the request of this number, and ends it by this signal
/// then.
#[cfg(unix)]
fn stopped(files: &Files, name: &str, traits: Traits, shard: &str, signal: &str) {
    use std::process::{Command, Stdio};

    let silent = Opponent::start(traits);
    let mut run = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["test", "--seed", "5eed", "--shard", shard, "--concurrency", "1"])
        .args(["--report", &format!("ndjson:{}", files.path(name))])
        .env_clear()
        .env("FENCEPOST_TARGET", silent.uri())
        .env("FENCEPOST_HEADERS", format!("X-Auth-Token: {TOKEN}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    while silent.requests().len() < SILENT_FROM {
        assert!(run.try_wait().expect("is ours").is_none(), "the run is over too early");
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args([signal, &run.id().to_string()]).status();
    assert!(sent.expect("is there").success());
    run.wait().expect("ends");
}

/// The request that a silent server doesn't answer any more.
#[cfg(unix)]
const SILENT_FROM: usize = 300;

#[cfg(unix)]
#[test]
fn what_a_stopped_shard_had_confirmed_is_shown_and_the_run_is_inconclusive() {
    use crate::opponents::{Delivery, Reply};

    let silent: fn(&Seen) -> Option<Reply> = |seen| {
        let hang = Reply { delivery: Delivery::Hang, ..Reply::empty(200) };
        (seen.number == SILENT_FROM).then_some(hang)
    };
    let files = Files::new("stopped");
    // A fault that shows early.
    let fault = faults().find(|fault| fault.rules[0].ends_with("body.user_id/required"));
    let traits = Traits { front: silent, ..fault.expect("is among them").traits };
    stopped(&files, "killed", traits, "1/1", "-KILL");
    let killed = files.merge(&["killed"], &["--report", "json"]);
    let words = ["FAILED  prepare/body.user_id/required", "shard 1 of 1 did not come to its end"];
    killed.expect(3, &words);
    assert!(!killed.both().contains(TOKEN));
    let report = validated(&killed.stdout);
    assert_eq!((&report["verdict"], &report["exit_code"]), (&"inconclusive".into(), &3.into()));
    let calm = Traits { front: silent, ..Traits::FAITHFUL };
    stopped(&files, "interrupted", calm, "1/2", "-INT");
    let other = Opponent::start(Traits::FAITHFUL);
    let arguments = ["--seed", "5eed", "--shard", "2/2"];
    shard(&files, "2", Some(other.uri()), &[], &arguments).expect(0, &[]);
    let merged = files.merge(&["interrupted", "2"], &[]);
    merged.expect(3, &["shard 1 of 2 was interrupted", "exit 3"]);
    // What a stopped shard did come to stays.
    assert!(merged.stdout.contains("held"), "{}", merged.stdout);
}
