//! Texts that give something away, and texts that a harmless server may well say.

use serde_json::json;

use crate::check::tests::{TOKEN, answer, breaches, case, json_answer, oracle, oracle_of};
use crate::http::header::HeaderValue;

/// What a message leaks, by keyword.
fn leaks(message: &str) -> Vec<String> {
    let body = json!({"error_code": "KOOPHONE.API.1000", "error_msg": message});
    keywords(&json_answer(400, &body))
}

fn keywords(interaction: &crate::http::Interaction) -> Vec<String> {
    let oracle = oracle();
    let found = breaches(&oracle, &case(oracle.operation()), interaction);
    let leaks = found.iter().filter_map(|breach| breach.strip_prefix("response/"));
    leaks.filter(|l| l.contains("Leak")).map(|l| l.split(':').next().unwrap_or(l).into()).collect()
}

#[test]
fn the_token_is_found_in_each_encoding() {
    for text in [
        TOKEN,
        "Check-Token%2Bzq%2F81",
        "token=Check-Token%2bzq%2f81&",
        // Base64 of "X-Auth-Token: Check-Token+zq/81".
        "WC1BdXRoLVRva2VuOiBDaGVjay1Ub2tlbit6cS84MQ==",
    ] {
        assert_eq!(leaks(text), ["tokenLeak"], "{text}");
    }
    let escaped = r#"{"error_code":"KOOPHONE.API.1000","error_msg":"Check-Token\u002bzq\/81"}"#;
    assert_eq!(keywords(&answer(400, "application/json", escaped)), ["tokenLeak"]);
    let mut header = json_answer(400, &json!({"error_code": "KOOPHONE.API.1000", "error_msg": ""}));
    if let Ok(answer) = &mut header.result {
        answer.headers.append("x-debug", HeaderValue::from_static(TOKEN));
    }
    assert_eq!(keywords(&header), ["tokenLeak"]);
    assert_eq!(leaks("Check-Token"), [""; 0]);
}

#[test]
fn the_insides_of_a_server_are_leaks() {
    for (text, keyword) in [
        ("NullPointerException: id\n\tat com.x.Prepare.check(Prepare.java:81)", "stackTraceLeak"),
        ("Error: x\n    at check (/app/prepare.js:12:7)", "stackTraceLeak"),
        ("at async Api.handle (file:///srv/api.ts:3:1)", "stackTraceLeak"),
        ("Traceback (most recent call last):\n  File \"a.py\", line 3, in b", "stackTraceLeak"),
        ("   at X.Y(String z) in C:\\x.cs:line 5", "stackTraceLeak"),
        ("thread 'tokio-runtime-worker' panicked at src/a.rs:1:1", "stackTraceLeak"),
        ("Exception: x in a.php:3\nStack trace:\n#0 a.php(9): check()", "stackTraceLeak"),
        ("lib/ids.rb:12:in `check': no such id (IdError)", "stackTraceLeak"),
        ("from ids.rb:7:in 'Ids#check'", "stackTraceLeak"),
        ("goroutine 17 [running]:\nmain.main()", "stackTraceLeak"),
        ("ORA-00933: SQL command not properly ended", "databaseErrorLeak"),
        ("ERROR: syntax error at or near \"'\"", "databaseErrorLeak"),
        ("SQLSTATE[42000]: Syntax error", "databaseErrorLeak"),
        ("can't read /opt/phone/conf/limits.properties", "filePathLeak"),
        ("open '/etc/passwd': denied", "filePathLeak"),
        ("/home/deploy/app", "filePathLeak"),
        ("C:\\Users\\app\\x.dll is missing", "filePathLeak"),
    ] {
        assert_eq!(leaks(text), [keyword], "{text}");
    }
}

#[test]
fn what_a_harmless_server_says_is_no_leak() {
    for text in [
        "参数错误：用户标识长度不能超过32个字符",
        "Unexpected token } in JSON at position 12",
        "syntax error at or near line 1, column 5",
        "the value at instance_ids[0] is too long; see help.js:1 or https://x.example/home/ids.js:3:1",
        "the stack trace: #0 of 3 was kept, see ids.rb:12:in the repository",
        "look at the list in Main.java: it has 12 entries",
        "request FLORA-12345 failed, trace ORA-1234567",
        "see https://support.example/usr/lib/index.html and /home/ for help",
        "<a href=\"/home/user/start\">start</a><img src='/opt/a/b.png'>",
        "no route for /v1/instances/prepare",
        "duplicate key in object; SQL is not spoken here",
        "exception while reading the request: null",
    ] {
        assert_eq!(leaks(text), [""; 0], "{text}");
    }
}

#[test]
fn what_the_request_itself_holds_is_no_leak() {
    let oracle = oracle();
    let mut case = case(oracle.operation());
    let text = format!("/etc/passwd ORA-00933 SQLSTATE[ {TOKEN}");
    case.body = Some(json!({"user_id": text, "instance_ids": []}));
    let body = json!({"error_code": "KOOPHONE.API.1000", "error_msg": text});
    assert_eq!(breaches(&oracle, &case, &json_answer(400, &body)), [""; 0]);
}

#[test]
fn what_the_document_shows_of_answers_is_no_leak() {
    let found = |shown: &str| {
        let content = json!({"schema": {"type": "object"}, "example": {"folder": shown}});
        let oracle = oracle_of(&json!({
            "operationId": "a",
            "responses": {"200": {"description": "ok", "content": {"application/json": content}}},
        }));
        let body = json!({"folder": "/home/me/dags.py"});
        breaches(&oracle, &case(oracle.operation()), &json_answer(200, &body))
    };
    assert_eq!(found("/home/airflow/dags"), [""; 0]);
    assert_eq!(found("dags").len(), 1);
}

#[test]
fn a_path_in_a_header_is_one_of_a_url() {
    let mut redirect =
        json_answer(400, &json!({"error_code": "KOOPHONE.API.1000", "error_msg": ""}));
    if let Ok(answer) = &mut redirect.result {
        answer.headers.append("location", HeaderValue::from_static("/home/user/a"));
        answer.headers.append("set-cookie", HeaderValue::from_static("a=b; Path=/opt/a/b"));
    }
    assert_eq!(keywords(&redirect), [""; 0]);
}
