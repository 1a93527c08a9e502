//! Parameters of the path item and of the operation, merged.

use super::error::LoadError;
use super::operation::{Readings, Refusal};
use super::source::Node;
use super::{schema, validity};
use crate::contract::{Credential, ListStyle, Parameter, ParameterLocation, Schema};

/// Header parameters that OpenAPI describes elsewhere: as parameters they are ignored.
const DESCRIBED_ELSEWHERE: [&str; 3] = ["accept", "content-type", "authorization"];

/// Header parameters that are HTTP's own: a value of ours would break the frame of the request.
const OF_THE_FRAME: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The parameters that apply, those of the path item first; what the operation says of the same
/// name and location takes its place. Credentials are left out.
pub(super) fn parameters(
    levels: [&Node<'_>; 2],
    credentials: &[Credential],
    readings: &mut Readings,
) -> Result<Vec<Parameter>, Refusal> {
    let mut merged: Vec<Parameter> = Vec::new();
    for level in levels {
        let Some(list) = level.get("parameters") else { continue };
        for entry in list.entries()? {
            let node = entry.follow()?;
            let Some(parameter) = parameter(&node, credentials, readings)? else { continue };
            let same = |held: &&mut Parameter| {
                held.name == parameter.name && held.location == parameter.location
            };
            match merged.iter_mut().find(same) {
                Some(held) => *held = parameter,
                None => merged.push(parameter),
            }
        }
    }
    Ok(merged)
}

fn parameter(
    node: &Node<'_>,
    credentials: &[Credential],
    readings: &mut Readings,
) -> Result<Option<Parameter>, Refusal> {
    let name = node.require("name")?.text()?;
    let location = location(&node.require("in")?)?;
    let same_name = |held: &str| match location {
        ParameterLocation::Header => held.eq_ignore_ascii_case(name),
        _ => held == name,
    };
    let elsewhere = location == ParameterLocation::Header
        && DESCRIBED_ELSEWHERE.iter().chain(&OF_THE_FRAME).any(|held| same_name(held));
    if elsewhere || credentials.iter().any(|c| c.location == location && same_name(&c.name)) {
        return Ok(None);
    }
    let required = location == ParameterLocation::Path
        || node.get("required").map_or(Ok(false), |flag| flag.flag())?;
    if let Some(reason) = unsupported(node, location)? {
        if required {
            return Err(Refusal::Unsupported(format!(
                "its required {} parameter `{name}` {reason}, which is not supported",
                location.as_str()
            )));
        }
        readings.warn(node, format!("the optional parameter `{name}` {reason}: it is not sent"));
        return Ok(None);
    }
    let schema = match node.get("schema") {
        Some(written) => schema::check(&written, readings)?,
        None => Schema::at(node.source().document(), &format!("{}/schema", node.pointer())),
    };
    let examples = validity::examples(node, &schema, readings)?;
    Ok(Some(Parameter {
        name: name.to_owned(),
        location,
        required,
        schema,
        examples: examples.into_iter().map(|(_, value)| value).collect(),
        lists: list_style(node, location)?,
    }))
}

fn location(node: &Node<'_>) -> Result<ParameterLocation, LoadError> {
    match node.text()? {
        "path" => Ok(ParameterLocation::Path),
        "query" => Ok(ParameterLocation::Query),
        "header" => Ok(ParameterLocation::Header),
        "cookie" => Ok(ParameterLocation::Cookie),
        _ => Err(node.wrong_type("`path`, `query`, `header` or `cookie`")),
    }
}

/// How lists are written; the styles that aren't supported were sorted out before.
fn list_style(node: &Node<'_>, location: ParameterLocation) -> Result<ListStyle, LoadError> {
    let style = node.get("style").map(|style| style.text()).transpose()?;
    Ok(match style {
        Some("pipeDelimited") => ListStyle::Pipes,
        Some("spaceDelimited") => ListStyle::Spaces,
        _ => {
            let explode = node.get("explode").map_or(Ok(true), |flag| flag.flag())?;
            let is_query = location == ParameterLocation::Query;
            if is_query && explode { ListStyle::Repeated } else { ListStyle::Commas }
        }
    })
}

/// Why a parameter's value can't be written, if so.
fn unsupported(node: &Node<'_>, location: ParameterLocation) -> Result<Option<String>, LoadError> {
    if node.get("schema").is_none() && node.get("content").is_some() {
        return Ok(Some("is carried as a media type of its own".to_owned()));
    }
    if let Some(style) = node.get("style") {
        let style = style.text()?;
        let usual = match location {
            ParameterLocation::Path | ParameterLocation::Header => "simple",
            ParameterLocation::Query | ParameterLocation::Cookie => "form",
        };
        let explodes = node.get("explode").map_or(Ok(false), |flag| flag.flag())?;
        // OpenAPI gives these styles no meaning with `explode`, or for anything but lists.
        let is_delimited = location == ParameterLocation::Query
            && matches!(style, "pipeDelimited" | "spaceDelimited")
            && !explodes
            && is_list(node)?;
        if style != usual && !is_delimited {
            return Ok(Some(format!("has the style `{style}`")));
        }
    }
    if let Some(schema) = node.get("schema") {
        let schema = schema.follow()?;
        let object = schema.value().get("type").is_some_and(|kind| kind == "object")
            || schema.value().get("properties").is_some();
        if object {
            return Ok(Some("is an object".to_owned()));
        }
    }
    Ok(None)
}

fn is_list(node: &Node<'_>) -> Result<bool, LoadError> {
    let Some(schema) = node.get("schema") else { return Ok(false) };
    Ok(schema.follow()?.value().get("type").is_some_and(|kind| kind == "array"))
}
