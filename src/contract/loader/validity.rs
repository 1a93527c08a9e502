//! Are the documented examples what their schemas ask for? The loader's door to `jsonschema`.

use std::sync::OnceLock;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use super::error::LoadError;
use super::operation::Readings;
use super::source::Node;
use crate::contract::Schema;

/// The URI under which the document knows itself.
const DOCUMENT: &str = "urn:fencepost:document";

/// Validators over one document.
#[derive(Default)]
pub(super) struct Validity {
    registry: OnceLock<Option<Registry<'static>>>,
}

impl Validity {
    /// A validator of the schema, or why there can be none.
    fn validator(&self, schema: &Schema) -> Result<Validator, String> {
        let registry = self.registry.get_or_init(|| {
            let document = schema.document().as_ref().clone();
            let registry = Registry::new().draft(Draft::Draft202012).add(DOCUMENT, document);
            registry.and_then(jsonschema::RegistryBuilder::prepare).ok()
        });
        let Some(registry) = registry else {
            return Err("its document's identifiers can't be read".to_owned());
        };
        let reference = json!({ "$ref": format!("{DOCUMENT}#{}", fragment(schema.pointer())) });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(registry)
            .offline()
            .should_validate_formats(true)
            .build(&reference)
            .map_err(|error| error.to_string())
    }
}

/// Whether `pattern` can be compiled, or why not.
pub(super) fn compiles(pattern: &str) -> Result<(), String> {
    let built = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .build(&json!({ "pattern": pattern }));
    built.map(drop).map_err(|error| error.to_string())
}

/// The examples at a media type or a parameter, then those at its schema, each with its name.
/// Those that their schema refuses are left out with a warning.
pub(super) fn examples(
    node: &Node<'_>,
    schema: &Schema,
    readings: &mut Readings,
) -> Result<Vec<(String, Value)>, LoadError> {
    let mut found: Vec<(String, Value)> = Vec::new();
    if let Some(example) = node.get("example") {
        found.push(("example".to_owned(), example.value().clone()));
    }
    if let Some(examples) = node.get("examples") {
        for (name, example) in examples.members()? {
            let example = example.follow()?;
            if let Some(value) = example.value().get("value") {
                found.push((name.to_owned(), value.clone()));
            }
        }
    }
    for (index, value) in schema.examples().into_iter().enumerate() {
        found.push((format!("schema example {}", index + 1), value.clone()));
    }
    if found.is_empty() {
        return Ok(found);
    }
    match readings.validity.validator(schema) {
        Ok(validator) => found.retain(|(name, value)| match validator.validate(value) {
            Ok(()) => true,
            Err(error) => {
                let place = match error.instance_path().as_str() {
                    "" => String::new(),
                    pointer => format!("at {pointer}: "),
                };
                readings.warnings.push(format!(
                    "{}: the example `{name}` is not what its schema asks for, and is not used: \
                     {place}{}",
                    node.pointer(),
                    error.kind().keyword()
                ));
                false
            }
        }),
        Err(reason) => {
            found.clear();
            readings
                .warn(node, format!("its examples can't be judged, and are not used: {reason}"));
        }
    }
    Ok(found)
}

/// A JSON pointer as a URI fragment.
fn fragment(pointer: &str) -> String {
    const PLAIN: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    percent_encoding::utf8_percent_encode(pointer, &PLAIN).to_string()
}
