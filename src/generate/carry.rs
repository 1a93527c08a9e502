//! Puts values where requests carry them, and takes them out again.

use crate::case::{FieldValue, Request};
use crate::contract::{Credential, Parameter, ParameterLocation};

/// Puts a value into the place of a credential.
pub(super) fn prove(request: &mut Request, credential: &Credential, value: FieldValue) {
    put(request, credential.location, &credential.name, value);
}

/// Leaves a credential out.
pub(super) fn withhold(request: &mut Request, credential: &Credential) {
    take(request, credential.location, &credential.name);
}

/// Puts a value into the place of all that are carried under this name in the query, a header or
/// the cookies; a path has no such place.
pub(super) fn put(
    request: &mut Request,
    location: ParameterLocation,
    name: &str,
    value: FieldValue,
) {
    match location {
        ParameterLocation::Path => {}
        ParameterLocation::Query => {
            take(request, location, name);
            request.query.push((name.to_owned(), value));
        }
        ParameterLocation::Header => request.set_header(name, value),
        ParameterLocation::Cookie => {
            take(request, location, name);
            add_cookies(request, prefixed(name, value));
        }
    }
}

/// Whether the client adds the header to every request that has none.
pub(super) fn is_always_sent(parameter: &Parameter) -> bool {
    parameter.location == ParameterLocation::Header
        && ["User-Agent", "Accept-Encoding"]
            .iter()
            .any(|name| parameter.name.eq_ignore_ascii_case(name))
}

/// Takes away what is carried under this name.
pub(super) fn take(request: &mut Request, location: ParameterLocation, name: &str) {
    match location {
        ParameterLocation::Path => {}
        ParameterLocation::Query => request.query.retain(|(held, _)| held != name),
        ParameterLocation::Header => request.remove_header(name),
        ParameterLocation::Cookie => {
            let Some(held) = request.header("Cookie").cloned() else { return };
            let rest = map(held, |text| {
                let is_other = |pair: &&str| pair.split('=').next() != Some(name);
                text.split("; ").filter(is_other).collect::<Vec<_>>().join("; ")
            });
            if rest.wire().is_empty() {
                request.remove_header("Cookie");
            } else {
                request.set_header("Cookie", rest);
            }
        }
    }
}

/// Puts these cookies behind those that the request carries, and into the place of those of their
/// names.
pub(super) fn add_cookies(request: &mut Request, cookies: FieldValue) {
    for pair in cookies.wire().split(';') {
        let name = pair.split('=').next().unwrap_or_default().trim();
        take(request, ParameterLocation::Cookie, name);
    }
    let joined = match request.header("Cookie").cloned() {
        None => cookies,
        Some(FieldValue::Plain(held)) if matches!(cookies, FieldValue::Plain(_)) => {
            FieldValue::Plain(format!("{held}; {}", cookies.wire()))
        }
        Some(held) => FieldValue::Secret {
            value: format!("{}; {}", held.wire(), cookies.wire()),
            shell: format!("{}; {}", shell(&held), shell(&cookies)),
        },
    };
    request.set_header("Cookie", joined);
}

fn prefixed(name: &str, value: FieldValue) -> FieldValue {
    map(value, |text| format!("{name}={text}"))
}

fn map(value: FieldValue, change: impl Fn(&str) -> String) -> FieldValue {
    match value {
        FieldValue::Plain(text) => FieldValue::Plain(change(&text)),
        FieldValue::Secret { value, shell } => {
            FieldValue::Secret { value: change(&value), shell: change(&shell) }
        }
    }
}

/// The value as it stands between double quotes in a shell.
fn shell(value: &FieldValue) -> String {
    match value {
        FieldValue::Secret { shell, .. } => shell.clone(),
        FieldValue::Plain(text) => text.replace('$', "\\$").replace('`', "\\`"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{add_cookies, put, take};
    use crate::case::{FieldValue, HeaderCase, Request};
    use crate::contract::ParameterLocation::Cookie;

    #[test]
    fn cookies_come_and_go_one_by_one() {
        let mut request = Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: Arc::default(),
            header_case: HeaderCase::default(),
            body: None,
        };
        let secret = |value: &str, shell: &str| FieldValue::Secret {
            value: value.to_owned(),
            shell: shell.to_owned(),
        };
        let plain = |value: &str| FieldValue::Plain(value.to_owned());
        let held = |request: &Request| {
            let held = request.header("Cookie");
            held.map(|held| (held.wire().to_owned(), held.to_string()))
        };
        put(&mut request, Cookie, "lang", plain("en"));
        put(&mut request, Cookie, "sid", secret("s3cret", "$TOKEN"));
        let both = ("lang=en; sid=s3cret".to_owned(), "lang=en; sid=$TOKEN".to_owned());
        assert_eq!(held(&request), Some(both));
        add_cookies(&mut request, secret("lang=de; x=1", "$COOKIE"));
        let (wire, shown) = held(&request).expect("has cookies");
        assert_eq!(wire, "sid=s3cret; lang=de; x=1");
        assert_eq!(shown, "sid=$TOKEN; $COOKIE");
        for name in ["sid", "lang", "x"] {
            take(&mut request, Cookie, name);
        }
        assert_eq!(held(&request), None);
    }
}
