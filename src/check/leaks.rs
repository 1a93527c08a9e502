//! No answer gives away the caller's secrets or the server's insides.

use super::marks::Marks;
use super::{Breach, CheckName, Exchange};

const CHECK: CheckName = CheckName::Leaks;

/// What stack traces of the usual runtimes contain.
const STACK_TRACES: &[&str] = &[
    "Traceback (most recent call last)",
    " [running]:\n",
    "panic: runtime error: ",
    "stack backtrace:",
    "' panicked at ",
    "Unhandled exception. System.",
    "PHP Fatal error: ",
    "Stack trace:\n#0",
    "Fatal error: Uncaught ",
];

/// Frames of stack traces: what such a line begins with, what follows the source file, and whether
/// a column follows the line number.
const STACK_FRAMES: &[(&str, &str, bool)] = &[
    ("at ", ".java:", false),
    ("at ", ".kt:", false),
    ("at ", ".scala:", false),
    ("at ", ".js:", true),
    ("at ", ".ts:", true),
    ("at ", ".cs:line ", false),
    ("File \"", ".py\", line ", false),
];

/// A frame of Ruby's has a line number behind this, then `:in` and a method in quotes.
const RUBY_FRAME: &str = ".rb:";

/// What the error texts of the usual databases contain, and hardly another text.
const DATABASE_ERRORS: &[&str] = &[
    "You have an error in your SQL syntax",
    "SQLSTATE[",
    "SQLSTATE: ",
    "PSQLException",
    "org.postgresql.util",
    "psycopg2.errors",
    "sqlalchemy.exc",
    "com.mysql.jdbc",
    "com.mysql.cj",
    "com.microsoft.sqlserver",
    "java.sql.SQL",
    "unterminated quoted string at or near \"",
    "syntax error at or near \"",
    "duplicate key value violates unique constraint",
    "SQLITE_ERROR",
    "sqlite3.OperationalError",
    "MongoServerError",
    "E11000 duplicate key error",
    "Unclosed quotation mark after the character string",
    "pq: syntax error",
    "pq: duplicate key",
    "pq: invalid byte sequence for encoding",
    "pq: value too long for type",
    "value too long for type character",
    "violates foreign key constraint",
    "violates not-null constraint",
    "invalid byte sequence for encoding \"UTF8\": ",
    "Data too long for column '",
    "Deadlock found when trying to get lock; try restarting transaction",
    "Lock wait timeout exceeded; try restarting transaction",
    "Cannot add or update a child row: a foreign key constraint fails",
    "Incorrect string value: '\\x",
    "### Error querying database.",
    "### Error updating database.",
    "### SQL: ",
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
    "/var/log/",
    "/etc/",
    "/opt/",
    "/srv/",
    "/root/",
    "/app/src/",
    "C:\\Users\\",
    "C:\\inetpub\\",
];

