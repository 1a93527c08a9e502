//! The document as requests have it.
//!
//! What is `readOnly` is sent in answers alone, and where it is `required` too, that counts for
//! answers alone (OpenAPI 3.0.3, "Schema Object").

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::dialect::{DATA, NAMED_SCHEMAS};
use crate::contract::reference::{LONGEST_CHAIN, escape, target, value_at};

/// Keywords whose schemas speak of the same value.
const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The document without `readOnly` members among those that are required; itself, where there are none.
pub(super) fn for_requests(document: &Arc<Value>) -> Arc<Value> {
    let mut finder = Finder { document, found: Vec::new() };
    finder.look(document, "", &HashSet::new());
    if finder.found.is_empty() {
        return Arc::clone(document);
    }
    let mut own = document.as_ref().clone();
    for (pointer, names) in finder.found {
        if let Some(Value::Array(required)) = own.pointer_mut(&pointer) {
            required.retain(|held| !held.as_str().is_some_and(|held| names.contains(held)));
        }
    }
    Arc::new(own)
}

struct Finder<'d> {
    document: &'d Value,
    /// Where `required` names members that are `readOnly`, and these.
    found: Vec<(String, HashSet<&'d str>)>,
}

impl<'d> Finder<'d> {
    /// Looks through a value. `above` are the members that are `readOnly` by a schema of which this one is
    /// a part.
    fn look(&mut self, value: &'d Value, pointer: &str, above: &HashSet<&'d str>) {
        let none = HashSet::new();
        match value {
            Value::Array(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.look(entry, &format!("{pointer}/{index}"), above);
                }
            }
            Value::Object(members) => {
                let mut read_only = above.clone();
                self.read_only(members, &mut read_only, 0);
                if let Some(Value::Array(required)) = members.get("required") {
                    let required = required.iter().filter_map(Value::as_str);
                    let names: HashSet<_> = required.filter(|n| read_only.contains(n)).collect();
                    if !names.is_empty() {
                        self.found.push((format!("{pointer}/required"), names));
                    }
                }
                for (name, member) in members {
                    let below = format!("{pointer}/{}", escape(name));
                    match (name.as_str(), member) {
                        // Here a name is no keyword, whatever it is.
                        (name, Value::Object(named)) if NAMED_SCHEMAS.contains(&name) => {
                            for (name, schema) in named {
                                self.look(schema, &format!("{below}/{}", escape(name)), &none);
                            }
                        }
                        (name, _) if DATA.contains(&name) => {}
                        (name, _) if PARTS.contains(&name) => self.look(member, &below, &read_only),
                        _ => self.look(member, &below, &none),
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds the members that a schema, or what it refers to or consists of, says are `readOnly`.
    fn read_only(
        &self,
        schema: &'d Map<String, Value>,
        names: &mut HashSet<&'d str>,
        depth: usize,
    ) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let is_read_only =
                |member: &'d Value| member.as_object().is_some_and(|m| self.is_read_only(m, 0));
            let found = properties.iter().filter(|(_, member)| is_read_only(member));
            names.extend(found.map(|(name, _)| name.as_str()));
        }
        if depth < LONGEST_CHAIN {
            for part in self.parts(schema) {
                self.read_only(part, names, depth + 1);
            }
        }
    }

    fn is_read_only(&self, schema: &'d Map<String, Value>, depth: usize) -> bool {
        schema.get("readOnly") == Some(&Value::Bool(true))
            || (depth < LONGEST_CHAIN
                && self.parts(schema).any(|part| self.is_read_only(part, depth + 1)))
    }

    /// What a schema refers to, and what it consists of.
    fn parts(
        &self,
        schema: &'d Map<String, Value>,
    ) -> impl Iterator<Item = &'d Map<String, Value>> {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(target);
        let referred = target.and_then(|pointer| value_at(self.document, &pointer));
        let all = schema.get("allOf").and_then(Value::as_array);
        referred.into_iter().chain(all.into_iter().flatten()).filter_map(Value::as_object)
    }
}
