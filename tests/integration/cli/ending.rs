//! How runs end that don't come to their end: servers that are something else, and interruptions.

use std::net::TcpListener;

use super::{against, fencepost, temporary};
use crate::opponents::{Delivery, Opponent, Reply, Seen, TOKEN, Traits, gateway};

/// Why the run ended early, by a report that is removed then.
fn ended_early(path: &std::path::Path) -> String {
    let text = std::fs::read_to_string(path).expect("a report");
    std::fs::remove_file(path).expect("is ours");
    let report: serde_json::Value = serde_json::from_str(&text).expect("is JSON");
    assert_eq!((&report["verdict"], &report["exit_code"]), (&"inconclusive".into(), &3.into()));
    report["ended_early"]["why"].as_str().expect("a word").to_owned()
}

#[test]
fn a_target_that_is_not_the_api_is_inconclusive_and_the_report_says_why() {
    let path = temporary("nothing.json");
    let report = format!("json:{}", path.display());
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("is bound").to_string()
    };
    let down = fencepost(&["test", "--target", &format!("http://{closed}"), "--report", &report]);
    down.expect(3, &[&closed, "Nothing was tested"]);
    assert_eq!(ended_early(&path), "not_connected");

    let page = |_: &_| Some(Reply::text(200, "text/html", "<!doctype html><title>Hi</title>"));
    let html = Opponent::start(Traits { front: page, ..Traits::FAITHFUL });
    against(&html, &["--report", &report]).expect(3, &["not the documented API", "text/html"]);
    // The control, and a probe that tells a foreign server from a faulty one.
    assert_eq!(html.requests().len(), 2);
    assert_eq!(ended_early(&path), "not_the_api");

    let closed_door = Opponent::start(Traits { authentic: |_, _| false, ..Traits::FAITHFUL });
    against(&closed_door, &["--report", &report]).expect(3, &["refuses", "-H", "not expired"]);
    assert_eq!(ended_early(&path), "control_refused");
    let bare = fencepost(&["test", "--target", closed_door.uri(), "--report", &report]);
    bare.expect(3, &["401", "-H 'X-Auth-Token: …'", "FENCEPOST_HEADERS"]);
    assert_eq!(ended_early(&path), "control_refused");
}

#[test]
fn operations_that_a_run_never_came_to_are_counted_and_shown_where_that_is_asked_for() {
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shop.yaml");
    let few = ["test", shop, "--max-requests", "3", "--phase", "coverage"];
    let short = fencepost(&few);
    short.expect(3, &["… 3 more that nothing was sent to (-v)"]);
    assert!(!short.stdout.contains("RULE  createOrder/"), "{}", short.stdout);
    fencepost(&[&few[..], &["-v"]].concat()).expect(3, &["RULE  createOrder/"]);
}

#[test]
fn what_came_instead_says_what_to_do() {
    let gone: fn(&Seen) -> Option<Reply> = |_| Some(gateway(404, "APIG.0101", "no such API"));
    let bare: fn(&Seen) -> Option<Reply> = |_| Some(Reply::text(404, "text/html", "<h1>No</h1>"));
    let busy: fn(&Seen) -> Option<Reply> = |_| Some(gateway(429, "APIG.0308", "too many"));
    let down: fn(&Seen) -> Option<Reply> = |_| Some(Reply::text(503, "text/html", "<h1>No</h1>"));
    let other: fn(&Seen) -> Option<Reply> = |_| Some(Reply::text(302, "text/html", ""));
    for (front, words) in [
        (gone, ["path prefix in --target", "/v/v1/instances/prepare"]),
        (bare, ["path prefix in --target", "/v/v1/instances/prepare"]),
        (busy, ["try again later", "send less: --rate, --concurrency"]),
        (down, ["try again later", "send less: --rate, --concurrency"]),
        (other, ["lacks a path prefix", "X-Auth-Token"]),
    ] {
        let opponent = Opponent::start(Traits { front, ..Traits::FAITHFUL });
        let (prefixed, header) =
            (format!("{}/v", opponent.uri()), format!("X-Auth-Token: {TOKEN}"));
        let ended = fencepost(&["test", "--target", &prefixed, "-H", &header]);
        ended.expect(3, &words);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}

/// A stub in a process of its own, where it serves, and what else it says.
#[cfg(unix)]
fn stub_process(contract: &str) -> (std::process::Child, String, Vec<String>) {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut stub = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["stub", contract, "--token", "Chosen-Token-91"])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(stub.stdout.take().expect("is piped")).lines();
    let first = lines.next().expect("says where it is").expect("is UTF-8");
    let url = first.rsplit(' ').next().expect("has words").to_owned();
    let rest = lines.by_ref().take(3).map(|line| line.expect("is UTF-8")).collect();
    (stub, url, rest)
}

#[cfg(unix)]
#[test]
fn a_stub_serves_until_it_is_interrupted() {
    use std::process::Command;

    let (mut stub, url, rest) = stub_process("koophone");
    assert!(rest[1].starts_with("curl ") && rest[1].contains("$TOKEN"), "{rest:?}");
    assert!(!rest.concat().contains("Chosen-Token-91"));
    let header = "X-Auth-Token: Chosen-Token-91";
    fencepost(&["test", "--target", &url, "-H", header, "--phase", "examples"]).expect(0, &[]);
    let interrupted = Command::new("kill").args(["-INT", &stub.id().to_string()]).status();
    assert!(interrupted.expect("is there").success());
    assert!(stub.wait().expect("ends").success());
}

