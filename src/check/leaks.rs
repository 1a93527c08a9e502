//! No answer gives away the caller's secrets or the server's insides.

use super::{Breach, CheckName, Exchange};

const CHECK: CheckName = CheckName::Leaks;

/// A secret shorter than this is too likely to stand in an answer by chance.
const SHORTEST_SECRET: usize = 8;

/// What stack traces of the usual runtimes contain.
const STACK_TRACES: &[&str] = &[
    "Traceback (most recent call last)",
    "goroutine 1 [running]",
    "stack backtrace:",
    "thread 'main' panicked at",
    "Unhandled exception. System.",
];

/// Frames of stack traces: what such a line begins with, and what a line number follows in it.
const STACK_FRAMES: &[(&str, &str)] = &[
    (" at ", ".java:"),
    ("\tat ", ".java:"),
    (" at ", ".kt:"),
    (" at ", ".js:"),
    (" at ", ".ts:"),
    (" at ", ".cs:line "),
    ("File \"", ".py\", line "),
];

/// What the error texts of the usual databases contain.
const DATABASE_ERRORS: &[&str] = &[
    "You have an error in your SQL syntax",
    "SQLSTATE[",
    "PSQLException",
    "org.postgresql.util",
    "com.mysql.jdbc",
    "com.mysql.cj",
    "java.sql.SQL",
    "unterminated quoted string at or near",
    "syntax error at or near",
    "duplicate key value violates unique constraint",
    "SQLITE_ERROR",
    "sqlite3.OperationalError",
    "MongoServerError",
    "Unclosed quotation mark after the character string",
    "pq: syntax error",
    "pq: duplicate key",
];

/// The number of an Oracle database's error is five digits behind this.
const ORACLE_ERROR: &str = "ORA-";

/// Where servers keep their files.
const FILE_PATHS: &[&str] = &[
    "/usr/local/",
    "/usr/lib/",
    "/home/",
    "/var/www/",
    "/var/lib/",
    "/etc/passwd",
    "/root/",
    "/app/src/",
    "/opt/",
    "/srv/",
    "C:\\Users\\",
    "C:\\inetpub\\",
];

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.answer() else { return Vec::new() };
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    for (_, value) in &answer.headers {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(value));
    }
    // What JSON writes escaped is seen as its reader sees it.
    if let Ok(json) = &exchange.reading.json {
        strings(json, &mut text);
    }
    let sent = sent_text(exchange);
    let mut breaches = Vec::new();
    let mut leak = |keyword, kind, what: Option<&str>| {
        let Some(what) = what else { return };
        breaches.extend(exchange.breach(
            CHECK,
            "response",
            keyword,
            kind,
            "nothing of the kind in an answer",
            format!("{}, with {what} in it", answer.status),
        ));
    };
    // The token is never named, and what the request itself put into the body is no leak.
    let token = exchange.oracle.secrets().iter().any(|secret| {
        secret.chars().count() >= SHORTEST_SECRET && text.contains(secret) && !sent.contains(secret)
    });
    leak("tokenLeak", "token leaked", token.then_some("the token"));
    let marks = |list: &'static [&'static str]| {
        list.iter().copied().find(|mark| text.contains(mark) && !sent.contains(mark))
    };
    let frame = STACK_FRAMES.iter().find(|(start, end)| {
        !sent.contains(end) && text.lines().any(|line| is_frame(line, start, end))
    });
    let oracle = text.match_indices(ORACLE_ERROR).any(|(at, _)| {
        let number: String = text[at + ORACLE_ERROR.len()..].chars().take(5).collect();
        number.len() == 5 && number.bytes().all(|b| b.is_ascii_digit()) && !sent.contains(&number)
    });
    let path = FILE_PATHS.iter().copied().find(|mark| {
        !sent.contains(mark) && text.match_indices(mark).any(|(at, _)| begins_a_path(&text[..at]))
    });
    leak(
        "stackTraceLeak",
        "stack trace leaked",
        marks(STACK_TRACES).or(frame.map(|(_, end)| *end)),
    );
    let database = marks(DATABASE_ERRORS).or(oracle.then_some(ORACLE_ERROR));
    leak("databaseErrorLeak", "database error leaked", database);
    leak("filePathLeak", "file path leaked", path);
    breaches
}

/// Whether a line is a stack frame: it begins so, and names a source file with a line number.
fn is_frame(line: &str, start: &str, end: &str) -> bool {
    line.find(start).is_some_and(|at| {
        let rest = &line[at..];
        rest.find(end).is_some_and(|end_at| {
            rest[end_at + end.len()..].starts_with(|digit: char| digit.is_ascii_digit())
        })
    })
}

/// Whether a path may begin behind this text: not within a URL or a longer path.
fn begins_a_path(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || "\"'(=[:,".contains(c))
}

/// The strings in a JSON value, one a line.
fn strings(value: &serde_json::Value, text: &mut String) {
    match value {
        serde_json::Value::String(held) => {
            text.push('\n');
            text.push_str(held);
        }
        serde_json::Value::Array(entries) => entries.iter().for_each(|entry| strings(entry, text)),
        serde_json::Value::Object(members) => {
            members.values().for_each(|member| strings(member, text));
        }
        _ => {}
    }
}

/// What the request put into its body, as written and as read.
fn sent_text(exchange: &Exchange<'_>) -> String {
    let request = &exchange.case.request;
    let mut sent =
        request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    if let Some(body) = &exchange.case.body {
        strings(body, &mut sent);
    }
    sent
}
