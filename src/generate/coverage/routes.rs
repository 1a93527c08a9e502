//! The documented method and path, and others beside them.

use super::bench::{Bench, Block};
use super::draft::Draft;
use crate::case::{Phase, Scenario};
use crate::generate::text;

/// The methods that are tried where the document doesn't describe them, and whether each goes with
/// the documented body too. `OPTIONS` and `HEAD` are answered by frameworks on their own, and
/// `TRACE` and `CONNECT` are for intermediaries.
const METHODS: [(&str, bool); 6] = [
    ("GET", true),
    ("POST", false),
    ("PUT", false),
    ("PATCH", false),
    ("DELETE", true),
    // Young enough that only a server which looks at no method at all serves it.
    ("QUERY", false),
];

/// A word that is the name of nothing.
const OTHER_WORD: &str = "fencepostq";

/// The blocks about methods and paths.
pub(super) fn blocks(bench: &Bench<'_>) -> impl Iterator<Item = Block> {
    [methods(bench), paths(bench)].into_iter().flatten()
}

fn methods(bench: &Bench<'_>) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "methods");
    for (method, is_bodiless) in METHODS {
        if bench.operation.documented_methods.iter().any(|documented| documented == method) {
            continue;
        }
        let draft = |intent: &str| {
            Draft::new(Scenario::UnsupportedMethod, &"method", "unsupported", intent).refused(bench)
        };
        if is_bodiless {
            block.request(draft(method), |request| {
                method.clone_into(&mut request.method);
                request.body = None;
                request.remove_header("Content-Type");
            });
        }
        if !is_bodiless || bench.template.is_some() {
            let with = if is_bodiless { " with the body" } else { "" };
            block.request(draft(&format!("{method}{with}")), |request| {
                method.clone_into(&mut request.method);
            });
        }
    }
    block.finish()
}

fn paths(bench: &Bench<'_>) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "paths");
    let mut rng = bench.rng("paths");
    let plain_path = bench.request_with(None).path;
    // Only below the documented path, where no other operation of the service stands.
    for suffix in ["fencepost", "a/b"] {
        let suffix = format!("{suffix}-{}", text::alphanumeric(&mut rng, 8));
        let path = format!("{}/{suffix}", plain_path.trim_end_matches('/'));
        if bench.operation.is_documented_path(&path) {
            continue;
        }
        let intent = format!("/{suffix} behind the path");
        let draft = Draft::new(Scenario::UnknownPath, &"path", "unknown", intent).refused(bench);
        block.request(draft, |request| request.path = path);
    }
    for (intent, path) in spellings(&plain_path, &bench.operation.path) {
        if bench.operation.is_documented_path(&path) {
            continue;
        }
        let draft = Draft::new(Scenario::UnknownPath, &"path", "spelling", intent);
        let is_decided = bench.is_decided("path", "spelling");
        let draft = if is_decided { draft.refused(bench) } else { draft };
        block.request(draft, |request| request.path = path);
    }
    block.finish()
}

/// Other paths that many servers take for the same one. A segment that holds a parameter's value is
/// left as it is.
fn spellings(path: &str, template: &str) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.push(match path.strip_suffix('/') {
        Some(bare) if !bare.is_empty() => ("without the slash behind it", bare.to_owned()),
        _ => ("a slash behind it", format!("{path}/")),
    });
    if let Some((before, last)) = path.rsplit_once('/').filter(|(_, last)| !last.is_empty()) {
        rows.push(("two slashes for one", format!("{before}//{last}")));
        let is_literal = template.ends_with(&format!("/{last}"));
        if is_literal {
            rows.push(("another word for its last segment", format!("{before}/{OTHER_WORD}")));
            rows.push(("`.json` behind it", format!("{path}.json")));
        }
        let upper = last.to_uppercase();
        if is_literal && upper != last {
            rows.push(("its last segment in capitals", format!("{before}/{upper}")));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_path_is_spelled_otherwise_only_where_it_is_literal() {
        let of = |path, template| {
            spellings(path, template).into_iter().map(|(_, path)| path).collect::<Vec<_>>()
        };
        assert_eq!(of("/a/b", "/a/b"), ["/a/b/", "/a//b", "/a/fencepostq", "/a/b.json", "/a/B"]);
        assert_eq!(of("/a/x", "/a/{id}"), ["/a/x/", "/a//x"]);
        assert_eq!(of("/a/", "/a/"), ["/a"]);
        assert_eq!(of("/", "/"), ["//"]);
    }
}
