//! A quick look whether an answer can hold any of the texts that give something away.

use aho_corasick::{AhoCorasick, packed};

use crate::contract::Tape;
use crate::http::Answer;

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
    /// The marks; of those over several lines the first line is enough to look closer.
    pub(super) fn new<'m>(marks: impl Iterator<Item = &'m str>) -> Self {
        let lines: Vec<_> = marks.map(|mark| mark.split('\n').next().unwrap_or(mark)).collect();
        let mut packed = packed::Config::new().heuristic_pattern_limits(false).builder();
        let searcher = match packed.extend(&lines).build() {
            Some(searcher) => Searcher::Packed(searcher),
            None => AhoCorasick::new(&lines).map_or(Searcher::None, Searcher::Automaton),
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::Marks;
    use crate::contract::Tape;
    use crate::http::Answer;
    use crate::http::header::{HOST, HeaderValue};

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
