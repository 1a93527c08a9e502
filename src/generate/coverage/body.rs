//! Bodies that differ from another in one respect.

use serde_json::Value;

use crate::contract::{Place, Step};

/// The name of a member that nobody documents.
pub(crate) const UNKNOWN_MEMBER: &str = "fencepost_unknown";

/// A long text, such as nobody documents.
const LONG: usize = 4_000;

/// `body` with `value` at `place`: in the entry `index` wherever the way leads through a list.
///
/// Members and entries on the way that aren't there are made.
pub(crate) fn replace(body: &Value, place: &Place, index: usize, value: Value) -> Value {
    let mut body = body.clone();
    let mut here = &mut body;
    for step in place.steps() {
        here = match step {
            Step::Member(name) => {
                if !here.is_object() {
                    *here = Value::Object(serde_json::Map::new());
                }
                &mut here[name.as_str()]
            }
            Step::Items => {
                if !here.is_array() {
                    *here = Value::Array(Vec::new());
                }
                let Value::Array(entries) = here else { return body };
                let last = entries.last().cloned().unwrap_or(Value::Null);
                while entries.len() <= index {
                    entries.push(last.clone());
                }
                &mut entries[index]
            }
        };
    }
    *here = value;
    body
}

/// `body` with its members in the opposite order, behind a long one that nobody documents: what looks at
/// a request from its beginning, or at small ones alone, comes late to what is wrong with it.
pub(crate) fn in_company(body: &Value) -> Option<Value> {
    let members = body.as_object()?.iter().rev();
    let own = members.map(|(name, value)| (name.clone(), value.clone()));
    let unknown = (UNKNOWN_MEMBER.to_owned(), Value::from("x".repeat(LONG)));
    Some(Value::Object(std::iter::once(unknown).chain(own).collect()))
}

/// `body` without the member at `place`.
pub(crate) fn without(body: &Value, place: &Place) -> Value {
    let mut body = body.clone();
    if let (Some(parent), Some(Step::Member(name))) = (place.parent(), place.steps().last())
        && let Some(Value::Object(members)) = parent.value_mut(&mut body, 0)
    {
        members.shift_remove(name);
    }
    body
}
