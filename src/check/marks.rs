//! A quick look whether an answer can hold any of the texts that give something away.

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use crate::http::Answer;

/// All texts that a closer look starts from, searched for at once.
#[derive(Debug)]
pub(super) struct Marks {
    /// `None` where they are beyond the searcher, so that every answer is looked at closely.
    searcher: Option<AhoCorasick>,
}

impl Marks {
    /// The marks; of those over several lines the first line is enough to look closer.
    pub(super) fn new<'m>(marks: impl Iterator<Item = &'m str>) -> Self {
        let lines = marks.map(|mark| mark.split('\n').next().unwrap_or(mark));
        let searcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(lines);
        Self { searcher: searcher.ok() }
    }

    /// Whether the answer holds one of the marks, as written or, where its body is this JSON value,
    /// as read.
    pub(super) fn are_in(&self, answer: &Answer, json: Option<&Value>) -> bool {
        let Some(searcher) = &self.searcher else { return true };
        searcher.is_match(&answer.body)
            || answer.headers.iter().any(|(_, value)| searcher.is_match(value))
            // Without an escape, what is read is what is written.
            || (answer.body.contains(&b'\\') && json.is_some_and(|json| is_read_in(searcher, json)))
    }
}

fn is_read_in(searcher: &AhoCorasick, value: &Value) -> bool {
    match value {
        Value::String(text) => searcher.is_match(text),
        Value::Array(entries) => entries.iter().any(|entry| is_read_in(searcher, entry)),
        Value::Object(members) => members.values().any(|member| is_read_in(searcher, member)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::Marks;
    use crate::http::Answer;

    #[test]
    fn marks_are_found_as_written_as_read_and_in_headers() {
        let marks = Marks::new(["/etc/", " [running]:\n"].into_iter());
        let is_in = |body: &str, header: &'static str| {
            let headers = vec![("x".to_owned(), Bytes::from_static(header.as_bytes()))];
            let body = Bytes::copy_from_slice(body.as_bytes());
            let json = serde_json::from_slice(&body).ok();
            marks.are_in(&Answer { status: 200, headers, body }, json.as_ref())
        };
        assert!(is_in("see /etc/passwd", ""));
        assert!(is_in(&json!({"a": ["x [running]:\n"]}).to_string(), ""));
        assert!(is_in(r#"["\u002fetc\u002fpasswd"]"#, ""));
        assert!(is_in("[]", "/etc/"));
        assert!(!is_in(r#"{"a":"\u002fetc"}"#, "etc"));
    }
}
