//! Are the documented examples what their schemas ask for? The loader's door to `jsonschema`.

use std::sync::Arc;

use serde_json::Value;

use super::error::LoadError;
use super::operation::Readings;
use super::source::Node;
use crate::contract::{Compiler, Schema, Validator};

/// Validators over the document, as answers and as requests have it.
#[derive(Default)]
pub(super) struct Validity {
    compilers: Vec<(Arc<Value>, Result<Compiler<'static>, String>)>,
}

impl Validity {
    /// A validator of the schema, or why there can be none.
    fn validator(&mut self, schema: &Schema) -> Result<Validator, String> {
        let document = schema.document();
        let known = self.compilers.iter().position(|(held, _)| Arc::ptr_eq(held, document));
        let index = known.unwrap_or_else(|| {
            let own = Compiler::owned(document.as_ref().clone());
            self.compilers.push((Arc::clone(document), own));
            self.compilers.len() - 1
        });
        let Ok(compiler) = &self.compilers[index].1 else {
            return Err("its document's identifiers can't be read".to_owned());
        };
        compiler.compile(schema)
    }
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
        Ok(validator) => found.retain(|(name, value)| match validator.first_error(value) {
            None => true,
            Some((pointer, keyword)) => {
                let place = match pointer.as_str() {
                    "" => String::new(),
                    pointer => format!("at {pointer}: "),
                };
                readings.warnings.push(format!(
                    "{}: the example `{name}` is not what its schema asks for, and is not used: \
                     {place}{keyword}",
                    node.pointer()
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
