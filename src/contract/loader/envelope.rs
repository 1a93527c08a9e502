//! The envelope agrees with itself and with the document.

use std::collections::HashSet;

use super::consistency::descend;
use super::error::{LoadError, LoadErrorKind};
use super::names;
use super::source::Node;
use crate::contract::Contract;
use crate::contract::extension::{Envelope, Meaning};

/// Checks what the envelope at `node` says by itself.
pub(super) fn check(node: &Node<'_>, envelope: &Envelope) -> Result<(), LoadError> {
    let mut codes = HashSet::new();
    for (index, code) in envelope.codes.iter().enumerate() {
        if !codes.insert(code.code.as_str()) {
            let message = format!("the code `{}` stands here twice; keep one", code.code);
            return Err(wrong(node, &format!("/codes/{index}"), message));
        }
    }
    if envelope.success.status.is_empty() {
        let message = "no status means success; write at least one, such as [200]".to_owned();
        return Err(wrong(node, "/success/status", message));
    }
    let success = &envelope.success.code;
    let documented = envelope.codes.iter().find(|code| code.code == *success);
    match documented {
        None => {
            let hint = names::hint(success, envelope.codes.iter().map(|code| code.code.as_str()));
            let message = format!("`{success}` is not among the codes; {hint}");
            Err(wrong(node, "/success/code", message))
        }
        Some(code) if code.meaning != Meaning::Success => {
            let message = format!("`{success}` is success's code; let its meaning be `success`");
            Err(wrong(node, "/success/code", message))
        }
        Some(_) => patterns(node, envelope),
    }
}

fn patterns(node: &Node<'_>, envelope: &Envelope) -> Result<(), LoadError> {
    for (index, pattern) in envelope.gateway.iter().enumerate() {
        if let Err(error) = regex_lite::Regex::new(pattern) {
            let message = format!("`{pattern}` is no regular expression ({error}); correct it");
            return Err(wrong(node, &format!("/gateway/{index}"), message));
        }
    }
    Ok(())
}

/// Checks that what the envelope reads is described in some answer of the document.
pub(super) fn is_described(
    node: &Node<'_>,
    envelope: &Envelope,
    contract: &Contract,
) -> Result<(), LoadError> {
    let expressions = [("/code", Some(&envelope.code)), ("/message", envelope.message.as_ref())];
    for (member, expression) in expressions {
        let Some(expression) = expression else { continue };
        let responses = contract.operations.iter().flat_map(|operation| &operation.responses);
        let mut schemas = responses
            .flat_map(|response| &response.content)
            .filter_map(|(_, schema)| schema.clone());
        if !schemas.any(|schema| !descend(vec![schema], expression.pointer()).is_empty()) {
            let message = format!(
                "`{expression}` leads to nothing that an answer's schema describes; correct it, \
                 or describe it"
            );
            return Err(wrong(node, member, message));
        }
    }
    Ok(())
}

fn wrong(node: &Node<'_>, below: &str, message: String) -> LoadError {
    let pointer = format!("{}/envelope{below}", node.pointer());
    node.source().error(&pointer, LoadErrorKind::Extension { message })
}
