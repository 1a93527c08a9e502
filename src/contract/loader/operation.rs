//! One operation of the document, read into an [`Operation`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::body::Body;
use super::error::LoadError;
use super::source::Node;
use super::validity::Validity;
use super::{body, consistency, extension, parameter, response, security, server};
use crate::contract::extension::DocumentExtension;
use crate::contract::{
    Alternatives, Credential, Operation, Parameter, ParameterLocation, PathTemplates, derive,
};

/// What is gathered while the document is read.
#[derive(Default)]
pub(super) struct Readings {
    /// What was left out, in words.
    pub(super) warnings: Vec<String>,
    /// Pointers of schemas that were found sound.
    pub(super) sound_schemas: HashSet<String>,
    /// How many schemas deep those at a pointer apply each other.
    pub(super) heights: HashMap<String, usize>,
    /// Judges examples.
    pub(super) validity: Validity,
    /// Every path template of the document, by the base path in front of them.
    paths: HashMap<String, Arc<PathTemplates>>,
    /// What proves callers anywhere in the document.
    schemes: Option<Arc<[Credential]>>,
}

impl Readings {
    /// Every path template of the document, behind this base path.
    fn documented_paths(&mut self, root: &Node<'_>, base: &str) -> Arc<PathTemplates> {
        let all = || {
            let paths = root.value().get("paths").and_then(serde_json::Value::as_object);
            let paths = paths.into_iter().flat_map(serde_json::Map::keys);
            Arc::new(paths.map(|path| format!("{base}{}", without_fragment(path))).collect())
        };
        Arc::clone(self.paths.entry(base.to_owned()).or_insert_with(all))
    }

    fn schemes(&mut self, root: &Node<'_>) -> Arc<[Credential]> {
        Arc::clone(self.schemes.get_or_insert_with(|| security::schemes(root).into()))
    }

    /// Says that something at `node` was left out.
    pub(super) fn warn(&mut self, node: &Node<'_>, message: impl AsRef<str>) {
        self.warnings.push(format!("{}: {}", node.pointer(), message.as_ref()));
    }
}

/// A path as it travels: some documents tell operations of one path apart by a fragment, which no
/// request carries.
pub(super) fn without_fragment(path: &str) -> &str {
    path.split('#').next().unwrap_or(path)
}

/// Why an operation can't be tested.
pub(super) enum Refusal {
    /// The document is wrong there.
    Wrong(LoadError),
    /// The document is right, and Fencepost can't do it.
    Unsupported(String),
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        Self::Wrong(error)
    }
}

/// An operation's place in the document.
pub(super) struct Site<'s> {
    /// The path template, without the base path.
    pub(super) path: &'s str,
    /// The method in upper case.
    pub(super) method: String,
    /// The path item.
    pub(super) item: Node<'s>,
    /// The operation itself.
    pub(super) node: Node<'s>,
    /// Methods that the path item describes.
    pub(super) methods: Vec<String>,
    /// The id that rule names begin with.
    pub(super) id: String,
}

/// Reads the operation at `site`, with its rules.
pub(super) fn operation(
    site: &Site<'_>,
    document: &DocumentExtension,
    readings: &mut Readings,
) -> Result<Operation, Refusal> {
    let node = &site.node;
    if ["HEAD", "OPTIONS", "TRACE"].contains(&site.method.as_str()) {
        return Err(Refusal::Unsupported(format!("{} is not judged", site.method)));
    }
    let fragment = site.path.split_once('#').map(|(_, fragment)| fragment);
    if fragment.is_some_and(|fragment| fragment.contains(['/', '{'])) {
        let reason = "`#` begins the fragment of a URL, and here the path goes on behind it: write \
                      `%23` for a `#` that is part of the path";
        return Err(Refusal::Unsupported(reason.to_owned()));
    }
    let root = node.source().root();
    let own = node.get("x-fencepost").map(|node| extension::operation(&node)).transpose()?;
    let own = own.unwrap_or_default();
    let security = security::security(&root, node)?;
    let credentials = security.all();
    let mut parameters = parameter::parameters([&site.item, node], &credentials, readings)?;
    match_template(site, &mut parameters, readings)?;
    let servers = node.get("servers").or_else(|| site.item.get("servers"));
    let servers = servers.or_else(|| root.get("servers"));
    let base = servers.map_or(Ok(String::new()), |servers| server::base_path(&servers))?;
    let (body, other_body) = match body::body(node, &site.method, readings)? {
        Body::None => (None, None),
        Body::Json(body) => (Some(body), None),
        Body::Other(body) => (None, Some(body)),
    };
    let documented_paths = readings.documented_paths(&root, &base);
    let mut operation = Operation {
        id: site.id.clone(),
        method: site.method.clone(),
        path: format!("{base}{}", without_fragment(site.path)),
        pointer: node.pointer().to_owned(),
        parameters,
        credentials,
        alternatives: Alternatives::default(),
        schemes: readings.schemes(&root),
        body,
        other_body,
        responses: response::responses(node, readings)?,
        documented_methods: site.methods.clone(),
        documented_paths,
        envelope: document.envelope.clone().map(Arc::new),
        outcomes: own.outcomes,
        tolerated: own.tolerated,
        identifiers: own.identifiers,
        relations: own.relations,
        rules: Vec::new(),
        recursions: Vec::new(),
    };
    if operation.responses.is_empty() {
        readings.warn(node, "no answers are documented: any status will do");
    }
    let citation = own.citation.or_else(|| document.citation.clone());
    (operation.rules, operation.recursions) =
        derive::rules(&operation, node.source().file(), citation.as_ref());
    consistency::check(&operation, node)?;
    consistency::override_rules(&mut operation, node, &own.rules)?;
    operation.offer(security.alternatives);
    Ok(operation)
}

/// Every `{name}` of the path has its parameter, and every path parameter its `{name}`.
fn match_template(
    site: &Site<'_>,
    parameters: &mut Vec<Parameter>,
    readings: &mut Readings,
) -> Result<(), Refusal> {
    let names: Vec<&str> = site
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect();
    let in_path = |parameter: &Parameter| parameter.location == ParameterLocation::Path;
    for name in &names {
        if !parameters.iter().any(|parameter| in_path(parameter) && parameter.name == *name) {
            return Err(Refusal::Wrong(site.node.invalid(format!(
                "the path holds `{{{name}}}`, and no path parameter is called so; add it to \
                 `parameters`"
            ))));
        }
    }
    parameters.retain(|parameter| {
        let kept = !in_path(parameter) || names.contains(&parameter.name.as_str());
        if !kept {
            let message = format!("the path parameter `{}` is not in the path", parameter.name);
            readings.warn(&site.node, message);
        }
        kept
    });
    Ok(())
}
