//! What `x-fencepost` names at an operation exists there.

use std::collections::BTreeMap;

use super::error::{LoadError, LoadErrorKind};
use super::names;
use super::source::Node;
use crate::contract::extension::{Envelope, RuleOverride};
use crate::contract::{Expression, Operation, Schema};

/// Checks places, keywords, codes and expressions of the operation's extension.
pub(super) fn check(operation: &Operation, node: &Node<'_>) -> Result<(), LoadError> {
    for (index, outcome) in operation.outcomes.iter().enumerate() {
        for (place, at) in outcome.at.iter().zip(0..) {
            let pointer = format!("/outcomes/{index}/at/{at}");
            let locations = operation.rules.iter().map(|rule| rule.id.location());
            let below = |location: &str| {
                location
                    .strip_prefix(place.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            };
            if !locations.clone().any(below) {
                return Err(unknown(node, &pointer, "the place", place, locations));
            }
        }
        for (keyword, at) in outcome.keyword.iter().zip(0..) {
            let pointer = format!("/outcomes/{index}/keyword/{at}");
            let keywords = operation.rules.iter().map(|rule| rule.id.keyword());
            if !keywords.clone().any(|held| held == keyword) {
                return Err(unknown(node, &pointer, "the keyword", keyword, keywords));
            }
        }
        if let Some(envelope) = &operation.envelope {
            let lists = [("code", &outcome.code), ("tolerated", &outcome.tolerated)];
            for (member, codes) in lists {
                let pointer = format!("/outcomes/{index}/{member}");
                documented(node, &pointer, codes.iter().flatten(), envelope)?;
            }
        }
    }
    if let Some(envelope) = &operation.envelope {
        for (index, tolerated) in operation.tolerated.iter().enumerate() {
            let pointer = format!("/tolerated/{index}/code");
            documented(node, &pointer, tolerated.code.iter(), envelope)?;
        }
    }
    identifiers(operation, node)?;
    relations(operation, node)
}

/// Lays the overrides over the rules; each must name one.
pub(super) fn override_rules(
    operation: &mut Operation,
    node: &Node<'_>,
    overrides: &BTreeMap<String, RuleOverride>,
) -> Result<(), LoadError> {
    for (name, change) in overrides {
        let rules = &mut operation.rules;
        let Some(rule) = rules.iter_mut().find(|rule| rule.id.within_operation() == name) else {
            let pointer = format!("/rules/{}", crate::contract::reference::escape(name));
            let ids = operation.rules.iter().map(|rule| rule.id.within_operation());
            return Err(unknown(node, &pointer, "the rule", name, ids));
        };
        rule.strength = change.strength.unwrap_or(rule.strength);
        rule.basis = change.basis.unwrap_or(rule.basis);
        if let Some(citation) = &change.citation {
            rule.citation.clone_from(citation);
        }
    }
    Ok(())
}

fn identifiers(operation: &Operation, node: &Node<'_>) -> Result<(), LoadError> {
    for (index, identifier) in operation.identifiers.iter().enumerate() {
        // A string that is an identifier has this rule.
        let is_string = |location: &str| {
            operation
                .rules
                .iter()
                .any(|rule| rule.id.location() == location && rule.id.keyword() == "unknown")
        };
        if !is_string(&identifier.at) {
            let strings = operation.rules.iter().filter(|rule| {
                rule.id.keyword() == "type" && rule.id.location().starts_with("body")
            });
            let strings = strings.filter(|rule| rule.summary.contains("string"));
            let places = strings.map(|rule| rule.id.location());
            let pointer = format!("/identifiers/{index}/at");
            return Err(unknown(node, &pointer, "the string", &identifier.at, places));
        }
    }
    Ok(())
}

fn relations(operation: &Operation, node: &Node<'_>) -> Result<(), LoadError> {
    for (index, relation) in operation.relations.iter().enumerate() {
        let at = |member: &str| format!("/relations/{index}/{member}");
        let body: Vec<Schema> = operation.body.iter().map(|body| body.schema.clone()).collect();
        if descend(body, relation.asked.pointer()).is_empty() {
            return Err(leads_nowhere(node, &at("asked"), &relation.asked));
        }
        let answers = operation.responses.iter().flat_map(|response| &response.content);
        let answers: Vec<Schema> = answers.filter_map(|(_, schema)| schema.clone()).collect();
        let lists = descend(answers, relation.answered.pointer());
        if lists.is_empty() {
            return Err(leads_nowhere(node, &at("answered"), &relation.answered));
        }
        let entries: Vec<Schema> = lists.iter().filter_map(Schema::items).collect();
        if descend(entries, &relation.key).is_empty() {
            let message = format!(
                "`{}` leads to no member of the entries of `{}`; write the JSON pointer of the \
                 member that holds the asked value",
                relation.key, relation.answered
            );
            return Err(located(node, &at("key"), LoadErrorKind::Extension { message }));
        }
    }
    Ok(())
}

fn leads_nowhere(node: &Node<'_>, pointer: &str, expression: &Expression) -> LoadError {
    let message = format!(
        "`{expression}` leads to nothing that the schema describes; correct it, or describe it"
    );
    located(node, pointer, LoadErrorKind::Extension { message })
}

/// The schemas that `pointer` leads to from any of `schemas`.
pub(super) fn descend(schemas: Vec<Schema>, pointer: &str) -> Vec<Schema> {
    let tokens = pointer.split('/').skip(1);
    tokens.fold(spread(schemas), |schemas, token| {
        let name = token.replace("~1", "/").replace("~0", "~");
        spread(schemas.iter().filter_map(|schema| schema.property(&name)).collect())
    })
}

/// The schemas with all that may apply to the same value.
fn spread(schemas: Vec<Schema>) -> Vec<Schema> {
    let mut found: Vec<Schema> = Vec::new();
    let mut open = schemas;
    while let Some(schema) = open.pop() {
        if found.iter().any(|held| held.pointer() == schema.pointer()) {
            continue;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            open.extend(schema.children(keyword));
        }
        open.extend(["then", "else"].into_iter().filter_map(|word| schema.child(word)));
        found.push(schema);
    }
    found
}

fn documented<'c>(
    node: &Node<'_>,
    pointer: &str,
    codes: impl Iterator<Item = &'c String>,
    envelope: &Envelope,
) -> Result<(), LoadError> {
    let known = envelope.codes.iter().map(|code| code.code.as_str());
    for code in codes {
        if !known.clone().any(|held| held == code) {
            return Err(unknown(node, pointer, "the code", code, known));
        }
    }
    Ok(())
}

fn unknown<'n>(
    node: &Node<'_>,
    pointer: &str,
    what: &'static str,
    name: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> LoadError {
    let hint = names::hint(name, names);
    located(node, pointer, LoadErrorKind::UnknownName { what, name: name.to_owned(), hint })
}

fn located(node: &Node<'_>, below: &str, kind: LoadErrorKind) -> LoadError {
    node.source().error(&format!("{}/x-fencepost{below}", node.pointer()), kind)
}
