//! The `jsonschema` crate at work on schemas of the document, and its errors in the words of rules.

use std::fmt;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::json::Json;
use jsonschema::{Draft, Registry, RegistryBuilder, ValidationError};
use serde_json::{Value, json};

use super::reference::escape;
use super::tape::Tapes;
use super::{Node, Place, Schema};

/// The name that the whole document has for references out of a part of it.
const DOCUMENT: &str = "urn:fencepost:contract";

/// Compiles parts of one document, which is taken in once for all of them.
pub struct Compiler<'d> {
    registry: Registry<'d>,
}

/// A compiled schema.
pub struct Validator(jsonschema::Validator);

/// A compiled schema for values on tapes, which says only whether they break anything.
pub struct TapeValidator(jsonschema::Validator<Tapes>);

/// A constraint that a value breaks, in the words of a rule's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Broken {
    /// Where: `body.instance_ids/items`.
    pub location: String,
    /// Which: `maxLength`.
    pub keyword: String,
    /// What is there, shortened: `the string of 33 characters "aaa…"`.
    pub found: String,
    /// Whether more alternatives fit than the one that is asked for.
    pub is_ambiguous: bool,
}

impl fmt::Debug for Compiler<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compiler")
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Validator")
    }
}

impl fmt::Debug for TapeValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TapeValidator")
    }
}

impl<'d> Compiler<'d> {
    /// Takes a document in. An error is the `jsonschema` crate's: identifiers that can't be read.
    pub fn new(document: &'d Value) -> Result<Self, String> {
        Self::prepared(Registry::new().draft(Draft::Draft202012).add(DOCUMENT, document))
    }

    /// The same, of a document of its own.
    pub(crate) fn owned(document: Value) -> Result<Self, String> {
        Self::prepared(Registry::new().draft(Draft::Draft202012).add(DOCUMENT, document))
    }

    fn prepared(
        builder: Result<RegistryBuilder<'d>, jsonschema::ReferencingError>,
    ) -> Result<Self, String> {
        let registry = builder.and_then(RegistryBuilder::prepare);
        Ok(Self { registry: registry.map_err(|error| error.to_string())? })
    }

    /// Compiles the part of the document that `schema` points at, with what it refers to in the
    /// rest. An error is the `jsonschema` crate's.
    pub fn compile(&self, schema: &Schema) -> Result<Validator, String> {
        self.build(schema, true)
    }

    /// The same, for values on tapes.
    pub fn compile_for_tapes(&self, schema: &Schema) -> Result<TapeValidator, String> {
        self.build_for(schema, true).map(TapeValidator)
    }

    fn build(&self, schema: &Schema, formats: bool) -> Result<Validator, String> {
        self.build_for(schema, formats).map(Validator)
    }

    fn build_for<F: Json>(
        &self,
        schema: &Schema,
        formats: bool,
    ) -> Result<jsonschema::Validator<F>, String> {
        jsonschema::options_for()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .offline()
            .should_validate_formats(formats)
            .build(&json!({"$ref": format!("{DOCUMENT}#{}", fragment(schema.pointer()))}))
            .map_err(|error| error.to_string())
    }
}

/// Whether an ECMA-262 pattern of any kind is found in a text, as the `jsonschema` crate reads it.
#[derive(Clone)]
pub struct PatternJudge(Arc<jsonschema::Validator>);

impl PatternJudge {
    /// Compiles the pattern; `None` where that can't be done.
    pub fn new(pattern: &str) -> Option<Self> {
        let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
        options.build(&json!({ "pattern": pattern })).ok().map(|judge| Self(Arc::new(judge)))
    }

    /// Whether the pattern is found in `text`.
    pub fn is_found(&self, text: &str) -> bool {
        self.0.is_valid(&Value::String(text.to_owned()))
    }
}

impl fmt::Debug for PatternJudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatternJudge")
    }
}

/// Whether `pattern` can be compiled, or what the `jsonschema` crate says against it.
pub(crate) fn compiles(pattern: &str) -> Result<(), String> {
    let built = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .build(&json!({ "pattern": pattern }));
    built.map(drop).map_err(|error| error.to_string())
}

impl Validator {
    /// Compiles one schema. Of several in one document a [`Compiler`] makes less work.
    pub fn compile(schema: &Schema) -> Result<Self, String> {
        Compiler::new(schema.document())?.compile(schema)
    }

    /// The same, with `format` as a note that forbids nothing.
    pub(crate) fn without_formats(schema: &Schema) -> Result<Self, String> {
        Compiler::new(schema.document())?.build(schema, false)
    }

    /// Whether the value breaks nothing.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// The JSON pointer and the keyword of the constraint that a value breaks first, as JSON Schema
    /// has them; of a member that is missing the pointer that it would have.
    pub(crate) fn first_error(&self, value: &Value) -> Option<(String, String)> {
        let error = self.0.validate(value).err()?;
        let mut pointer = error.instance_path().to_string();
        if let ValidationErrorKind::Required { property } = error.kind() {
            pointer.push('/');
            pointer.push_str(&escape(property.as_str().unwrap_or_default()));
        }
        Some((pointer, error.kind().keyword().to_owned()))
    }

