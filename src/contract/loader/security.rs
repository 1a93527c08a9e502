//! Security requirements, read as credentials.

use super::error::LoadError;
use super::operation::Refusal;
use super::source::Node;
use crate::contract::{Credential, ParameterLocation};

/// What an operation asks of callers.
#[derive(Default)]
pub(super) struct Security {
    /// Ways to prove oneself, of which one is enough; the one that is taken where nothing else is
    /// said stands first. None where no credential is required.
    pub(super) alternatives: Vec<Vec<Credential>>,
}

impl Security {
    /// The credentials of all alternatives, each once.
    pub(super) fn all(&self) -> Vec<Credential> {
        let mut all: Vec<Credential> = Vec::new();
        for credential in self.alternatives.iter().flatten() {
            if !all.contains(credential) {
                all.push(credential.clone());
            }
        }
        all
    }
}

/// The alternatives that can be sent, those that keep secrets out of the URL before others; none
/// where no credential is required (`security: []`, or an alternative `{}`).
///
/// One that asks for more than another is left out: without what it asks for beyond, a request
/// still keeps the other.
pub(super) fn security(root: &Node<'_>, operation: &Node<'_>) -> Result<Security, Refusal> {
    let Some(requirements) = operation.get("security").or_else(|| root.get("security")) else {
        return Ok(Security::default());
    };
    let written = requirements.entries()?;
    let mut unsupported = String::new();
    let mut found: Vec<Vec<Credential>> = Vec::new();
    for alternative in &written {
        let mut credentials = Vec::new();
        let mut usable = true;
        for (name, requirement) in alternative.members()? {
            match credential(root, name, &requirement)? {
                Ok(credential) => credentials.push(credential),
                Err(reason) => {
                    usable = false;
                    unsupported = format!("its security scheme `{name}` {reason}");
                }
            }
        }
        if usable && credentials.is_empty() {
            return Ok(Security::default());
        }
        if usable {
            found.push(credentials);
        }
    }
    if found.is_empty() && !written.is_empty() {
        return Err(Refusal::Unsupported(unsupported));
    }
    let asks_for = |more: &[Credential], less: &[Credential]| {
        less.iter().all(|credential| more.contains(credential))
    };
    let mut alternatives: Vec<Vec<Credential>> = Vec::new();
    for (index, one) in found.iter().enumerate() {
        let is_needless = found.iter().enumerate().any(|(at, other)| {
            at != index && asks_for(one, other) && (at < index || !asks_for(other, one))
        });
        if !is_needless {
            alternatives.push(one.clone());
        }
    }
    alternatives.sort_by_key(|held| held.iter().any(|c| c.location == ParameterLocation::Query));
    Ok(Security { alternatives })
}

/// The schemes of the document that can be sent; what is wrong with others is said where they are
/// asked for.
pub(super) fn schemes(root: &Node<'_>) -> Vec<Credential> {
    let schemes = root.get("components").and_then(|node| node.get("securitySchemes"));
    let Some(Ok(members)) = schemes.as_ref().map(Node::members) else { return Vec::new() };
    let read = |(_, scheme): &(&str, Node<'_>)| described(scheme).ok()?.ok();
    members.iter().filter_map(read).collect()
}

fn credential(
    root: &Node<'_>,
    name: &str,
    requirement: &Node<'_>,
) -> Result<Result<Credential, String>, LoadError> {
    let schemes = root.get("components").and_then(|node| node.get("securitySchemes"));
    let Some(scheme) = schemes.and_then(|schemes| schemes.get(name)) else {
        return Err(requirement.invalid(format!(
            "the security scheme `{name}` is not described; add it to \
             `/components/securitySchemes`"
        )));
    };
    described(&scheme)
}

/// The credential that a scheme describes, or why it can't be sent.
fn described(scheme: &Node<'_>) -> Result<Result<Credential, String>, LoadError> {
    let scheme = scheme.follow()?;
    let authorization = |prefix| Credential {
        name: "Authorization".to_owned(),
        location: ParameterLocation::Header,
        prefix,
    };
    Ok(match scheme.require("type")?.text()? {
        "apiKey" => {
            let place = scheme.require("in")?;
            let location = match place.text()? {
                "header" => ParameterLocation::Header,
                "query" => ParameterLocation::Query,
                "cookie" => ParameterLocation::Cookie,
                _ => return Err(place.wrong_type("`header`, `query` or `cookie`")),
            };
            let name = scheme.require("name")?.text()?.to_owned();
            let is_sent = location == ParameterLocation::Query || is_token(&name);
            if is_sent {
                Ok(Credential { name, location, prefix: "" })
            } else {
                let what = location.as_str();
                Err(format!("can't be sent: `{name}` is no legal {what} name"))
            }
        }
        "http" => match scheme.require("scheme")?.text()?.to_ascii_lowercase().as_str() {
            "bearer" => Ok(authorization("Bearer ")),
            "basic" => Ok(authorization("Basic ")),
            other => Err(format!("(http {other}) is not supported")),
        },
        "oauth2" | "openIdConnect" => Ok(authorization("Bearer ")),
        other => Err(format!("({other}) is not supported")),
    })
}

/// Whether it can be the name of a header or of a cookie.
fn is_token(name: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_legal)
}
