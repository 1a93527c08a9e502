//! Security requirements, read as credentials.

use super::error::LoadError;
use super::operation::Refusal;
use super::source::Node;
use crate::contract::{Credential, ParameterLocation};

/// The credentials of the first alternative that can be sent, those that keep secrets out of the URL
/// before others; none where no credential is required (`security: []`, or an alternative `{}`).
pub(super) fn credentials(
    root: &Node<'_>,
    operation: &Node<'_>,
) -> Result<Vec<Credential>, Refusal> {
    let Some(requirements) = operation.get("security").or_else(|| root.get("security")) else {
        return Ok(Vec::new());
    };
    let alternatives = requirements.entries()?;
    let mut unsupported = String::new();
    let mut first = None;
    for alternative in &alternatives {
        let mut credentials = Vec::new();
        let mut usable = true;
        for (name, requirement) in alternative.members()? {
            match credential(root, name, &requirement)? {
                Ok(credential) => credentials.push(credential),
                Err(kind) => {
                    usable = false;
                    unsupported = format!("`{name}` ({kind})");
                }
            }
        }
        if usable && credentials.is_empty() {
            return Ok(Vec::new());
        }
        let in_url = |held: &[Credential]| {
            held.iter().any(|credential| credential.location == ParameterLocation::Query)
        };
        let is_better = first.as_deref().is_none_or(|first| in_url(first) && !in_url(&credentials));
        if usable && is_better {
            first = Some(credentials);
        }
    }
    match first {
        Some(credentials) => Ok(credentials),
        None if alternatives.is_empty() => Ok(Vec::new()),
        None => {
            Err(Refusal::Unsupported(format!("its security scheme {unsupported} is not supported")))
        }
    }
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
            Ok(Credential { name, location, prefix: "" })
        }
        "http" => match scheme.require("scheme")?.text()?.to_ascii_lowercase().as_str() {
            "bearer" => Ok(authorization("Bearer ")),
            "basic" => Ok(authorization("Basic ")),
            other => Err(format!("http {other}")),
        },
        "oauth2" | "openIdConnect" => Ok(authorization("Bearer ")),
        other => Err(other.to_owned()),
    })
}
