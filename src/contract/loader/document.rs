//! The text of a contract file, read into a JSON value.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Options;

/// Deeper nesting than this is refused; no API document comes near it, and what reads the
/// document later goes down as deep as it does.
const MAX_DEPTH: usize = 100;

/// Values that aliases may stand for, all in all.
const MAX_ALIASED: usize = 100_000;

/// Something is wrong with the text itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The line, from 1.
    pub(super) line: Option<u64>,
    /// What is wrong, in the parser's words.
    pub(super) message: String,
}

/// Reads YAML, or JSON, which is read first as what it is since it may use more of its own
/// grammar than YAML shares (tabs, long names, surrogate pairs).
pub(super) fn parse(text: &str) -> Result<Value, SyntaxError> {
    let text = without_mark(text);
    if text.trim_start().starts_with(['{', '[']) {
        match serde_json::from_str::<Tree>(text) {
            Ok(tree) if depth(&tree.0) <= MAX_DEPTH => return Ok(tree.0),
            Ok(_) => return Err(SyntaxError { line: None, message: too_deep() }),
            Err(error) => {
                let json = SyntaxError {
                    line: Some(error.line() as u64),
                    message: without_position(&error.to_string()),
                };
                return parse_yaml(text).map_err(|_| json);
            }
        }
    }
    parse_yaml(text)
}

fn parse_yaml(text: &str) -> Result<Value, SyntaxError> {
    serde_saphyr::from_str_with_options::<Tree>(text, options()).map(|tree| tree.0).map_err(
        |error| {
            let error = error.without_snippet();
            SyntaxError {
                line: error.location().map(|at| at.line()).filter(|line| *line > 0),
                message: yaml_message(error),
            }
        },
    )
}

/// The parser's words, where they speak of the document and not of the parser's own settings.
fn yaml_message(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    match error {
        Error::AliasError { error, .. } => yaml_message(error.without_snippet()),
        Error::DuplicateMappingKey { key: Some(key), .. } => duplicate(key),
        Error::MultipleDocuments { .. } => {
            "a second document begins (`---`), and only one is read".to_owned()
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => too_deep(),
        Error::Budget { .. } => "it is larger than any API document".to_owned(),
        Error::AliasReplayLimitExceeded { .. } => {
            format!("its aliases stand for more than {MAX_ALIASED} values")
        }
        other => without_position(&other.to_string()),
    }
}

fn duplicate(name: &str) -> String {
    format!("the member `{name}` stands here twice")
}

/// Limits that no API document comes near, and YAML 1.2's words for true and false.
pub(super) fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_events: 8_000_000,
            max_nodes: 4_000_000,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: {
            let mut limits = serde_saphyr::options::AliasLimits::default();
            limits.max_total_replayed_events = MAX_ALIASED;
            limits
        },
        strict_booleans: true,
        with_snippet: false,
    }
}

/// The text without a byte-order mark in front.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn too_deep() -> String {
    format!("it is nested more than {MAX_DEPTH} levels deep")
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(entries) => 1 + entries.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The parsers end their messages with a position, which the error says in its own place.
fn without_position(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let end = first.rfind(" at line ").unwrap_or(first.len());
    match &first[..end] {
        "recursion limit exceeded" => too_deep(),
        message => message.to_owned(),
    }
}

/// A JSON value whose objects hold each member once.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor).map(Self)
    }
}

struct TreeVisitor;

impl<'de> DeserializeSeed<'de> for TreeVisitor {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can hold")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers of this size are inexact")]
    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers of this size are inexact")]
    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom(format!("{value} is no number that JSON can hold")))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_element_seed(TreeVisitor)? {
            entries.push(entry);
        }
        Ok(Value::Array(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let value = access.next_value_seed(TreeVisitor)?;
            if members.contains_key(&name) {
                return Err(A::Error::custom(duplicate(&name)));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn yaml_keeps_the_order_of_members_and_reads_numbers_as_names() {
        let value = parse("b: 1\na: [no, ~, 1.5]\n200: ok\n").expect("is YAML");
        assert_eq!(value, json!({"b": 1, "a": ["no", null, 1.5], "200": "ok"}));
        let names: Vec<_> = value.as_object().expect("is an object").keys().collect();
        assert_eq!(names, ["b", "a", "200"]);
    }

    #[test]
    fn json_with_tabs_and_surrogate_pairs_is_read() {
        let value = parse("{\n\t\"a\":\t\"\\uD83D\\uDE00\\/\"\n}").expect("is JSON");
        assert_eq!(value, json!({"a": "😀/"}));
    }

    #[test]
    fn a_member_that_stands_twice_is_named_with_its_line() {
        for text in ["a: 1\nb: 2\na: 3\n", "{\"a\": 1,\n \"b\": 2,\n \"a\": 3}"] {
            let error = parse(text).expect_err("holds a member twice");
            assert_eq!(error.line, Some(3), "{error:?}");
            assert_eq!(error.message, "the member `a` stands here twice");
        }
    }

    #[test]
    fn aliases_that_multiply_end_in_an_error() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let above = format!("*a{}", level - 1);
            let list = vec![above; 10].join(", ");
            text = format!("{text}a{level}: &a{level} [{list}]\n");
        }
        let error = parse(&text).expect_err("is a bomb");
        assert_eq!(error.message, "its aliases stand for more than 100000 values");
    }

    #[test]
    fn deep_nesting_ends_in_an_error() {
        for text in ["[".repeat(100_000), format!("{}1{}", "[".repeat(120), "]".repeat(120))] {
            let error = parse(&text).expect_err("is too deep");
            assert_eq!(error.message, "it is nested more than 100 levels deep");
        }
    }
}
