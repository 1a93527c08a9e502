//! From a schema to what is drawn from.

use serde_json::{Map, Value};
use thiserror::Error;

use super::keywords::{Keywords, enumeration, examples, limits, list, numeric, text, types};
use super::node::{Choice, Extra, List, Member, Members, Node, Type};
use crate::contract::{Schema, reference};

/// A schema that no value can be drawn for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no values can be generated for the schema at `{pointer}`: {reason}")]
pub struct Unsupported {
    /// The schema, as a JSON pointer into the document.
    pub pointer: String,
    /// What is beyond the generator.
    pub reason: String,
}

/// A schema that leads to itself is unrolled so often, and only once when the whole grows large.
const UNROLLED: usize = 2;
const MANY_NODES: usize = 500;
const MOST_NODES: usize = 5000;
/// `anyOf` beside `oneOf` multiply; more combinations than this are left out.
const MOST_CHOICES: usize = 32;
const DEEPEST: usize = 32;

/// A schema that asks for more than this in every value is left alone.
pub(crate) const MOST_LEAST: usize = 10_000;
pub(crate) const LONGEST_LEAST: usize = 100_000;

/// Keywords that can't be taken apart: values are drawn without them and then checked.
const CHECKED: [&str; 9] = [
    "not",
    "if",
    "contains",
    "propertyNames",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Keywords whose meaning the label reader doesn't know either.
const UNREAD: [&str; 5] = [
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
    "$recursiveRef",
];

/// What a compilation gives.
pub(super) struct Compiled {
    pub(super) root: Node,
    /// Drawn values must be checked against the whole schema.
    pub(super) checked: bool,
}

pub(super) fn compile(schema: &Schema) -> Result<Compiled, Unsupported> {
    let mut compiler =
        Compiler { document: schema.document(), stack: vec![], nodes: 0, checked: false };
    let unsupported = |reason| Unsupported { pointer: schema.pointer().to_owned(), reason };
    let root = compiler.node(&[schema.raw()]).map_err(unsupported)?;
    let root = root.ok_or_else(|| unsupported("no value fits it".to_owned()))?;
    Ok(Compiled { root, checked: compiler.checked })
}

struct Compiler<'d> {
    document: &'d Value,
    /// The schemas on the way down, to see circles.
    stack: Vec<*const Keywords>,
    nodes: usize,
    checked: bool,
}

impl<'d> Compiler<'d> {
    /// The values that fit all of `schemas`; `None` where none does or a circle was cut.
    fn node(&mut self, schemas: &[&'d Value]) -> Result<Option<Node>, String> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(format!("it unrolls to more than {MOST_NODES} schemas"));
        }
        let mut opaque = false;
        let mut choices = Vec::new();
        let mut combinations = self.combinations(schemas, 0)?;
        opaque |= combinations.len() > 1;
        combinations.truncate(MOST_CHOICES);
        for parts in combinations {
            let depth = self.stack.len();
            let unrolled = if self.nodes > MANY_NODES { 1 } else { UNROLLED };
            let circles = parts.iter().any(|part| {
                let address = std::ptr::from_ref(*part);
                self.stack.iter().filter(|held| **held == address).count() >= unrolled
            });
            if circles || depth > DEEPEST * 8 {
                continue;
            }
            for part in &parts {
                if let Some(keyword) = UNREAD.iter().find(|keyword| part.contains_key(**keyword)) {
                    return Err(format!("it uses `{keyword}`"));
                }
                opaque |= CHECKED.iter().any(|keyword| part.contains_key(*keyword));
                opaque |= part.contains_key("anyOf") || part.contains_key("oneOf");
            }
            self.stack.extend(parts.iter().map(|part| std::ptr::from_ref(*part)));
            let choice = self.choice(&parts);
            self.stack.truncate(depth);
            choices.extend(choice?);
        }
        self.checked |= opaque;
        Ok((!choices.is_empty()).then_some(Node { known: Vec::new(), choices }))
    }

    /// The ways to satisfy `schemas`: each a list of schemas without `$ref`, `allOf` and branches.
    fn combinations(
        &self,
        schemas: &[&'d Value],
        depth: usize,
    ) -> Result<Vec<Vec<&'d Keywords>>, String> {
        if depth > DEEPEST {
            return Err("its `$ref` and `allOf` lead in a circle".to_owned());
        }
        let mut all = vec![Vec::new()];
        for schema in schemas {
            let keywords = match schema {
                Value::Bool(false) => return Ok(Vec::new()),
                Value::Object(keywords) => keywords,
                _ => continue,
            };
            for way in &mut all {
                way.push(keywords);
            }
            let target = keywords.get("$ref").and_then(Value::as_str).and_then(reference::target);
            if let Some(target) = target.and_then(|at| reference::value_at(self.document, &at)) {
                all = product(&all, &self.combinations(&[target], depth + 1)?);
            }
            for part in list(keywords, "allOf") {
                all = product(&all, &self.combinations(&[part], depth + 1)?);
            }
            for keyword in ["anyOf", "oneOf"] {
                let mut branches = Vec::new();
                for branch in list(keywords, keyword) {
                    branches.extend(self.combinations(&[branch], depth + 1)?);
                }
                if keywords.contains_key(keyword) {
                    all = product(&all, &branches);
                }
            }
        }
        Ok(all)
    }

