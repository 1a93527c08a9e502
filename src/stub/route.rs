//! Which operation a request is for.

use std::cmp::Reverse;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::contract::Operation;

/// Which operation a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The operations at these indices, each with the path parameters in order, decoded: one, or
    /// several that only their parameters tell apart.
    Operations(Vec<(usize, Vec<(String, String)>)>),
    /// The path is documented, the method is not; with the methods that are.
    UnsupportedMethod(Vec<String>),
    /// No documented path.
    UnknownPath,
}

impl Route {
    /// Finds the operation; a path without parameters is preferred to a template that fits too, and
    /// a template with more text of its own to one with less.
    pub(super) fn of(operations: &[Arc<Operation>], method: &str, path: &str) -> Self {
        let mut fitting: Vec<_> = operations
            .iter()
            .enumerate()
            .filter_map(|(index, operation)| Some((index, parameters(&operation.path, path)?)))
            .collect();
        let rank = |(index, parameters): &(usize, Vec<(String, String)>)| {
            (parameters.len(), Reverse(own_text(&operations[*index].path)))
        };
        let Some(best) = fitting.iter().map(rank).min() else { return Self::UnknownPath };
        fitting.retain(|fit| rank(fit) == best);
        let mut allowed: Vec<String> =
            fitting.iter().map(|(i, _)| operations[*i].method.clone()).collect();
        allowed.dedup();
        fitting.retain(|(index, _)| operations[*index].method == method);
        if fitting.is_empty() {
            Self::UnsupportedMethod(allowed)
        } else {
            Self::Operations(fitting)
        }
    }
}

/// How many characters of a template stand outside braces.
fn own_text(template: &str) -> usize {
    let pieces =
        template.split('{').enumerate().map(|(index, piece)| match piece.split_once('}') {
            Some((_, behind)) if index > 0 => behind.len(),
            _ => piece.len(),
        });
    pieces.sum()
}

/// Whether `path` is one that the template stands for.
pub(super) fn fits(template: &str, path: &str) -> bool {
    parameters(template, path).is_some()
}

/// The values that `path` gives to the names between braces of `template`, if it fits.
fn parameters(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = percent_decode_str(segments.next()?).decode_utf8().ok()?;
        values(expected, &segment, &mut found)?;
    }
    segments.next().is_none().then_some(found)
}

/// The values that one segment gives to the names between braces of its template, in which they
/// may stand beside other text: `{id}.json`, `{name}:cancel`.
fn values(template: &str, segment: &str, found: &mut Vec<(String, String)>) -> Option<()> {
    let Some((before, rest)) = template.split_once('{') else {
        return (template == segment).then_some(());
    };
    let (name, after) = rest.split_once('}')?;
    let segment = segment.strip_prefix(before)?;
    let literal = &after[..after.find('{').unwrap_or(after.len())];
    let end = match (literal.is_empty(), literal.len() == after.len()) {
        (true, true) => segment.len(),
        // Nothing says where one value ends and the next begins.
        (true, false) => segment.chars().next()?.len_utf8(),
        (false, true) => segment.strip_suffix(literal)?.len(),
        (false, false) => segment.find(literal)?,
    };
    if end == 0 {
        return None;
    }
    found.push((name.to_owned(), segment[..end].to_owned()));
    values(after, &segment[end..], found)
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn a_template_gives_its_names_the_decoded_segments() {
        let found = parameters("/v1/phones/{id}/apps", "/v1/phones/a%2Fb/apps");
        assert_eq!(found, Some(vec![("id".into(), "a/b".into())]));
        let found = parameters("/a/{id}.json", "/a/x.y.json");
        assert_eq!(found, Some(vec![("id".into(), "x.y".into())]));
        let found = parameters("/v{version}/{name}:cancel", "/v2/x%3Acancel");
        assert_eq!(found, Some(vec![("version".into(), "2".into()), ("name".into(), "x".into())]));
        assert_eq!(parameters("/v1/{name}:cancel", "/v1/x:wait"), None);
        for other in ["/v1/phones//apps", "/v1/phones/a", "/v1/phones/a/apps/", "/v1/phones/a/b"] {
            assert_eq!(parameters("/v1/phones/{id}/apps", other), None, "{other}");
        }
    }
}
