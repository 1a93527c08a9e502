//! The document while it is read: nodes that know where they stand.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::{LoadError, LoadErrorKind};
use super::lines;
use super::requests::for_requests;
use crate::contract::reference::{self, LONGEST_CHAIN};

/// The file's name, its text and the value it holds.
pub(super) struct Source<'t> {
    file: String,
    text: &'t str,
    document: Arc<Value>,
    requests: OnceCell<Arc<Value>>,
    lines: OnceCell<HashMap<String, u64>>,
}

impl<'t> Source<'t> {
    pub(super) fn new(file: &str, text: &'t str, document: Arc<Value>) -> Self {
        let (requests, lines) = (OnceCell::new(), OnceCell::new());
        Self { file: file.to_owned(), text, document, requests, lines }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn document(&self) -> &Arc<Value> {
        &self.document
    }

    /// The document as requests have it.
    pub(super) fn for_requests(&self) -> &Arc<Value> {
        self.requests.get_or_init(|| for_requests(&self.document))
    }

    /// The whole document.
    pub(super) fn root(&self) -> Node<'_> {
        Node { source: self, value: &self.document, pointer: String::new() }
    }

    /// The node at `pointer`, where there is one.
    pub(super) fn at(&self, pointer: &str) -> Option<Node<'_>> {
        let value = self.document.pointer(pointer)?;
        Some(Node { source: self, value, pointer: pointer.to_owned() })
    }

    /// An error at `pointer`; its line is that of the nearest node above that the text has.
    pub(super) fn error(&self, pointer: &str, kind: LoadErrorKind) -> LoadError {
        let lines = self.lines.get_or_init(|| lines::of(self.text));
        let mut above = pointer;
        let line = loop {
            if let Some(line) = lines.get(above) {
                break Some(*line);
            }
            match above.rfind('/') {
                Some(end) => above = &above[..end],
                None => break None,
            }
        };
        LoadError {
            file: self.file.clone(),
            line,
            pointer: pointer.to_owned(),
            kind: Box::new(kind),
        }
    }
}

/// One value of the document and its place.
#[derive(Clone)]
pub(super) struct Node<'s> {
    source: &'s Source<'s>,
    value: &'s Value,
    pointer: String,
}

impl<'s> Node<'s> {
    pub(super) fn source(&self) -> &'s Source<'s> {
        self.source
    }

    pub(super) fn value(&self) -> &'s Value {
        self.value
    }

    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The member `name`, where it is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(self.below(name, value))
    }

    /// The member `name`, without which the document can't be read.
    pub(super) fn require(&self, name: &'static str) -> Result<Self, LoadError> {
        self.get(name).ok_or_else(|| self.error(LoadErrorKind::MissingMember { member: name }))
    }

    /// The members of the object that stands here.
    pub(super) fn members(&self) -> Result<Vec<(&'s str, Self)>, LoadError> {
        let members = self.object()?;
        Ok(members.iter().map(|(name, value)| (name.as_str(), self.below(name, value))).collect())
    }

    /// The object that stands here.
    pub(super) fn object(&self) -> Result<&'s Map<String, Value>, LoadError> {
        self.value.as_object().ok_or_else(|| self.wrong_type("an object"))
    }

    /// The entries of the list that stands here.
    pub(super) fn entries(&self) -> Result<Vec<Self>, LoadError> {
        let entries = self.value.as_array().ok_or_else(|| self.wrong_type("a list"))?;
        let below = |(index, value)| self.below(&usize::to_string(&index), value);
        Ok(entries.iter().enumerate().map(below).collect())
    }

    /// The text that stands here.
    pub(super) fn text(&self) -> Result<&'s str, LoadError> {
        self.value.as_str().ok_or_else(|| self.wrong_type("a text"))
    }

    /// The truth value that stands here.
    pub(super) fn flag(&self) -> Result<bool, LoadError> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("true or false"))
    }

    /// Follows `$ref` until something else stands here.
    pub(super) fn follow(&self) -> Result<Self, LoadError> {
        let mut node = self.clone();
        for _ in 0..LONGEST_CHAIN {
            let Some(link) = node.value.as_object().and_then(|object| object.get("$ref")) else {
                return Ok(node);
            };
            let written = link
                .as_str()
                .ok_or_else(|| node.below("$ref", link).wrong_type("a reference (a text)"))?;
            let at = node.below("$ref", link);
            node = at.target(written)?;
        }
        let reference = self.value["$ref"].as_str().unwrap_or_default().to_owned();
        Err(self.error(LoadErrorKind::CircularReference { reference }))
    }

    /// What the reference `written`, which stands here, names.
    pub(super) fn target(&self, written: &str) -> Result<Self, LoadError> {
        let reference = written.to_owned();
        if !written.starts_with('#') {
            return Err(self.error(LoadErrorKind::RemoteReference { reference }));
        }
        reference::target(written)
            .and_then(|pointer| self.source.at(&pointer))
            .ok_or_else(|| self.error(LoadErrorKind::DanglingReference { reference }))
    }

    pub(super) fn error(&self, kind: LoadErrorKind) -> LoadError {
        self.source.error(&self.pointer, kind)
    }

    pub(super) fn invalid(&self, message: impl Into<String>) -> LoadError {
        self.error(LoadErrorKind::Invalid { message: message.into() })
    }

    pub(super) fn wrong_type(&self, expected: &'static str) -> LoadError {
        let member = self.pointer.rsplit('/').find(|token| token.parse::<usize>().is_err());
        self.error(LoadErrorKind::WrongType {
            expected,
            found: kind_of(self.value),
            member: member.unwrap_or_default().replace("~1", "/").replace("~0", "~"),
        })
    }

    fn below(&self, token: &str, value: &'s Value) -> Self {
        let mut pointer = self.pointer.clone();
        pointer.push('/');
        pointer.push_str(&reference::escape(token));
        Self { source: self.source, value, pointer }
    }
}

/// A value in a word or two, for errors: `a list`, `the text "abc"`.
pub(super) fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let short: String = text.chars().take(30).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("the text {:?}", short + more)
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => {
            let mut words = "an object with ".to_owned();
            for (index, name) in members.keys().take(4).enumerate() {
                let short: String = name.chars().take(30).collect();
                let _ = write!(words, "{}`{short}`", if index == 0 { "" } else { ", " });
            }
            if members.len() > 4 {
                words.push_str(", …");
            }
            words
        }
    }
}
