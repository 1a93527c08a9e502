//! The walk over a schema and a value together.

use serde_json::{Map, Number, Value};

use std::cmp::Ordering;

use super::{Broken, equal, format, number, pattern};
use crate::contract::{Place, reference};

/// Schemas that lead to schemas without a step down into the value; more is a circle.
const LONGEST_CHAIN: usize = 64;

/// One step of the way to the value that is being read.
#[derive(Clone, Copy)]
enum Token<'a> {
    Member(&'a str),
    Entry(usize),
}

/// Reads one value and notes what it breaks.
pub(super) struct Reader<'a> {
    root: &'a Place,
    document: &'a Value,
    way: Vec<Token<'a>>,
    chain: usize,
    found: Vec<Broken>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Place, document: &'a Value) -> Self {
        Self { root, document, way: Vec::new(), chain: 0, found: Vec::new() }
    }

    pub(super) fn read(mut self, schema: &'a Value, value: &'a Value) -> Vec<Broken> {
        self.schema(schema, value);
        self.found
    }

    fn schema(&mut self, schema: &'a Value, value: &'a Value) {
        match schema {
            Value::Bool(false) => self.note("falseSchema"),
            Value::Object(keywords) if self.chain < LONGEST_CHAIN => {
                self.chain += 1;
                for (keyword, argument) in keywords {
                    self.keyword(keywords, keyword, argument, value);
                }
                self.chain -= 1;
            }
            _ => {}
        }
    }

    fn keyword(
        &mut self,
        keywords: &'a Map<String, Value>,
        keyword: &str,
        argument: &'a Value,
        value: &'a Value,
    ) {
        match keyword {
            "$ref" => {
                let target = argument.as_str().and_then(reference::target);
                let target = target.and_then(|at| reference::value_at(self.document, &at));
                if let Some(target) = target {
                    self.schema(target, value);
                }
            }
            "allOf" => branches(argument).iter().for_each(|branch| self.schema(branch, value)),
            "anyOf" => self.hold(keyword, self.fitting(branches(argument), value) > 0),
            "oneOf" => self.hold(keyword, self.fitting(branches(argument), value) == 1),
            "not" => self.hold(keyword, !self.fits(argument, value)),
            "if" => {
                let way = if self.fits(argument, value) { "then" } else { "else" };
                if let Some(schema) = keywords.get(way) {
                    self.schema(schema, value);
                }
            }
            "type" => self.hold(keyword, is_of_type(argument, value)),
            "enum" => {
                let listed = branches(argument).iter().any(|one| equal::same(one, value));
                self.hold(keyword, listed);
            }
            "const" => self.hold("enum", equal::same(argument, value)),
            _ => match value {
                Value::String(text) => self.string(keyword, argument, text),
                Value::Number(number) => self.number(keyword, argument, number),
                Value::Array(entries) => self.array(keywords, keyword, argument, entries),
                Value::Object(members) => self.object(keywords, keyword, argument, members),
                Value::Null | Value::Bool(_) => {}
            },
        }
    }

    fn string(&mut self, keyword: &str, argument: &Value, text: &str) {
        let holds = match keyword {
            "maxLength" => at_most(text.chars().count(), argument),
            "minLength" => at_least(text.chars().count(), argument),
            "pattern" => argument.as_str().and_then(|p| pattern::is_found(p, text)).unwrap_or(true),
            "format" => argument.as_str().and_then(|f| format::holds(f, text)).unwrap_or(true),
            _ => return,
        };
        self.hold(keyword, holds);
    }

    fn number(&mut self, keyword: &str, argument: &Value, value: &Number) {
        let holds = match (keyword, argument) {
            ("maximum", Value::Number(limit)) => number::compare(value, limit).is_le(),
            ("minimum", Value::Number(limit)) => number::compare(value, limit).is_ge(),
            ("exclusiveMaximum", Value::Number(limit)) => number::compare(value, limit).is_lt(),
            ("exclusiveMinimum", Value::Number(limit)) => {
                number::compare(value, limit) == Ordering::Greater
            }
            ("multipleOf", Value::Number(step)) => number::is_multiple(value, step),
            ("format", Value::String(name)) if name == "int32" => number::fits_bits(value, 32),
            ("format", Value::String(name)) if name == "int64" => number::fits_bits(value, 64),
            _ => return,
        };
        self.hold(keyword, holds);
    }

    fn array(
        &mut self,
        keywords: &'a Map<String, Value>,
        keyword: &str,
        argument: &'a Value,
        entries: &'a [Value],
    ) {
        match keyword {
            "maxItems" => self.hold(keyword, at_most(entries.len(), argument)),
            "minItems" => self.hold(keyword, at_least(entries.len(), argument)),
            "uniqueItems" => {
                self.hold(keyword, argument != &Value::Bool(true) || equal::all_differ(entries));
            }
            "prefixItems" => {
                for (index, (schema, entry)) in branches(argument).iter().zip(entries).enumerate() {
                    self.below(Token::Entry(index), schema, entry);
                }
            }
            "items" => {
                let prefix = keywords.get("prefixItems").map_or(0, |list| branches(list).len());
                for (index, entry) in entries.iter().enumerate().skip(prefix) {
                    self.below(Token::Entry(index), argument, entry);
                }
            }
            "contains" => {
                let count = entries.iter().filter(|entry| self.fits(argument, entry)).count();
                let least = keywords.get("minContains");
                let enough = least.map_or(count > 0, |least| at_least(count, least));
                let most = keywords.get("maxContains");
                self.hold(keyword, enough && most.is_none_or(|most| at_most(count, most)));
            }
            _ => {}
        }
    }

    fn object(
        &mut self,
        keywords: &'a Map<String, Value>,
        keyword: &str,
        argument: &'a Value,
        members: &'a Map<String, Value>,
    ) {
        match keyword {
            "required" => self.required(branches(argument), members),
            "properties" => {
                for (name, schema) in argument.as_object().into_iter().flatten() {
                    if let Some(member) = members.get(name) {
                        self.below(Token::Member(name), schema, member);
                    }
                }
            }
            "patternProperties" => {
                for (name, member) in members {
                    for (found, schema) in argument.as_object().into_iter().flatten() {
                        if pattern::is_found(found, name) == Some(true) {
                            self.below(Token::Member(name), schema, member);
                        }
                    }
                }
            }
            "additionalProperties" => {
                for (name, member) in members.iter().filter(|(name, _)| !is_named(keywords, name)) {
                    if argument == &Value::Bool(false) {
                        self.hold(keyword, false);
                    } else {
                        self.below(Token::Member(name), argument, member);
                    }
                }
            }
            "maxProperties" => self.hold(keyword, at_most(members.len(), argument)),
            "minProperties" => self.hold(keyword, at_least(members.len(), argument)),
            "propertyNames" => {
                let fits = members.keys().all(|name| {
                    let name = Value::String(name.clone());
                    Reader::new(self.root, self.document).read(argument, &name).is_empty()
                });
                self.hold(keyword, fits);
            }
            "dependentRequired" => {
                for (name, needed) in argument.as_object().into_iter().flatten() {
                    if members.contains_key(name) {
                        self.required(branches(needed), members);
                    }
                }
            }
            _ => {}
        }
    }

    /// Of a missing member the place is its own.
    fn required(&mut self, names: &[Value], members: &Map<String, Value>) {
        for name in names.iter().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                let place = self.place().member(name);
                self.note_at(place, "required");
            }
        }
    }

    fn below(&mut self, token: Token<'a>, schema: &'a Value, value: &'a Value) {
        let chain = std::mem::take(&mut self.chain);
        self.way.push(token);
        self.schema(schema, value);
        self.way.pop();
        self.chain = chain;
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut reader = Reader::new(self.root, self.document);
        reader.chain = self.chain + 1;
        reader.read(schema, value).is_empty()
    }

    fn fitting(&self, schemas: &[Value], value: &Value) -> usize {
        schemas.iter().filter(|schema| self.fits(schema, value)).count()
    }

    fn hold(&mut self, keyword: &str, holds: bool) {
        if !holds {
            self.note(keyword);
        }
    }

    fn note(&mut self, keyword: &str) {
        let place = self.place();
        self.note_at(place, keyword);
    }

    fn note_at(&mut self, place: Place, keyword: &str) {
        let mut pointer = String::new();
        for token in &self.way {
            pointer.push('/');
            match token {
                Token::Member(name) => pointer.push_str(&reference::escape(name)),
                Token::Entry(index) => pointer.push_str(&index.to_string()),
            }
        }
        let broken = Broken { place, keyword: keyword.to_owned(), pointer };
        if !self.found.contains(&broken) {
            self.found.push(broken);
        }
    }

    fn place(&self) -> Place {
        self.way.iter().fold(self.root.clone(), |place, token| match token {
            Token::Member(name) => place.member(name),
            Token::Entry(_) => place.items(),
        })
    }
}

