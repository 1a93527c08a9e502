//! A quick look whether an answer can hold any of the texts that give something away.

use aho_corasick::{AhoCorasick, packed};

use crate::contract::Tape;
use crate::http::Answer;

/// So many bytes at the beginning of all marks are compared at once.
const FIRST: usize = 4;

/// No mark is cut to fewer bytes than this.
const LEAST: usize = 8;

/// All texts that a closer look starts from, searched for at once.
#[derive(Debug)]
pub(super) struct Marks {
    searcher: Searcher,
}

#[derive(Debug)]
enum Searcher {
    /// Looks at many bytes at once, where the machine can.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
    /// They are beyond both, so that every answer is looked at closely.
    None,
}

impl Marks {
    /// The marks; a part of each is enough to look closer.
    pub(super) fn new<'m>(marks: impl Iterator<Item = &'m str>) -> Self {
        let parts: Vec<_> = marks.map(rarest).collect();
        let mut packed = packed::Config::new().heuristic_pattern_limits(false).builder();
        let searcher = match packed.extend(&parts).build() {
            Some(searcher) => Searcher::Packed(searcher),
            None => AhoCorasick::new(&parts).map_or(Searcher::None, Searcher::Automaton),
        };
        Self { searcher }
    }

    fn are_in_bytes(&self, bytes: &[u8]) -> bool {
        match &self.searcher {
            Searcher::Packed(searcher) => searcher.find(bytes).is_some(),
            Searcher::Automaton(searcher) => searcher.is_match(bytes),
            Searcher::None => true,
        }
    }

    /// Whether the answer holds one of the marks, as written or, where its body is this JSON value,
    /// as read.
    pub(super) fn are_in(&self, answer: &Answer, json: Option<&Tape>) -> bool {
        self.are_in_bytes(&answer.body)
            || answer.headers.values().any(|value| self.are_in_bytes(value.as_bytes()))
            // Without an escape, what is read is what is written.
            || (answer.body.contains(&b'\\') && json.is_some_and(|json| json.any_text(|text| self.are_in_bytes(text.as_bytes()))))
    }
}

/// The part of a mark's first line that begins with what answers have least of: the search compares the
/// first bytes of all marks at once, and stops wherever they fit one.
fn rarest(mark: &str) -> &str {
    let line = mark.split('\n').next().unwrap_or(mark);
    let common = |from: &usize| {
        let first = line.as_bytes()[*from..].iter().take(FIRST);
        first.filter(|byte| byte.is_ascii_lowercase() || **byte == b'"').count()
    };
    let last = line.len().saturating_sub(LEAST);
    let from = (0..=last).filter(|from| line.is_char_boundary(*from)).min_by_key(common);
    &line[from.unwrap_or(0)..]
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::{Marks, rarest};
    use crate::contract::Tape;
    use crate::http::Answer;
    use crate::http::header::{HOST, HeaderValue};

    #[test]
    fn marks_begin_with_what_is_rare() {
        for (mark, part) in [
            ("/etc/", "/etc/"),
            ("stack backtrace:", "ack backtrace:"),
            ("Stack trace:\n#0", "Stack trace:"),
            ("psycopg2.errors", "pg2.errors"),
            ("ORA-", "ORA-"),
            ("éééééééé", "éééééééé"),
        ] {
            assert_eq!(rarest(mark), part, "{mark}");
        }
    }

    #[test]
    fn marks_are_found_as_written_as_read_and_in_headers() {
        let marks = Marks::new(["/etc/", " [running]:\n"].into_iter());
        let is_in = |body: &str, header: &'static str| {
            let headers = [(HOST, HeaderValue::from_static(header))].into_iter().collect();
            let body = Bytes::copy_from_slice(body.as_bytes());
            let json = Tape::read(body.clone()).ok();
            marks.are_in(&Answer { status: 200, headers, body }, json.as_ref())
        };
        assert!(is_in("see /etc/passwd", ""));
        assert!(is_in(&json!({"a": ["x [running]:\n"]}).to_string(), ""));
        assert!(is_in(r#"["\u002fetc\u002fpasswd"]"#, ""));
        assert!(is_in("[]", "/etc/"));
        assert!(!is_in(r#"{"a":"\u002fetc"}"#, "etc"));
    }
}
