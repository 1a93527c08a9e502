//! `--report ndjson`: every line as described, while the run goes on.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{against, fencepost, temporary};
use crate::opponents::{Opponent, TOKEN, Traits, faults};

/// Every whole line, held against the schema; what stands behind the last line break is left out.
#[track_caller]
pub(super) fn lines(text: &str) -> Vec<Value> {
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(Path::new("contracts").join(name)).expect("is there");
        serde_json::from_str(&text).expect("is JSON")
    };
    let registry = jsonschema::Registry::new()
        .add("urn:fencepost:report:1", read("report.schema.json"))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("is a schema");
    let schema = read("ndjson.schema.json");
    let kinds: Vec<String> =
        schema["$defs"].as_object().expect("has kinds").keys().cloned().collect();
    let of_kind = |kind: &str| {
        // Held against its own kind, the error says what is wrong.
        let mut schema = schema.clone();
        schema["oneOf"] = serde_json::json!([{"$ref": format!("#/$defs/{kind}")}]);
        jsonschema::draft202012::options().with_registry(&registry).build(&schema).expect("builds")
    };
    let validators: std::collections::BTreeMap<String, jsonschema::Validator> =
        kinds.iter().map(|kind| (kind.clone(), of_kind(kind))).collect();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let parsed = whole.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("is JSON");
        let kind = line["type"].as_str().expect("has a type").to_owned();
        let errors: Vec<String> =
            validators[&kind].iter_errors(&line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {}", errors.join("\n"));
        line
    });
    parsed.collect()
}

fn of_type<'l>(lines: &'l [Value], kind: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn every_line_is_as_described_and_the_last_one_is_the_end() {
    let ended = fencepost(&["test", "--report", "ndjson", "--seed", "7f3a91c2"]);
    ended.expect(0, &["RULE  prepare/"]);
    let lines = lines(&ended.stdout);
    assert_eq!((&lines[0]["type"], &lines[0]["seed"]), (&"start".into(), &"7f3a91c2".into()));
    let end = lines.last().expect("has lines");
    assert_eq!((&end["type"], &end["verdict"]), (&"end".into(), &"held".into()));
    assert_eq!(end["planned"], lines[0]["planned_requests"]);
    let blocks = of_type(&lines, "block");
    let cases: u64 = blocks.iter().filter_map(|block| block["cases"].as_u64()).sum();
    let planned = end["planned"].as_u64().expect("a number");
    // A control stands before each block, and none before a sequence.
    let is_sequence =
        |block: &&&Value| block["name"].as_str().is_some_and(|name| name.starts_with("stateful/"));
    let sequences = blocks.iter().filter(is_sequence).count();
    let controls = u64::try_from(blocks.len() - sequences).expect("are few");
    assert_eq!(cases + controls, planned);
    assert!(of_type(&lines, "rule").len() > 60);
    assert!(of_type(&lines, "sighting").is_empty() && of_type(&lines, "finding").is_empty());
}

#[test]
fn what_is_broken_is_told_when_it_is_confirmed_and_when_it_is_reduced() {
    let fault = faults().find(|fault| fault.rules[0].ends_with("instance_ids/maxItems"));
    let opponent = Opponent::start(fault.expect("is among them").traits);
    let path = temporary("finding.ndjson");
    let report = format!("ndjson:{}", path.display());
    let ended = against(&opponent, &["--report", &report, "--report", "json"]);
    let text = fs::read_to_string(&path).expect("was written");
    fs::remove_file(&path).expect("is there");
    ended.expect(1, &["FAILED  prepare/body.instance_ids/maxItems"]);
    let lines = lines(&text);
    let place = |kind: &str| lines.iter().position(|line| line["type"] == kind).expect(kind);
    let order =
        ["start", "operation", "confirmed", "rule", "sighting", "finding", "end"].map(place);
    assert!(order.is_sorted(), "{order:?}");
    assert!(lines[order[2] + 1..].iter().any(|line| line["type"] == "block"), "told at once");
    let curl = lines[order[2]]["curl"].as_str().expect("a text");
    assert!(curl.starts_with("curl ") && curl.contains("$TOKEN"), "{curl}");
    // The findings are those of the JSON report.
    let report: Value = serde_json::from_str(&ended.stdout).expect("is JSON");
    let found: Vec<&Value> =
        of_type(&lines, "finding").into_iter().map(|line| &line["finding"]).collect();
    assert_eq!(found, report["findings"].as_array().expect("a list").iter().collect::<Vec<_>>());
}

#[test]
fn no_line_holds_a_token_that_a_server_echoes() {
    for fault in faults().filter(|fault| fault.rules.contains(&"prepare/response/tokenLeak")) {
        let opponent = Opponent::start(fault.traits);
        let ended = against(&opponent, &["--report", "ndjson", "--phase", "examples,coverage"]);
        let lines = lines(&ended.stdout);
        let kinds = ["confirmed", "sighting", "finding"];
        let shown = kinds.map(|kind| !of_type(&lines, kind).is_empty());
        assert_eq!(shown, [true; 3], "{}", fault.name);
        for secret in [TOKEN, &TOKEN[..TOKEN.len() / 2]] {
            assert!(!ended.both().contains(secret), "{}", fault.name);
        }
        ended.expect(1, &["$TOKEN"]);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_anything_is_sent() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let ended = against(&opponent, &["--report", "ndjson:/dev/full/x"]);
    ended.expect(2, &["can't be written"]);
    assert!(opponent.requests().is_empty());
}

#[test]
fn a_server_that_is_not_there_makes_a_start_and_an_end() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("is bound").to_string()
    };
    let target = format!("http://{closed}");
    let ended = fencepost(&["test", "--target", &target, "--report", "ndjson"]);
    ended.expect(3, &["Nothing was tested"]);
    let lines = lines(&ended.stdout);
    let end = lines.last().expect("has lines");
    assert_eq!(end["ended_early"]["why"], "not_connected", "{end}");
}

#[cfg(unix)]
#[test]
fn a_kill_leaves_every_line_up_to_the_last_readable() {
    use std::process::{Command, Stdio};

    use crate::opponents::{Delivery, Reply};

    let slow = Opponent::start(Traits {
        front: |seen| {
            (seen.number == 300).then(|| Reply { delivery: Delivery::Hang, ..Reply::empty(200) })
        },
        ..Traits::FAITHFUL
    });
    let path = temporary("killed.ndjson");
    let (report, header) = (format!("ndjson:{}", path.display()), format!("X-Auth-Token: {TOKEN}"));
    let mut run = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["test", "--target", slow.uri(), "-H", &header, "--report", &report])
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    while slow.requests().len() < 300 {
        std::thread::yield_now();
    }
    run.kill().expect("is there");
    assert!(!run.wait().expect("ends").success());
    let text = fs::read_to_string(&path).expect("was written");
    fs::remove_file(&path).expect("is there");
    let lines = lines(&text);
    assert!(text.ends_with('\n') && of_type(&lines, "block").len() > 3, "{text}");
    assert!(of_type(&lines, "end").is_empty());
}
