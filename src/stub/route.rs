//! Which operation a request is for.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::contract::Operation;

/// Which operation a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The operation at this index, with the path parameters in order, decoded.
    Operation(usize, Vec<(String, String)>),
    /// The path is documented, the method is not; with the methods that are.
    UnsupportedMethod(Vec<String>),
    /// No documented path.
    UnknownPath,
}

impl Route {
    /// Finds the operation; a path without parameters is preferred to a template that fits too.
    pub(super) fn of(operations: &[Arc<Operation>], method: &str, path: &str) -> Self {
        let mut fitting: Vec<_> = operations
            .iter()
            .enumerate()
            .filter_map(|(index, operation)| Some((index, parameters(&operation.path, path)?)))
            .collect();
        let Some(fewest) = fitting.iter().map(|(_, parameters)| parameters.len()).min() else {
            return Self::UnknownPath;
        };
        fitting.retain(|(_, parameters)| parameters.len() == fewest);
        let allowed = fitting.iter().map(|(i, _)| operations[*i].method.clone()).collect();
        match fitting.into_iter().find(|(index, _)| operations[*index].method == method) {
            Some((index, parameters)) => Self::Operation(index, parameters),
            None => Self::UnsupportedMethod(allowed),
        }
    }
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
        match name(expected) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => found.push((name.to_owned(), segment.into_owned())),
            None if segment == expected => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(found)
}

fn name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn a_template_gives_its_names_the_decoded_segments() {
        let found = parameters("/v1/phones/{id}/apps", "/v1/phones/a%2Fb/apps");
        assert_eq!(found, Some(vec![("id".into(), "a/b".into())]));
        for other in ["/v1/phones//apps", "/v1/phones/a", "/v1/phones/a/apps/", "/v1/phones/a/b"] {
            assert_eq!(parameters("/v1/phones/{id}/apps", other), None, "{other}");
        }
    }
}