#[cfg(unix)]
#[test]
fn operations_that_refuse_their_plain_request_are_named_with_what_to_do() {
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shop.yaml");
    let (mut stub, url, _) = stub_process(shop);
    let run = fencepost(&["test", shop, "--target", &url, "--phase", "coverage"]);
    stub.kill().expect("is ours");
    stub.wait().expect("ends");
    let refuse = "1 of 4 operations refuse their plain valid request, /api/orders/";
    run.expect(3, &[refuse, "401", "-H 'Authorization: Bearer …'", "FENCEPOST_HEADERS"]);
    run.expect(3, &["inconclusive: the plain valid request was not accepted"]);
}

#[test]
fn the_time_of_a_run_begins_with_the_program() {
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shop.yaml");
    let run = fencepost(&["test", shop, "--max-time", "1ns"]);
    run.expect(3, &["the run reached --max-time before its plan was done"]);
    assert!(run.stdout.contains("0 requests"), "{}", run.stdout);
}

/// Posts the same body again and again on one connection; whether the service answers each.
#[cfg(target_os = "linux")]
fn posts(url: &str, body: &str, times: usize) -> bool {
    use std::io::{BufRead, BufReader, Read, Write};

    let address = url.strip_prefix("http://").expect("an HTTP address");
    let mut socket = std::net::TcpStream::connect(address).expect("listens");
    let mut answers = BufReader::new(socket.try_clone().expect("is open"));
    let request = format!(
        "POST /nowhere HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    (0..times).all(|_| {
        socket.write_all(request.as_bytes()).expect("is taken");
        let mut length = 0;
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).expect("a line of the head");
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        answers.read_exact(&mut body).expect("a body");
        body.starts_with(b"{\"error_")
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_stub_answers_any_number_of_requests_in_little_memory() {
    /// What is sent in all, ten times what the process may hold.
    const SENT_KIB: usize = 960 << 10;
    const MOST_KIB: u64 = 96 << 10;
    let (mut stub, url, _) = stub_process("koophone");
    let body = "x".repeat(100 << 10);
    let times = SENT_KIB / (body.len() >> 10) / 4;
    let is_answered = std::thread::scope(|scope| {
        let callers = [(); 4].map(|()| scope.spawn(|| posts(&url, &body, times)));
        callers.map(|caller| caller.join().expect("no panic"))
    });
    let status = std::fs::read_to_string(format!("/proc/{}/status", stub.id())).expect("runs");
    stub.kill().expect("is ours");
    stub.wait().expect("ends");
    assert_eq!(is_answered, [true; 4]);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("on Linux");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(peak < MOST_KIB, "{peak} KiB");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_reports_what_there_is() {
    for signal in ["-INT", "-TERM"] {
        interrupted(signal);
    }
}

#[cfg(unix)]
fn send_signal(run: &std::process::Child, signal: &str) {
    let sent = std::process::Command::new("kill").args([signal, &run.id().to_string()]).status();
    assert!(sent.expect("is there").success());
}

/// A run that got the signal while it waits for an answer that never comes.
#[cfg(unix)]
fn signalled(signal: &str) -> (Opponent, std::process::Child) {
    use std::process::{Command, Stdio};

    let slow = Opponent::start(Traits {
        front: |seen| {
            (seen.number == 5).then(|| Reply { delivery: Delivery::Hang, ..Reply::empty(200) })
        },
        ..Traits::FAITHFUL
    });
    let header = format!("X-Auth-Token: {TOKEN}");
    let run = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["test", "--target", slow.uri(), "-H", &header, "--concurrency", "1"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    while slow.requests().len() < 5 {
        std::thread::yield_now();
    }
    send_signal(&run, signal);
    (slow, run)
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_exits_at_once() {
    let (_slow, mut run) = signalled("-INT");
    let begun = std::time::Instant::now();
    // Two signals of one kind that come too close are one to the system: so the second is sent
    // until it is heard.
    let status = loop {
        send_signal(&run, "-INT");
        std::thread::park_timeout(std::time::Duration::from_millis(20));
        if let Some(status) = run.try_wait().expect("is ours") {
            break status;
        }
    };
    assert_eq!(status.code(), Some(130));
    let took = begun.elapsed();
    // The first alone is given two seconds for the answer.
    assert!(took < std::time::Duration::from_millis(1500), "{took:?}");
    let output = run.wait_with_output().expect("has ended");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("RULE  prepare/"), "{text}");
}

#[cfg(unix)]
fn interrupted(signal: &str) {
    let (_slow, run) = signalled(signal);
    let output = run.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(130));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("RULE  prepare/") && text.contains("exit 130"), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_stdout_does_not_take_is_told() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("is there");
    let mut rules = std::process::Command::new(env!("CARGO_BIN_EXE_fencepost"));
    let ended = rules.args(["rules", "koophone"]).stdout(full).output().expect("runs");
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("stdout can't be written to"));
}