    fn choice(&mut self, parts: &[&'d Keywords]) -> Result<Option<Choice>, String> {
        let typed = parts.iter().any(|part| part.contains_key("type"));
        let mut choice = Choice { typed, ..Choice::default() };
        let mut kinds = types(parts);
        choice.enumeration = enumeration(parts);
        if let Some(values) = &mut choice.enumeration {
            values.retain(|value| !typed || kinds.iter().any(|kind| kind.holds(value)));
            // Other keywords may rule some of them out.
            let judges =
                |key: &String| key.starts_with(['m', 'p', 'f']) || key.starts_with("exclusive");
            self.checked |= parts.iter().any(|part| part.keys().any(judges));
            return Ok((!values.is_empty()).then(|| Choice { types: kinds, ..choice }));
        }
        match text(parts) {
            Ok(text) if text.min > LONGEST_LEAST => {
                return Err(format!("it asks for at least {} characters", text.min));
            }
            Ok(text) => choice.text = text,
            // A pattern beyond reach: the documented examples are what there is.
            Err(reason) => {
                let shown = examples(parts);
                if shown.is_empty() {
                    return Err(reason);
                }
                self.checked = true;
                return Ok(Some(Choice { enumeration: Some(shown), types: kinds, ..choice }));
            }
        }
        choice.number = numeric(parts, kinds.contains(&Type::Number));
        if kinds.contains(&Type::Array) {
            let list = self.list(parts)?;
            if list.is_none() {
                kinds.retain(|kind| *kind != Type::Array);
            }
            choice.list = list.unwrap_or_default();
        }
        if kinds.contains(&Type::Object) {
            let members = self.members(parts)?;
            if members.is_none() {
                kinds.retain(|kind| *kind != Type::Object);
            }
            choice.members = members.unwrap_or_default();
        }
        if choice.number.is_none() {
            kinds.retain(|kind| !matches!(kind, Type::Integer | Type::Number));
        }
        if choice.text.max.is_some_and(|max| max < choice.text.min) {
            kinds.retain(|kind| *kind != Type::String);
        }
        choice.types = kinds;
        Ok((!choice.types.is_empty()).then_some(choice))
    }

    fn list(&mut self, parts: &[&'d Keywords]) -> Result<Option<List>, String> {
        let longest = parts.iter().map(|part| list(part, "prefixItems").len()).max().unwrap_or(0);
        let at = |index: usize| -> Vec<&'d Value> {
            let of = |part: &&'d Keywords| {
                let part: &'d Keywords = part;
                list(part, "prefixItems").get(index).or_else(|| part.get("items"))
            };
            parts.iter().filter_map(of).collect()
        };
        let mut prefix = Vec::new();
        for index in 0..longest {
            let Some(node) = self.node(&at(index))? else { break };
            prefix.push(node);
        }
        let whole = prefix.len() == longest;
        let items = if whole { self.node(&at(longest))?.map(Box::new) } else { None };
        let (min, max) = limits(parts, "minItems", "maxItems");
        let reach = if items.is_some() { usize::MAX } else { prefix.len() };
        let possible = max.is_none_or(|max| min <= max) && min <= reach;
        let unique = parts.iter().any(|part| part.get("uniqueItems") == Some(&Value::Bool(true)));
        let nested = items.as_ref().is_some_and(|node| node.has_list());
        if min > MOST_LEAST {
            return Err(format!("it asks for at least {min} entries"));
        }
        Ok(possible.then_some(List { min, max, prefix, items, unique, nested }))
    }

    fn members(&mut self, parts: &[&'d Keywords]) -> Result<Option<Members>, String> {
        let mut names: Vec<String> = Vec::new();
        let mut required: Vec<&str> = Vec::new();
        for part in parts {
            let properties = part.get("properties").and_then(Value::as_object);
            for name in properties.into_iter().flat_map(Map::keys) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            required.extend(list(part, "required").iter().filter_map(Value::as_str));
        }
        let mut members = Vec::new();
        let unnamed = required.iter().filter(|name| !names.iter().any(|held| held == *name));
        let mut all = names.clone();
        for name in unnamed.map(|name| (*name).to_owned()).collect::<Vec<_>>() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        for name in all {
            let of = |part: &&'d Keywords| {
                let part: &'d Keywords = part;
                let own = part.get("properties").and_then(|all| all.get(&name));
                own.or_else(|| part.get("additionalProperties"))
            };
            let schemas: Vec<&Value> = parts.iter().filter_map(of).collect();
            let required = required.contains(&name.as_str());
            // What only answers carry is not sent.
            let read_only = schemas.iter().any(|schema| schema["readOnly"] == Value::Bool(true));
            if read_only && !required {
                continue;
            }
            match self.node(&schemas) {
                Ok(Some(node)) => members.push(Member { name, node, required }),
                Ok(None) if required => return Ok(None),
                Err(reason) if required => return Err(reason),
                // An optional member that can't be drawn is left out.
                Ok(None) | Err(_) => {}
            }
        }
        let rest: Vec<&Value> =
            parts.iter().filter_map(|part| part.get("additionalProperties")).collect();
        let extra = if rest.contains(&&Value::Bool(false)) {
            Extra::Forbidden
        } else if rest.iter().any(|schema| schema.is_object()) {
            self.node(&rest)?.map_or(Extra::Forbidden, |node| Extra::Of(Box::new(node)))
        } else {
            Extra::Free
        };
        let (min, max) = limits(parts, "minProperties", "maxProperties");
        if min > MOST_LEAST {
            return Err(format!("it asks for at least {min} members"));
        }
        Ok(Some(Members { named: members, extra, min, max, names }))
    }
}

impl Type {
    /// Whether a value is of the type.
    pub(super) fn holds(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
            }
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

fn product<'d>(ways: &[Vec<&'d Keywords>], more: &[Vec<&'d Keywords>]) -> Vec<Vec<&'d Keywords>> {
    let both = ways.iter().flat_map(|way| more.iter().map(move |rest| [&way[..], rest].concat()));
    both.take(MOST_CHOICES).collect()
}
