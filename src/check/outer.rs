//! The envelope of a body that is too large to be held.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Levels of a body with more values in which the envelope is looked for.
const ENVELOPE_DEPTH: usize = 3;

/// Members of each object in them that are looked at.
const ENVELOPE_MEMBERS: usize = 100;

/// The outer objects of a body with more values than are held, with null in place of lists and of what is
/// deeper.
pub(super) fn read_outer(body: &[u8]) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    Outer(ENVELOPE_DEPTH).deserialize(&mut reader).ok()
}

/// Reads so many levels of objects.
struct Outer(usize);

impl<'de> DeserializeSeed<'de> for Outer {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outer {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut held = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if self.0 == 0 || held.len() >= ENVELOPE_MEMBERS {
                members.next_value::<IgnoredAny>()?;
            } else {
                held.insert(name, members.next_value_seed(Self(self.0 - 1))?);
            }
        }
        Ok(Value::Object(held))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::read_outer;

    #[test]
    fn objects_are_read_as_deep_as_envelopes_stand_and_lists_are_nothing() {
        let body = br#"{"code":"0","ok":true,"n":[-1,{"a":1}],"a":{"b":{"c":{"d":1}},"f":1.5}}"#;
        let outer = json!({"code": "0", "ok": true, "n": null, "a": {"b": {"c": {}}, "f": 1.5}});
        assert_eq!(read_outer(body), Some(outer));
        assert_eq!(read_outer(b"{\"a\":"), None);
        let wide: Map<String, Value> = (0..1_000).map(|n| (n.to_string(), n.into())).collect();
        let read = read_outer(Value::Object(wide).to_string().as_bytes()).expect("is JSON");
        assert_eq!(read.as_object().map(Map::len), Some(100));
    }
}