/// A keyword's list of schemas or values; empty where it is no list.
fn branches(argument: &Value) -> &[Value] {
    argument.as_array().map_or(&[], Vec::as_slice)
}

fn is_of_type(argument: &Value, value: &Value) -> bool {
    let is = |name: &Value| match (name.as_str(), value) {
        (Some("null"), Value::Null)
        | (Some("boolean"), Value::Bool(_))
        | (Some("string"), Value::String(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_))
        | (Some("number"), Value::Number(_)) => true,
        (Some("integer"), Value::Number(number)) => number::is_integer(number),
        _ => false,
    };
    match argument {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}

fn at_most(count: usize, limit: &Value) -> bool {
    limit_order(count, limit).is_none_or(Ordering::is_le)
}

fn at_least(count: usize, limit: &Value) -> bool {
    limit_order(count, limit).is_none_or(Ordering::is_ge)
}

fn limit_order(count: usize, limit: &Value) -> Option<Ordering> {
    let Value::Number(limit) = limit else { return None };
    Some(number::compare(&Number::from(count), limit))
}

fn is_named(keywords: &Map<String, Value>, name: &str) -> bool {
    let listed = keywords.get("properties").is_some_and(|named| named.get(name).is_some());
    let patterns = keywords.get("patternProperties").and_then(Value::as_object);
    listed
        || patterns
            .is_some_and(|all| all.keys().any(|one| pattern::is_found(one, name) == Some(true)))
}
