//! What is special about a violating value, in words.

use serde_json::Value;

use crate::contract::{Place, Step};

/// What breaks `keyword` of `place` in `value`: `33 characters, entry 7 of 100`.
///
/// `pointer` is the offending value; of a missing member, the object that lacks it.
pub fn intent(place: &Place, keyword: &str, value: &Value, pointer: &str) -> String {
    let offender = value.pointer(pointer).unwrap_or(&Value::Null);
    let what = match (keyword, offender) {
        ("required", _) => match place.steps().last() {
            Some(Step::Member(name)) => format!("without `{name}`"),
            _ => "without a required member".to_owned(),
        },
        ("maxLength" | "minLength", Value::String(text)) => match text.chars().count() {
            1 => "1 character".to_owned(),
            count => format!("{count} characters"),
        },
        ("maxItems" | "minItems", Value::Array(entries)) => match entries.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        },
        ("uniqueItems", Value::Array(entries)) => {
            format!("a repeated entry among {}", entries.len())
        }
        ("additionalProperties", _) => "with an unexpected member".to_owned(),
        ("type", _) => format!("{} instead", type_name(offender)),
        ("enum", _) => "a value that is not listed".to_owned(),
        ("pattern", _) => "outside the pattern".to_owned(),
        (_, Value::Number(number)) => format!("the number {number}"),
        _ => format!("breaks {keyword}"),
    };
    match entry(value, pointer) {
        Some((index, count)) => format!("{what}, entry {} of {count}", index + 1),
        None => what,
    }
}

/// Which entry of how many the way to the offender leads through, in the innermost list.
fn entry(value: &Value, pointer: &str) -> Option<(usize, usize)> {
    let mut found = None;
    let mut ends = pointer.match_indices('/').map(|(at, _)| at);
    let mut start = ends.next()?;
    loop {
        let end = ends.next().unwrap_or(pointer.len());
        if let Some(Value::Array(entries)) = value.pointer(&pointer[..start]) {
            found = pointer[start + 1..end].parse().ok().map(|index| (index, entries.len()));
        }
        if end == pointer.len() {
            return found;
        }
        start = end;
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::intent;
    use crate::contract::Place;

    #[test]
    fn an_intent_names_size_and_position() {
        let body = json!({"ids": ["a", "bcd"], "list": [[1], [2, "x"]]});
        let ids = Place::body().member("ids");
        assert_eq!(
            intent(&ids.items(), "maxLength", &body, "/ids/1"),
            "3 characters, entry 2 of 2"
        );
        assert_eq!(intent(&ids, "maxItems", &body, "/ids"), "2 entries");
        assert_eq!(intent(&ids.member("x"), "required", &body, ""), "without `x`");
        let inner = Place::body().member("list").items().items();
        assert_eq!(intent(&inner, "type", &body, "/list/1/1"), "a string instead, entry 2 of 2");
    }
}
