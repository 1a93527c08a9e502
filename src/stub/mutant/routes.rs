//! Methods and paths that nobody documents, and that are served.
//!
//! Example: `method/unsupported/put-served` serves `PUT` as `POST` is.

use super::Family;
use super::maker::Maker;
use crate::stub::behaviour::Step;
use crate::stub::route::fits;
use crate::stub::sample::{Members, sample};

pub(super) fn add(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    let undocumented = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .filter(|method| !operation.documented_methods.iter().any(|held| held == method));
    for method in undocumented {
        let (path, served) = (operation.path.clone(), operation.method.clone());
        let shown = operation.body.as_ref().map(|body| {
            let example = body.examples.first().map(|(_, value)| value.clone());
            example.unwrap_or_else(|| sample(&body.schema, Members::Required)).to_string()
        });
        let step = Step::Arriving(Box::new(move |request| {
            if request.method == method && fits(&path, &request.path) {
                request.method.clone_from(&served);
                // These come without a body, and a handler that serves them asks for none.
                if let Some(shown) = shown.as_ref().filter(|_| request.body.is_empty()) {
                    shown.as_bytes().clone_into(&mut request.body);
                }
            }
        }));
        let operator = format!("{}-served", method.to_ascii_lowercase());
        let description = format!("{method} is served as {} is", operation.method);
        let rule = ("method", "unsupported");
        maker.add(Family::RequestRules, rule, &operator, description, step);
    }
    spellings(maker);
    if operation.path.contains('{') {
        return;
    }
    let path = operation.path.clone();
    let step = Step::Arriving(Box::new(move |request| {
        if request.path.strip_prefix(&*path).is_some_and(|rest| rest.starts_with('/')) {
            request.path.clone_from(&path);
        }
    }));
    let description = "every path below the documented one is served";
    maker.add(Family::RequestRules, ("path", "unknown"), "prefix-served", description, step);
}

/// Makes the usual path of another spelling.
type Usual = (&'static str, fn(&str) -> String);

const SPELLINGS: [Usual; 3] = [
    ("slash-behind-ignored", |path| path.trim_end_matches('/').to_owned()),
    ("double-slashes-ignored", |path| path.replace("//", "/")),
    ("case-ignored", str::to_ascii_lowercase),
];

/// Other paths that are taken for the documented one, where somebody says that they are others.
fn spellings(maker: &mut Maker<'_>) {
    for (operator, usual) in SPELLINGS {
        let template = maker.operation.path.clone();
        let step = Step::Arriving(Box::new(move |request| {
            let path = usual(&request.path);
            if !fits(&template, &request.path) && fits(&template, &path) {
                request.path = path;
            }
        }));
        let description = format!("the path: {}", operator.replace('-', " "));
        maker.add(Family::RequestRules, ("path", "spelling"), operator, description, step);
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::incoming::Incoming;
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn put_is_served_and_get_is_not() {
        let id = "method/unsupported/put-served";
        assert!(is_wrong(id, &[Incoming { method: "PUT".to_owned(), ..asking_for("u", &["a"]) }]));
        assert!(!is_wrong(id, &[Incoming { method: "GET".to_owned(), ..asking_for("u", &["a"]) }]));
    }
}