    /// The constraint that `value`, which stands at `root`, breaks first.
    pub fn first_broken(&self, root: &Place, value: &Value) -> Option<Broken> {
        if self.0.is_valid(value) {
            return None;
        }
        self.0.validate(value).err().map(|error| Broken::of(&error, root, value))
    }

    /// Every constraint that `value`, which stands at `root`, breaks, at each place where it does,
    /// with a JSON pointer to it; for a missing member, to where that would stand.
    pub(crate) fn all_broken(&self, root: &Place, value: &Value) -> Vec<(Broken, String)> {
        let place = |error: ValidationError<'_>| {
            let mut pointer = error.instance_path().as_str().to_owned();
            if let ValidationErrorKind::Required { property } = error.kind() {
                pointer.push('/');
                pointer.push_str(&escape(property.as_str().unwrap_or_default()));
            }
            (Broken::of(&error, root, value), pointer)
        };
        self.0.iter_errors(value).map(place).collect()
    }

    /// Every constraint that `value`, which stands at `root`, breaks, each named once.
    pub fn broken(&self, root: &Place, value: &Value) -> Vec<Broken> {
        if self.0.is_valid(value) {
            return Vec::new();
        }
        let mut found: Vec<Broken> = Vec::new();
        for error in self.0.iter_errors(value) {
            let broken = Broken::of(&error, root, value);
            let is_same =
                |held: &Broken| held.location == broken.location && held.keyword == broken.keyword;
            if !found.iter().any(is_same) {
                found.push(broken);
            }
        }
        found
    }
}

impl TapeValidator {
    /// Whether the value breaks nothing.
    pub fn is_valid(&self, value: Node<'_>) -> bool {
        self.0.is_valid(value)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.keyword)
    }
}

impl Broken {
    /// The constraint `keyword` at `location`, where nothing is.
    pub(crate) fn new(location: impl Into<String>, keyword: impl Into<String>) -> Self {
        let found = "nothing".to_owned();
        let (location, keyword) = (location.into(), keyword.into());
        Self { location, keyword, found, is_ambiguous: false }
    }

    /// What an error at `value`, which stands at `root`, says in the words of rules.
    fn of(error: &ValidationError<'_>, root: &Place, value: &Value) -> Self {
        let mut place = Place::of_pointer(root, value, error.instance_path().as_str());
        let keyword = match error.kind() {
            ValidationErrorKind::Required { property } => {
                place = place.member(property.as_str().unwrap_or_default());
                "required"
            }
            ValidationErrorKind::Constant { .. } => "enum",
            kind => kind.keyword(),
        };
        let is_ambiguous = matches!(error.kind(), ValidationErrorKind::OneOfMultipleValid { .. });
        let mut found =
            if keyword == "required" { "nothing".to_owned() } else { describe(error.instance()) };
        if is_ambiguous {
            found.push_str(", which several of them describe");
        }
        Self { location: place.to_string(), keyword: keyword.to_owned(), found, is_ambiguous }
    }
}

/// A value in a few words.
fn describe(value: &Value) -> String {
    let text = value.to_string();
    let kind = match value {
        Value::Null => return text,
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(held) if held.chars().count() > 24 => {
            let start: String = held.chars().take(20).collect();
            return format!("a string of {} characters, {start:?}…", held.chars().count());
        }
        Value::String(_) => "the string",
        Value::Array(entries) => return format!("a list of {}", entries.len()),
        Value::Object(members) => {
            let names: Vec<&str> = members.keys().map(String::as_str).take(6).collect();
            return format!("an object with {}", names.join(", "));
        }
    };
    format!("{kind} {text}")
}

/// A JSON pointer as a URI fragment.
fn fragment(pointer: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const RESERVED: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(pointer, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Compiler;
    use crate::contract::{Place, Schema};

    #[test]
    fn references_lead_into_the_whole_document() {
        let document = Arc::new(json!({
            "paths": {"/a/{b}": {"schema": {"properties": {"id": {"$ref": "#/components/id"}},
                "required": ["id"]}}},
            "components": {"id": {"type": "string", "maxLength": 2}},
        }));
        let schema = Schema::at(&document, "/paths/~1a~1{b}/schema");
        let compiler = Compiler::new(&document).expect("is taken in");
        let validator = compiler.compile(&schema).expect("compiles");
        let broken = |value| {
            let broken = validator.broken(&Place::body(), &value);
            broken.iter().map(|b| format!("{}/{}", b.location, b.keyword)).collect::<Vec<_>>()
        };
        assert_eq!(broken(json!({"id": "ab"})), [""; 0]);
        assert_eq!(broken(json!({"id": "abc"})), ["body.id/maxLength"]);
        assert_eq!(broken(json!({})), ["body.id/required"]);
        let first = validator.first_broken(&Place::body(), &json!({"id": 1}));
        assert_eq!(first.map(|broken| broken.keyword).as_deref(), Some("type"));
        assert_eq!(validator.first_broken(&Place::body(), &json!({"id": "ab"})), None);
        let (pointer, keyword) = validator.first_error(&json!({"id": "abc"})).expect("is broken");
        assert_eq!((&*pointer, &*keyword), ("/id", "maxLength"));
        let missing = validator.first_error(&json!({})).expect("is broken");
        assert_eq!(missing, ("/id".to_owned(), "required".to_owned()));
    }
}
