//! Identifiers that a user gives, held against what the contract allows at their places.

use serde_json::Value;

use super::ConfigError;
use crate::contract::{Broken, Operation, Place, Schema, Validator};

/// Whether every value may stand where the contract has its identifier.
///
/// A value that the contract forbids would make the plain valid request an invalid one, and its
/// refusal the server's fault.
pub(super) fn allowed(
    flag: &'static str,
    operations: &[impl AsRef<Operation>],
    given: &[(String, Vec<String>)],
) -> Result<(), ConfigError> {
    for (name, values) in given {
        for operation in operations {
            let operation = operation.as_ref();
            if let Some((broken, schema)) = first_broken(operation, name, values) {
                let rule = operation.rule_id(&broken.location, &broken.keyword);
                let limit = operation.rule(&rule).map_or_else(
                    || schema.keyword(&broken.keyword).map_or_else(String::new, Value::to_string),
                    |rule| rule.summary.clone(),
                );
                let (name, found) = (name.clone(), broken.found);
                return Err(ConfigError::ForbiddenValue { flag, name, found, rule, limit });
            }
        }
    }
    Ok(())
}

/// The first constraint that one of the values breaks at the places of the identifier `name`.
fn first_broken(operation: &Operation, name: &str, values: &[String]) -> Option<(Broken, Schema)> {
    let body = operation.body.as_ref()?;
    let places = operation.identifiers.iter().filter(|identifier| identifier.name == name);
    places.into_iter().find_map(|identifier| {
        let mut schemas = Vec::new();
        collect(&body.schema, &Place::body(), &identifier.at, &mut schemas);
        schemas.into_iter().find_map(|(schema, place)| {
            // What can't be compiled is told of when the contract is loaded.
            let validator = Validator::compile(&schema).ok()?;
            let broken = values
                .iter()
                .find_map(|value| validator.first_broken(&place, &Value::String(value.clone())))?;
            Some((broken, schema))
        })
    })
}

/// The schemas that every value at the place `wanted` must fulfil.
///
/// Branches of `anyOf` and `oneOf` are left out, since a value may do without any one of them.
fn collect(schema: &Schema, place: &Place, wanted: &str, found: &mut Vec<(Schema, Place)>) {
    let here = place.to_string();
    if here == wanted {
        // Its `allOf` is judged with it.
        found.push((schema.clone(), place.clone()));
        return;
    }
    if !wanted.starts_with(&here) || here.len() >= wanted.len() {
        return;
    }
    for (name, member) in schema.properties() {
        collect(&member, &place.member(name), wanted, found);
    }
    if let Some(entry) = schema.items() {
        collect(&entry, &place.items(), wanted, found);
    }
    for part in schema.children("allOf") {
        // A schema that is part of itself says nothing more.
        if part.pointer() != schema.pointer() {
            collect(&part, place, wanted, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;
    use crate::contract::Contract;

    fn said(name: &str, values: &[&str]) -> Option<String> {
        let contract = Contract::builtin("koophone").expect("is built in");
        let values = values.iter().map(|&value| value.to_owned()).collect();
        let given = [(name.to_owned(), values)];
        allowed("--known", &contract.operations, &given).err().map(|error| error.to_string())
    }

    #[test]
    fn a_forbidden_value_is_named_with_its_rule_and_limit() {
        let (longest, too_long) = ("x".repeat(32), "x".repeat(33));
        assert_eq!(said("instance_ids", &["a", &longest]), None);
        assert_eq!(said("user_id", &[&longest]), None);
        for (name, rule) in [
            ("instance_ids", "prepare/body.instance_ids/items/maxLength"),
            ("user_id", "prepare/body.user_id/maxLength"),
        ] {
            let said = said(name, &["a", &too_long]).expect("is forbidden");
            for word in ["--known", name, rule, "at most 32 characters", "33 characters"] {
                assert!(said.contains(word), "no {word} in: {said}");
            }
        }
    }
}
