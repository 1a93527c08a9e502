//! The pairs of the `Cookie` header, of which a credential may be one.

use crate::case::{FieldValue, Request};

const HEADER: &str = "Cookie";
const BETWEEN: &str = "; ";

/// One `name=value`: what goes on the wire, and what a shell makes it of.
struct Pair {
    wire: String,
    shell: String,
}

/// Puts a cookie beside those of other names.
pub(crate) fn set(request: &mut Request, name: &str, text: &str) {
    let pair = FieldValue::Plain(format!("{name}={text}"));
    put(request, name, &pair);
}

/// Takes a cookie away, and leaves those of other names.
pub(crate) fn remove(request: &mut Request, name: &str) {
    put(request, name, &FieldValue::Plain(String::new()));
}

/// Puts the pairs of a header in the place of `name`'s, or beside what is there.
pub(crate) fn put(request: &mut Request, name: &str, added: &FieldValue) {
    let held = request.header(HEADER).cloned();
    let is_secret = |value: &FieldValue| matches!(value, FieldValue::Secret { .. });
    let secret = held.as_ref().is_some_and(is_secret) || is_secret(added);
    let start = format!("{name}=");
    let mut all = held.as_ref().map(pairs).unwrap_or_default();
    all.retain(|pair| !pair.wire.starts_with(&start));
    all.extend(pairs(added));
    request.remove_header(HEADER);
    if all.is_empty() {
        return;
    }
    let join = |part: fn(&Pair) -> &str| all.iter().map(part).collect::<Vec<_>>().join(BETWEEN);
    let value = join(|pair| &pair.wire);
    let value = if secret {
        FieldValue::Secret { value, shell: join(|pair| &pair.shell) }
    } else {
        FieldValue::Plain(value)
    };
    request.set_header(HEADER, value);
}

fn pairs(value: &FieldValue) -> Vec<Pair> {
    match value {
        FieldValue::Plain(text) => {
            let texts = text.split(BETWEEN).filter(|pair| !pair.is_empty());
            texts.map(|pair| Pair { wire: pair.to_owned(), shell: quoted(pair) }).collect()
        }
        FieldValue::Secret { value, shell } => {
            let (wires, shells) = (value.split(BETWEEN), shell.split(BETWEEN));
            if wires.clone().count() != shells.clone().count() {
                return vec![Pair { wire: value.clone(), shell: shell.clone() }];
            }
            let pair = |(wire, shell): (&str, &str)| Pair {
                wire: wire.to_owned(),
                shell: shell.to_owned(),
            };
            wires.zip(shells).map(pair).collect()
        }
    }
}

/// A text as it stands between double quotes of a shell.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '$' | '`' | '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{put, remove, set};
    use crate::case::{FieldValue, HeaderCase, Request};

    #[test]
    fn a_cookie_leaves_those_of_other_names_alone() {
        let mut request = Request {
            method: "GET".into(),
            path: "/".into(),
            query: Vec::new(),
            headers: Vec::new(),
            header_case: HeaderCase::Title,
            body: None,
        };
        set(&mut request, "lang", "de");
        let value = "sid=s3cret".to_owned();
        put(&mut request, "sid", &FieldValue::Secret { value, shell: "sid=$TOKEN".into() });
        set(&mut request, "lang", "e$n");
        let held = request.header("Cookie").expect("is there").clone();
        assert_eq!(
            (held.wire(), held.to_string().as_str()),
            ("sid=s3cret; lang=e$n", "sid=$TOKEN; lang=e\\$n")
        );
        remove(&mut request, "sid");
        assert_eq!(request.header("Cookie").map(FieldValue::wire), Some("lang=e$n"));
        remove(&mut request, "lang");
        assert!(request.headers.is_empty());
    }
}
