//! Validators from the raw document.

use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::contract::reference::escape;
use crate::contract::{Place, Schema};

/// The name that the whole document has for references out of a part of it.
const DOCUMENT: &str = "urn:fencepost:contract";

/// The constraint that a value breaks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Where: `body.instance_ids/items`.
    pub(super) location: String,
    /// Which: `maxLength`.
    pub(super) keyword: String,
}

impl Broken {
    /// Names the constraint `keyword` at `location`.
    pub(super) fn new(location: impl Into<String>, keyword: impl Into<String>) -> Self {
        Self { location: location.into(), keyword: keyword.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.keyword)
    }
}

/// A constraint that a value breaks, with the value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offence {
    /// The constraint.
    pub(super) broken: Broken,
    /// Where the value stands: a JSON pointer into the body, or into the parameter's value. For a
    /// missing member it is where the member would stand.
    pub(super) pointer: String,
    /// The value; null for a missing member.
    pub(super) value: Value,
}

/// Compiles parts of one document, references into all of it included.
pub(super) struct Compiler<'d> {
    registry: Registry<'d>,
}

impl<'d> Compiler<'d> {
    /// Takes the document in, once for all its parts.
    pub(super) fn new(document: &'d Value) -> Result<Self, String> {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        Ok(Self { registry })
    }

    /// Compiles the part that `schema` points at.
    pub(super) fn compile(&self, schema: &Schema) -> Result<Validator, String> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .offline()
            .should_validate_formats(true)
            .build(&json!({"$ref": format!("{DOCUMENT}#{}", fragment(schema.pointer()))}))
            .map_err(|error| error.to_string())
    }
}

/// The first constraint that `value`, which stands at `root`, breaks.
pub(super) fn first_broken(
    validator: &Validator,
    root: &Place,
    value: &Value,
) -> Result<(), Broken> {
    if validator.is_valid(value) {
        return Ok(());
    }
    let Err(error) = validator.validate(value) else { return Ok(()) };
    Err(offence(&error, root, value).broken)
}

/// Every constraint that `value`, which stands at `root`, breaks, in the validator's order.
pub(super) fn all_broken(validator: &Validator, root: &Place, value: &Value) -> Vec<Offence> {
    validator.iter_errors(value).map(|error| offence(&error, root, value)).collect()
}

fn offence(error: &ValidationError<'_>, root: &Place, value: &Value) -> Offence {
    let mut pointer = error.instance_path().as_str().to_owned();
    let mut place = Place::of_pointer(root, value, &pointer);
    let mut found = error.instance().as_ref().clone();
    let keyword = match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            place = place.member(name);
            pointer = format!("{pointer}/{}", escape(name));
            found = Value::Null;
            "required"
        }
        ValidationErrorKind::Constant { .. } => "enum",
        kind => kind.keyword(),
    };
    Offence { broken: Broken::new(place.to_string(), keyword), pointer, value: found }
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

    use super::{Compiler, first_broken};
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
            first_broken(&validator, &Place::body(), &value)
                .err()
                .map(|broken| format!("{}/{}", broken.location, broken.keyword))
        };
        assert_eq!(broken(json!({"id": "ab"})), None);
        assert_eq!(broken(json!({"id": "abc"})).as_deref(), Some("body.id/maxLength"));
        assert_eq!(broken(json!({})).as_deref(), Some("body.id/required"));
    }
}
