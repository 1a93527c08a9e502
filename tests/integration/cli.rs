//! The program from outside: what it prints, what it sends, how it ends.

mod ending;
mod ndjson;
mod shards;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

use crate::opponents::{Opponent, Reply, Seen, TOKEN, Traits, faults};

/// The longest time for one run of the program.
const LONGEST: Duration = Duration::from_secs(120);

/// What the program printed, and how it ended.
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Fails unless it ended so, saying each of these.
    #[track_caller]
    fn expect(&self, code: i32, words: &[&str]) -> &Self {
        let said = self.both();
        assert_eq!(self.code, code, "{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?} in: {said}");
        }
        self
    }
}

/// The program with nothing of this process's environment.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fencepost"));
    command.env_clear().timeout(LONGEST);
    // Without this one Windows has no sockets.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().expect("starts");
    Ended {
        code: output.status.code().expect("is not killed"),
        stdout: String::from_utf8(output.stdout).expect("is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("is UTF-8"),
    }
}

fn fencepost(arguments: &[&str]) -> Ended {
    ended(command().args(arguments))
}

/// A test of an opponent, with its token and more arguments.
fn against(opponent: &Opponent, arguments: &[&str]) -> Ended {
    let header = format!("X-Auth-Token: {TOKEN}");
    let given = ["test", "--target", opponent.uri(), "-H", &header, "--timeout", "700ms"];
    fencepost(&[&given, arguments].concat())
}

/// A name in the temporary directory that no other test uses.
fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("fencepost-cli-{}-{name}", std::process::id()))
}

fn schema() -> jsonschema::Validator {
    let text = fs::read_to_string("contracts/report.schema.json").expect("is there");
    let schema: Value = serde_json::from_str(&text).expect("is JSON");
    jsonschema::draft202012::options().build(&schema).expect("is a schema")
}

#[track_caller]
fn validated(text: &str) -> Value {
    let report: Value = serde_json::from_str(text).expect("is JSON");
    let errors: Vec<String> = schema()
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    report
}

#[test]
fn without_a_command_the_stub_is_tested_and_every_must_held() {
    let ended = fencepost(&[]);
    ended.expect(0, &["POST /v1/instances/prepare", "seed ", "RULE  prepare/", "exit 0"]);
    assert!(ended.stdout.contains("body.user_id/maxLength"), "{}", ended.stdout);
    assert!(!ended.stdout.contains('\u{1b}') && ended.stderr.is_empty(), "{}", ended.stderr);
}

#[test]
fn a_json_report_on_stdout_is_alone_there_and_as_described() {
    let ended = fencepost(&["test", "--report", "json", "--seed", "7f3a91c2"]);
    ended.expect(0, &["RULE  prepare/"]);
    let report = validated(&ended.stdout);
    assert_eq!((&report["verdict"], &report["seed"]), (&"held".into(), &"7f3a91c2".into()));
    assert!(report["rules"].as_array().is_some_and(|rules| rules.len() > 60));
}

#[test]
fn a_finding_is_shown_and_reported_with_all_its_parts() {
    let fault = faults().find(|fault| fault.rules[0].ends_with("instance_ids/maxItems"));
    let opponent = Opponent::start(fault.expect("is among them").traits);
    let path = temporary("finding.json");
    let report = format!("json:{}", path.display());
    let ended = against(&opponent, &["--report", &report, "--rule", "body.instance_ids/maxItems"]);
    let text = fs::read_to_string(&path).expect("was written");
    fs::remove_file(&path).expect("is there");
    ended.expect(
        1,
        &[
            "FAILED  prepare/body.instance_ids/maxItems",
            "rule       at most 100 entries",
            "expected ",
            "got ",
            "real limit",
            "seen ",
            "reproduce  curl",
            "$TOKEN",
            "exit 1",
        ],
    );
    let report = validated(&text);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "prepare/body.instance_ids/maxItems");
    assert_eq!(finding["severity"], "failure");
    let deselected = report["rules"].as_array().expect("a list").iter();
    assert!(deselected.filter(|rule| rule["verdict"] == "not_run").count() > 50);
}

/// The rule that an identifier of 33 characters breaks.
const RULE: &str = "prepare/body.instance_ids/items/maxLength";

