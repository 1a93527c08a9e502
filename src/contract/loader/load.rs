//! The doors: a file, a text, a built-in contract.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::dialect::{self, Version};
use super::error::{LoadError, LoadErrorKind};
use super::operation::{Readings, Refusal, Site, operation, without_fragment};
use super::source::{Node, Source, kind_of};
use super::{document, envelope, extension};
use crate::contract::{Contract, Skipped};

/// The contracts that come with Fencepost.
const BUILTIN: [(&str, &str); 1] = [("koophone", include_str!("../../../contracts/koophone.yaml"))];

/// No API document comes near this size, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The members of a path item that are operations.
const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

impl Contract {
    /// Reads an OpenAPI 3.0 or 3.1 document, in YAML or JSON, from a file.
    ///
    /// The contract takes its name from the file's, without the ending.
    ///
    /// # Errors
    /// Where the file can't be read, is no OpenAPI document, holds no operation that can be
    /// tested, or says something wrong in `x-fencepost`. Other operations that can't be tested
    /// are in [`Contract::skipped`].
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let file = path.display().to_string();
        let error = |kind| LoadError::of_file(&file, None, kind);
        let unreadable = |source: std::io::Error| {
            error(match source.kind() {
                std::io::ErrorKind::NotFound => {
                    LoadErrorKind::Missing { builtin: Self::builtin_names().join(", ") }
                }
                std::io::ErrorKind::IsADirectory => LoadErrorKind::Directory,
                _ => LoadErrorKind::Unreadable(source),
            })
        };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(error(LoadErrorKind::Directory));
        }
        if metadata.len() > MAX_BYTES {
            let bytes = metadata.len();
            return Err(error(LoadErrorKind::TooLarge { bytes, limit: MAX_BYTES }));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        Self::from_bytes(&file, &bytes)
    }

    /// Reads a document from the bytes of a file called `file`.
    pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(file, text),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = before.split(|byte| *byte == b'\n').count() as u64;
                let kind = LoadErrorKind::NotUtf8 { offset: error.valid_up_to() };
                Err(LoadError::of_file(file, Some(line), kind))
            }
        }
    }

    /// Reads a document from text. `file` is its name in errors; without directories and ending
    /// it is the contract's name.
    ///
    /// # Errors
    /// As for [`Contract::load`].
    pub fn parse(file: &str, text: &str) -> Result<Self, LoadError> {
        let error = |line, kind| LoadError::of_file(file, line, kind);
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.is_empty() {
            return Err(error(None, LoadErrorKind::Empty));
        }
        if is_html(start) {
            return Err(error(None, LoadErrorKind::Html));
        }
        let mut value = document::parse(text).map_err(|syntax| {
            error(syntax.line, LoadErrorKind::Syntax { message: syntax.message })
        })?;
        let version = version(&value).map_err(|kind| error(None, kind))?;
        dialect::rewrite(&mut value, version);
        let source = Source::new(file, text, Arc::new(value));
        read(&source)
    }

    /// The built-in contract of this name.
    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text) = BUILTIN.iter().find(|(held, _)| *held == name)?;
        Some(Self::parse(&format!("{name}.yaml"), text).expect("built-in contracts are tested"))
    }

    /// The names of the built-in contracts.
    pub fn builtin_names() -> Vec<&'static str> {
        BUILTIN.iter().map(|(name, _)| *name).collect()
    }
}

fn is_html(start: &str) -> bool {
    let head: String = start.chars().take(500).collect::<String>().to_ascii_lowercase();
    head.starts_with('<') && head.contains("html")
}

fn version(document: &Value) -> Result<Version, LoadErrorKind> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(version) = document.get("swagger") {
        return Err(LoadErrorKind::Swagger { version: text(version) });
    }
    let Some(version) = document.get("openapi") else {
        return Err(LoadErrorKind::NotOpenApi { found: kind_of(document) });
    };
    let version = text(version);
    let minor = version.strip_prefix("3.").unwrap_or_default().split('.').next();
    match minor {
        Some("0") => Ok(Version::V30),
        Some("1" | "2") => Ok(Version::V31),
        _ => Err(LoadErrorKind::Version { version }),
    }
}