/// Everything that one of the looks below starts from.
pub(super) fn marks(secrets: &[String]) -> Marks {
    let frames = STACK_FRAMES.iter().map(|(_, file, _)| *file);
    let texts = [STACK_TRACES, DATABASE_ERRORS, FILE_PATHS].into_iter().flatten().copied();
    let all = texts.chain(frames).chain([RUBY_FRAME, ORACLE_ERROR]);
    Marks::new(all.chain(secrets.iter().map(String::as_str)))
}

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.answer() else { return Vec::new() };
    if !exchange.oracle.marks().are_in(answer, exchange.reading.tape.as_ref().ok()) {
        return Vec::new();
    }
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    // What JSON writes escaped is seen as its reader sees it.
    if let Some(json) = exchange.reading.json() {
        strings(json, &mut text);
    }
    let body = text.len();
    for value in answer.headers.values() {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(value.as_bytes()));
    }
    let sent = sent_text(exchange);
    let documented = exchange.oracle.documented();
    // What the request itself put into the body is no leak, nor is what the document shows of answers.
    let is_new = |mark: &str| !sent.contains(mark) && !documented.contains(mark);
    let any =
        |marks: &[&'static str]| marks.iter().copied().find(|m| text.contains(m) && is_new(m));
    // The token is never named.
    let mut secrets = exchange.oracle.secrets().iter().map(String::as_str);
    let token = secrets.any(|secret| text.contains(secret) && !sent.contains(secret));
    let frame = STACK_FRAMES
        .iter()
        .find(|frame| is_new(frame.1) && text.lines().any(|line| is_frame(line, frame)));
    let ruby = || (is_new(RUBY_FRAME) && text.lines().any(is_ruby_frame)).then_some(RUBY_FRAME);
    let trace = any(STACK_TRACES).or(frame.map(|(_, file, _)| *file)).or_else(ruby);
    let database = any(DATABASE_ERRORS)
        .or_else(|| names_an_oracle_error(&text, &sent).then_some(ORACLE_ERROR));
    // A path in a header, such as where a cookie goes, is one of a URL.
    let path = FILE_PATHS.iter().copied().find(|mark| {
        let found = || text[..body].match_indices(mark);
        is_new(mark)
            && found().any(|(at, _)| is_file_path(&text[..at], &text[at + mark.len()..body]))
    });
    let leak = |keyword, kind, what: Option<&str>| {
        let actual = format!("{}, with {} in it", answer.status, what?);
        exchange.breach(
            CHECK,
            "response",
            keyword,
            kind,
            "nothing of the kind in an answer",
            actual,
        )
    };
    [
        leak("tokenLeak", "token leaked", token.then_some("the token")),
        leak("stackTraceLeak", "stack trace leaked", trace),
        leak("databaseErrorLeak", "database error leaked", database),
        leak("filePathLeak", "file path leaked", path),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether a text holds `ORA-` and five digits, as a word of its own: not within a request's id.
fn names_an_oracle_error(text: &str, sent: &str) -> bool {
    text.match_indices(ORACLE_ERROR).any(|(at, mark)| {
        let digits = text[at + mark.len()..].bytes().take_while(u8::is_ascii_digit).count();
        let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "-_".contains(c));
        digits == 5 && begins && !sent.contains(&text[at..at + mark.len() + digits])
    })
}

/// Whether a line is a stack frame: it begins so, and names a source file with a line number.
fn is_frame(line: &str, (start, file, has_column): &(&str, &str, bool)) -> bool {
    let line = line.trim_start().trim_start_matches('"');
    // Escaped line ends leave several frames in one line.
    line.match_indices(start).any(|(at, _)| {
        let begins = !line[..at].ends_with(|c: char| c.is_alphanumeric());
        let Some((within, behind)) = line[at..].split_once(file) else { return false };
        let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_numbered = rest.len() < behind.len();
        let has_place = !has_column
            || rest.strip_prefix(':').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
        // Prose between the two is no frame: a frame has a name and perhaps a file in parentheses.
        begins && is_numbered && has_place && within[start.len()..].split(' ').count() <= 5
    })
}

/// Whether a line holds a frame of Ruby's: ``app/ids.rb:12:in `check'``.
fn is_ruby_frame(line: &str) -> bool {
    line.match_indices(RUBY_FRAME).any(|(at, mark)| {
        let behind = &line[at + mark.len()..];
        let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < behind.len() && (rest.starts_with(":in `") || rest.starts_with(":in '"))
    })
}

/// Whether what stands at a mark is a file's path: begun there, not part of a URL or of HTML, and
/// leading on to a file.
fn is_file_path(before: &str, behind: &str) -> bool {
    let begins =
        before.chars().next_back().is_none_or(|c| c.is_whitespace() || "\"'(=[:,".contains(c));
    let is_attribute = ["=\"", "='", "=\\\""].iter().any(|quote| before.ends_with(quote));
    let is_part = |c: char| c.is_alphanumeric() || "._-/\\".contains(c);
    let path: &str = &behind[..behind.find(|c| !is_part(c)).unwrap_or(behind.len())];
    let leads_on = path.trim_end_matches('.').contains(['/', '\\', '.']);
    begins && !is_attribute && (leads_on || matches!(path, "passwd" | "shadow" | "hosts"))
}

/// The strings in a JSON value, one a line.
pub(super) fn strings(value: &serde_json::Value, text: &mut String) {
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

/// What the request put into its body, as written and as read, and into its path.
fn sent_text(exchange: &Exchange<'_>) -> String {
    let request = &exchange.case.request;
    let mut sent =
        request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    if let Some(body) = &exchange.case.body {
        strings(body, &mut sent);
    }
    sent.push('\n');
    sent.push_str(&request.path);
    sent
}

#[cfg(test)]
#[path = "leaks_tests.rs"]
mod tests;