#[test]
fn bad_input_is_told_in_a_paragraph_and_sends_nothing() {
    let contract = temporary("contract.yaml");
    let contract_path = contract.to_str().expect("is UTF-8");
    let with = |text: &str| fs::write(&contract, text).expect("is written");
    let dangling =
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    $ref: '#/x'\n";
    let long_id = format!("instance_ids=a,{}", "x".repeat(33));
    let none = "";
    for (text, arguments, words) in [
        (none, vec!["test", "--target", "nonsense"], vec!["scheme"]),
        (none, vec!["test", "--target", "ftp://a.example"], vec!["http and https"]),
        (none, vec!["test", "-H", "hunter2hunter2"], vec!["colon", "NAME: VALUE"]),
        (none, vec!["test", "-H", "hunter2 hunter2: x"], vec!["name"]),
        (none, vec!["test", "-H", "X-Auth-Token: "], vec!["X-Auth-Token", "empty"]),
        (none, vec!["test", "X-Auth-Token: hunter2hunter2"], vec!["-H"]),
        (none, vec!["test", "koophone", "X-Auth-Token: hunter2hunter2"], vec!["unexpected"]),
        (none, vec!["test", "--target", "http://me:hunter2hunter2@a.example"], vec!["password"]),
        (none, vec!["test", "--bogus"], vec!["--bogus"]),
        (none, vec!["test", "no/such/file.yaml"], vec!["no/such/file.yaml", "no such file"]),
        ("a: [", vec!["test", contract_path], vec![contract_path, "YAML"]),
        ("a: b", vec!["test", contract_path], vec![contract_path, "OpenAPI"]),
        (dangling, vec!["test", contract_path], vec![contract_path, "#/x"]),
        (none, vec!["test", "--rule", "body.user_id/maxlen"], vec!["body.user_id/maxLength"]),
        (none, vec!["test", "--operation", "nothing"], vec!["prepare"]),
        (none, vec!["test", "--known", "ids=a"], vec!["instance_ids", "user_id"]),
        (none, vec!["test", "--check", "nothing"], vec!["ignored_auth"]),
        (none, vec!["test", "--cases", "99999999999"], vec!["--cases", "1000000000 is the most"]),
        (none, vec!["test", "--phase", "fuzzing", "--cases", "0"], vec!["--cases 0"]),
        (none, vec!["test", "--known", &long_id], vec!["--known", RULE, "at most 32"]),
        (none, vec!["test", "--unknown", &long_id], vec!["--unknown", RULE, "at most 32"]),
        (none, vec!["test", "--phase", "hunting"], vec!["examples, coverage, fuzzing, stateful"]),
        (none, vec!["test", "--phase", ""], vec!["at least one phase"]),
        (none, vec!["test", "--concurrency", "0"], vec!["--concurrency"]),
        (none, vec!["test", "--timeout", "5"], vec!["500ms"]),
        (none, vec!["test", "--report", "xml"], vec!["json"]),
        (none, vec!["test", "--report", "json:/no/such/place.json"], vec!["directory"]),
        (none, vec!["test", "--target", "https://a.example"], vec!["requests", "--yes"]),
        (none, vec!["test", "-q", "-v"], vec!["--verbose"]),
    ] {
        with(text);
        let ended = fencepost(&arguments);
        ended.expect(2, &words);
        assert!(ended.stdout.is_empty(), "{arguments:?}: {}", ended.stdout);
        let said = &ended.stderr;
        assert!(!said.contains("hunter2") && !said.contains("panicked"), "{said}");
    }
    fs::remove_file(&contract).expect("is there");
}

#[test]
fn rules_of_deselected_checks_are_not_run() {
    let ended = fencepost(&["test", "--check", "leaks", "--report", "json", "-v"]);
    let report = validated(&ended.stdout);
    let rules = report["rules"].as_array().expect("a list");
    let run: Vec<&str> = rules
        .iter()
        .filter(|rule| rule["verdict"] != "not_run" && rule["strength"] != "open")
        .map(|rule| rule["id"].as_str().expect("a text"))
        .collect();
    assert!(!run.is_empty() && run.iter().all(|id| id.ends_with("Leak")), "{run:?}");
    ended.expect(0, &["not run: no selected check decides it"]);
}