fn read(source: &Source<'_>) -> Result<Contract, LoadError> {
    let root = source.root();
    let info = root.get("info");
    let info = |name| {
        let value = info.as_ref().and_then(|info| info.value().get(name)).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let extension = root.get("x-fencepost");
    let own = extension.as_ref().map(extension::document).transpose()?.unwrap_or_default();
    if let (Some(node), Some(envelope)) = (&extension, &own.envelope) {
        envelope::check(node, envelope)?;
    }
    let mut contract = Contract {
        name: name(source.file()),
        title: info("title"),
        version: info("version"),
        document: Arc::clone(source.document()),
        operations: Vec::new(),
        skipped: Vec::new(),
        warnings: Vec::new(),
    };
    let mut readings = Readings::default();
    let mut errors = Vec::new();
    for site in sites(&root, &mut contract.skipped, &mut errors, &mut readings)? {
        let skipped =
            |reason| Skipped { operation: format!("{} {}", site.method, site.path), reason };
        match operation(&site, &own, &mut readings) {
            Ok(operation) => contract.operations.push(Arc::new(operation)),
            Err(Refusal::Wrong(error)) if error.kind.is_ours() => return Err(error),
            Err(Refusal::Wrong(error)) => {
                contract.skipped.push(skipped(error.to_string()));
                errors.push(error);
            }
            Err(Refusal::Unsupported(reason)) => contract.skipped.push(skipped(reason)),
        }
    }
    contract.warnings = readings.warnings;
    if contract.operations.is_empty() {
        return Err(nothing_to_test(&root, &contract.skipped, errors));
    }
    if let (Some(node), Some(envelope)) = (&extension, &own.envelope) {
        envelope::is_described(node, envelope, &contract)?;
    }
    Ok(contract)
}

/// The error when no operation is left: the first that is wrong, since mending it helps.
fn nothing_to_test(root: &Node<'_>, skipped: &[Skipped], errors: Vec<LoadError>) -> LoadError {
    if let Some(first) = errors.into_iter().next() {
        return first;
    }
    let mut reasons: Vec<_> = skipped
        .iter()
        .take(3)
        .map(|skipped| format!("{}: {}", skipped.operation, skipped.reason))
        .collect();
    if skipped.len() > 3 {
        reasons.push(format!("and {} more", skipped.len() - 3));
    }
    if reasons.is_empty() {
        reasons.push("it has none under `paths`; add one".to_owned());
    }
    root.error(LoadErrorKind::NothingToTest { reasons: reasons.join("; ") })
}

fn name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let endings = [".yaml", ".yml", ".json"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    stem.unwrap_or(name).to_owned()
}

/// The operations under `paths`, in the document's order, each with an id of its own.
fn sites<'s>(
    root: &Node<'s>,
    skipped: &mut Vec<Skipped>,
    errors: &mut Vec<LoadError>,
    readings: &mut Readings,
) -> Result<Vec<Site<'s>>, LoadError> {
    let Some(paths) = root.get("paths") else { return Ok(Vec::new()) };
    let mut sites = Vec::new();
    let mut explicit: HashMap<String, String> = HashMap::new();
    let mut ids = HashSet::new();
    let methods = methods(&paths)?;
    for (path, item) in paths.members()? {
        if path.starts_with("x-") {
            continue;
        }
        let mut skip = |error: LoadError| {
            skipped.push(Skipped { operation: path.to_owned(), reason: error.to_string() });
            errors.push(error);
        };
        if !path.starts_with('/') {
            skip(item.invalid("a path begins with a slash; write one in front"));
            continue;
        }
        let members = item.follow().and_then(|item| Ok((item.members()?, item)));
        let (members, item) = match members {
            Ok(read) => read,
            Err(error) => {
                skip(error);
                continue;
            }
        };
        if without_fragment(path).contains('?') {
            skip(item.invalid(
                "a path holds no query; describe what stands behind the question mark as query \
                 parameters",
            ));
            continue;
        }
        let described = |(name, _): &&(&str, Node<'s>)| METHODS.contains(name);
        for (method, node) in members.iter().filter(described) {
            if let Err(error) = node.object() {
                skip(error);
                continue;
            }
            let id = unique_id(node, method, path, &mut explicit, &mut ids, readings)?;
            sites.push(Site {
                path,
                method: method.to_ascii_uppercase(),
                item: item.clone(),
                node: node.clone(),
                methods: methods.get(&shape(path)).cloned().unwrap_or_default(),
                id,
            });
        }
    }
    Ok(sites)
}

/// The methods that are described for paths of each shape: path items whose templates differ in
/// the names of their parameters alone are one and the same on the wire.
fn methods(paths: &Node<'_>) -> Result<HashMap<String, Vec<String>>, LoadError> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for (path, item) in paths.members()? {
        let Ok(members) = item.follow().and_then(|item| item.members()) else { continue };
        let held = found.entry(shape(path)).or_default();
        for (name, _) in members.iter().filter(|(name, _)| METHODS.contains(name)) {
            let method = name.to_ascii_uppercase();
            if !held.contains(&method) {
                held.push(method);
            }
        }
    }
    Ok(found)
}

/// A path template without the names of its parameters.
fn shape(path: &str) -> String {
    let pieces = without_fragment(path).split('{');
    let rest = |piece: &str| piece.split_once('}').map(|(_, rest)| rest.to_owned());
    pieces
        .map(|piece| rest(piece).unwrap_or_else(|| piece.to_owned()))
        .collect::<Vec<_>>()
        .join("{}")
}

/// `x-fencepost.id`, `operationId`, or method and path; without what a rule id can't hold.
fn unique_id(
    node: &Node<'_>,
    method: &str,
    path: &str,
    explicit: &mut HashMap<String, String>,
    ids: &mut HashSet<String>,
    readings: &mut Readings,
) -> Result<String, LoadError> {
    let own = node.value().pointer("/x-fencepost/id").and_then(Value::as_str);
    let standard = node.value().get("operationId").and_then(Value::as_str);
    for (given, is_own) in [(standard, false), (own, true)] {
        let Some(given) = given else { continue };
        let here = node.pointer().to_owned();
        let other = explicit.insert(given.to_owned(), here.clone());
        let Some(other) = other.filter(|other| *other != here) else { continue };
        if is_own {
            let id = given.to_owned();
            return Err(node.error(LoadErrorKind::DuplicateOperationId { id, other }));
        }
        readings.warn(node, format!("the operation id `{given}` is also that of {other}"));
    }
    let given = own.or(standard).filter(|id| !id.trim().is_empty());
    let wanted = given.map_or_else(|| format!("{method}{path}"), str::to_owned);
    let plain = |c: char| if c.is_alphanumeric() || "_.-".contains(c) { c } else { '-' };
    let plain: String = wanted.chars().map(plain).collect();
    let plain = plain.trim_end_matches('-').to_owned();
    let mut id = plain.clone();
    let mut count = 1;
    while !ids.insert(id.clone()) {
        count += 1;
        id = format!("{plain}-{count}");
    }
    Ok(id)
}