#[test]
fn other_rules_that_a_finding_breaks_are_named_with_it() {
    let fail: fn(&mut Reply, &Seen) = |reply, _| {
        if reply.status == 400 {
            reply.status = 500;
        }
    };
    let opponent = Opponent::start(Traits { every: fail, ..Traits::FAITHFUL });
    let ended = against(&opponent, &["--phase", "coverage", "--report", "json"]);
    ended.expect(1, &["FAILED  prepare/response/serverError", "also breaks prepare/", "more (-v)"]);
    let report = validated(&ended.stdout);
    let findings = report["findings"].as_array().expect("a list");
    let general = findings.iter().find(|found| found["rule"] == "prepare/response/serverError");
    let also = general.expect("is found")["also"].as_array().expect("a list");
    assert!(also.len() > 4, "{also:?}");
}

#[test]
fn a_long_curl_line_is_shortened_where_the_whole_is_one_flag_away() {
    let fault = faults().find(|fault| fault.rules[0].ends_with("instance_ids/maxItems"));
    let opponent = Opponent::start(fault.expect("is among them").traits);
    let long = format!("X-Long: {}", "x".repeat(1_500));
    let selection = ["--rule", "body.instance_ids/maxItems", "-H", &long];
    let line = |said: &str| {
        let line = said.lines().find(|line| line.contains("reproduce")).expect("is shown");
        line.trim_start().trim_start_matches("reproduce").trim_start().to_owned()
    };
    let normal = against(&opponent, &selection);
    let shortened = line(&normal.stdout);
    assert!(shortened.len() < 1_600 && shortened.contains("left out; whole with `-v`"));
    let verbose = against(&opponent, &[&selection[..], &["-v", "--report", "json"]].concat());
    let report = validated(&verbose.stdout);
    let whole = report["findings"][0]["curl"].as_str().expect("a text");
    assert_eq!(line(&verbose.stderr), whole);
    assert!(whole.len() > 1_500 && !whole.contains("left out"), "{whole}");
}

#[test]
fn a_token_never_shows_where_a_server_echoes_it() {
    let leaks = faults().filter(|fault| fault.rules.contains(&"prepare/response/tokenLeak"));
    let mut count = 0;
    for fault in leaks {
        let opponent = Opponent::start(fault.traits);
        let ended = against(&opponent, &["--report", "json", "-v"]);
        ended.expect(1, &["response/tokenLeak", "$TOKEN"]);
        let swapped: String = TOKEN
            .chars()
            .map(|c| {
                if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
            })
            .collect();
        for secret in [TOKEN, &TOKEN[..TOKEN.len() / 2], &swapped] {
            assert!(!ended.both().contains(secret), "{}: {}", fault.name, ended.both());
        }
        validated(&ended.stdout);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn the_same_seed_prints_the_same_table() {
    let table = || {
        let ended = fencepost(&["test", "-v", "--seed", "5eed"]);
        let lines = ended.expect(0, &[]).stdout.lines().skip(1);
        lines.filter(|line| !line.contains("latency")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(table(), table());
}

#[test]
fn selections_change_what_is_sent() {
    let sent = |arguments: &[&str]| {
        let opponent = Opponent::start(Traits::FAITHFUL);
        against(&opponent, arguments).expect(0, &["exit 0"]);
        opponent.requests()
    };
    let all = sent(&[]).len();
    let examples = sent(&["--phase", "examples"]).len();
    assert!(examples < 10, "{examples}");
    let refused = sent(&["--only-refused", "--phase", "coverage"]);
    assert!(refused.len() < all);
    let one_rule = sent(&["--rule", "body.user_id/maxLength"]).len();
    assert!(one_rule < all / 4, "{one_rule} of {all}");
    let few = sent(&["--cases", "1"]).len();
    assert!(few < all, "{few} of {all}");
    let one_check = sent(&["--check", "ignored_auth"]);
    assert!(one_check.len() < 40, "{}", one_check.len());
}

#[test]
fn the_environment_does_the_same_as_flags() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let mut command = command();
    command.args(["test", "--phase", "examples", "--report", "json"]);
    command.env("FENCEPOST_TARGET", opponent.uri());
    command.env("FENCEPOST_HEADERS", format!("X-Trace: 7\nX-Auth-Token: {TOKEN}\n"));
    command.env("FENCEPOST_TARGET_NAME", "staging");
    let ended = ended(&mut command);
    let report = validated(&ended.expect(0, &[]).stdout);
    assert_eq!(report["target_name"], "staging");
    let seen = opponent.requests();
    assert!(seen.iter().all(|seen| seen.header("x-trace") == Some("7")));
}

#[cfg(unix)]
#[test]
fn another_host_is_asked_for_and_gets_no_token_in_its_url() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    // Not loopback by its name, and yet this machine.
    let elsewhere = opponent.uri().replace("127.0.0.1", "0.0.0.0");
    let header = format!("X-Auth-Token: {TOKEN}");
    let given = ["test", "--target", &elsewhere, "-H", &header];
    fencepost(&given).expect(2, &["POST /v1/instances/prepare", "10000 in all", "--yes"]);
    assert!(opponent.requests().is_empty());
    fencepost(&[&given[..], &["--yes"]].concat()).expect(0, &["exit 0"]);
    assert!(opponent.requests().iter().all(|seen| seen.query.is_empty()));
}

#[test]
fn identifiers_that_exist_are_asked_for_where_none_does() {
    let strict = Traits { known: &["existing"], ..Traits::FAITHFUL };
    let opponent = Opponent::start(strict);
    let ended = against(&opponent, &["--phase", "examples"]);
    assert!(ended.stderr.contains("--known user_id=… --known instance_ids=…"), "{}", ended.both());
    let ended = against(&opponent, &["--phase", "coverage", "--known", "instance_ids=existing"]);
    ended.expect(0, &["first and last included"]);
    assert!(ended.stderr.is_empty(), "{}", ended.stderr);
}

#[test]
fn what_is_left_out_of_a_contract_is_told() {
    let path = temporary("partly.yaml");
    let operation = |media: &str, name: &str| {
        format!(
            "  /{name}:\n    post:\n      operationId: {name}\n      requestBody:\n        required: \
             true\n        content: {{{media}: {{schema: {{type: string}}, example: a}}}}\n      \
             responses: {{'200': {{description: ok}}, '400': {{description: refused}}}}\n"
        )
    };
    let (json, xml) = (operation("application/json", "one"), operation("text/xml", "other"));
    let head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n";
    fs::write(&path, format!("{head}{json}{xml}")).expect("is written");
    let ended = fencepost(&["test", path.to_str().expect("is UTF-8"), "--report", "json"]);
    fs::remove_file(&path).expect("is there");
    let report = validated(&ended.stdout);
    assert_eq!(report["operations"][0]["id"], "one", "{}", ended.both());
    assert_eq!(report["skipped"][0]["operation"], "POST /other");
    assert!(ended.stderr.contains("skipped   POST /other"), "{}", ended.stderr);
}

#[test]
fn budgets_end_a_run_without_a_verdict() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    against(&opponent, &["--max-requests", "20"]).expect(3, &["--max-requests", "exit 3"]);
    assert!(opponent.requests().len() <= 20);
}

#[test]
fn warnings_fail_a_strict_run_only() {
    let fault = crate::opponents::WARNINGS.first().expect("there are some");
    let opponent = Opponent::start(fault.traits);
    against(&opponent, &[]).expect(0, &["WARNED  prepare/"]);
    against(&opponent, &["--strict"]).expect(1, &["WARNED  prepare/", "exit 1"]);
}

#[test]
fn quiet_and_color_do_as_they_say() {
    let quiet = fencepost(&["test", "-q"]);
    assert!(!quiet.expect(0, &["exit 0"]).stdout.contains("RULE"), "{}", quiet.stdout);
    let colored = fencepost(&["--color", "always", "test"]);
    assert!(colored.expect(0, &[]).stdout.contains("\u{1b}["));
}

#[test]
fn rules_are_listed_with_their_sources() {
    let line = "prepare/body.user_id/maxLength";
    fencepost(&["rules"]).expect(0, &[line, "must", "documented", "table 2, user_id"]);
    fencepost(&["rules", "nothing.yaml"]).expect(2, &["koophone"]);
}
