//! A request as a `curl` command.

use crate::case::{FieldValue, HeaderCase, Request};
use crate::http::encode::{announces_its_body, percent_encode};
use crate::http::quote;
use crate::http::target::Target;

/// The longest body given as an argument. Linux takes 128 KiB in one; escapes may fill four times
/// the room, but only in the line, not in the argument.
const LONGEST_ARGUMENT: usize = 100 << 10;

/// Bodies from this size on make older versions of curl ask before sending (`Expect`).
const EXPECTED: usize = 1024;

/// One line for bash that sends this request with curl and shows the answer with its head.
///
/// Method, path, query, headers of the case and body arrive byte for byte as [`Client`] sends
/// them; curl adds its own `Host`, `User-Agent` and `Accept`, and asks for the codings that it reads, as
/// [`Client`] does. Secrets stand as the shell
/// expressions that [`FieldValue::Secret`] names. Two things differ, and mean the same in HTTP: blanks as
/// the whole value of a header become an empty value, and a secret in the query is percent-encoded
/// throughout.
///
/// [`Client`]: crate::http::Client
pub fn curl(target: &Target, request: &Request) -> String {
    let body = request.body.as_deref().filter(|body| !body.is_empty());
    let piped = body.filter(|body| body.len() > LONGEST_ARGUMENT || body.contains(&0));
    let mut words = Vec::new();
    if let Some(body) = piped {
        words.push(format!("{} |", quote::printf(body)));
    }
    words.push("curl -sS -i".to_owned());
    // With `-X HEAD` curl would wait for a body that never comes.
    if request.method == "HEAD" && body.is_none() {
        words.push("--head".to_owned());
    } else {
        words.push(format!("-X {}", text(&request.method)));
    }
    words.push("--path-as-is".to_owned());
    if request.header("accept-encoding").is_none() {
        words.push("--compressed".to_owned());
    }
    if target.is_https() {
        words.push("--http1.1".to_owned());
    }
    words.extend_from_slice(target.curl_flags());
    words.extend(address(target, request));
    words.extend(
        request.headers.iter().map(|(name, value)| {
            format!("-H {}", header(&spelled(name, request.header_case), value))
        }),
    );
    match (body, piped) {
        (_, Some(_)) => words.push("--data-binary @-".to_owned()),
        (Some(body), None) => {
            // `--data-binary` would take the rest for the name of a file.
            let flag = if body.starts_with(b"@") { "--data-raw" } else { "--data-binary" };
            words.push(format!("{flag} {}", quote::word(body).unwrap_or_default()));
        }
        (None, None) if announces_its_body(request) => {
            words.push("--data-binary ''".to_owned());
        }
        (None, None) => {}
    }
    if body.is_some() || announces_its_body(request) {
        // What curl would add to a body of its own accord, or spell in its own way.
        if request.header_case == HeaderCase::Lower {
            words.push(format!("-H 'content-length: {}'", body.map_or(0, <[u8]>::len)));
        }
        if request.header("content-type").is_none() {
            words.push("-H 'Content-Type:'".to_owned());
        }
        if body.is_some_and(|body| body.len() >= EXPECTED) && request.header("expect").is_none() {
            words.push("-H 'Expect:'".to_owned());
        }
    }
    words.join(" ")
}

/// The URL, and the flag that makes curl take it as it is.
fn address(target: &Target, request: &Request) -> Vec<String> {
    let url = format!("{}{}", target.label(), request.path);
    let mut words = Vec::new();
    if url.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    words.push(if request.query.iter().any(|(_, value)| is_secret(value)) {
        format!("{}\"{}\"", text(&url), query(request))
    } else {
        text(&format!("{url}{}", query(request)))
    });
    words
}

fn is_secret(value: &FieldValue) -> bool {
    matches!(value, FieldValue::Secret { .. })
}

/// The query with the question mark in front; nothing where there is none.
///
/// A secret that a URL can't hold as it is has all of its bytes encoded, by the line itself.
fn query(request: &Request) -> String {
    let pairs: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| {
            let shown = match value {
                FieldValue::Plain(value) => percent_encode(value),
                FieldValue::Secret { value, shell } if percent_encode(value) == *value => {
                    shell.clone()
                }
                FieldValue::Secret { shell, .. } => {
                    format!(
                        "$(printf %s \"{shell}\" | od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g')"
                    )
                }
            };
            format!("{}={shown}", percent_encode(name))
        })
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// A header as the argument of `-H`.
fn header(name: &str, value: &FieldValue) -> String {
    if value.wire().trim_matches([' ', '\t']).is_empty() {
        return text(&format!("{name};"));
    }
    match value {
        FieldValue::Plain(value) => text(&format!("{name}: {value}")),
        FieldValue::Secret { shell, .. } => format!("\"{}: {shell}\"", double_quoted(name)),
    }
}

/// A name as the client puts it on the wire.
fn spelled(name: &str, case: HeaderCase) -> String {
    let mut spelled = name.to_ascii_lowercase();
    if case == HeaderCase::Title {
        let mut begins = true;
        spelled = spelled
            .chars()
            .map(|c| {
                let c = if begins { c.to_ascii_uppercase() } else { c };
                begins = c == '-';
                c
            })
            .collect();
    }
    spelled
}

/// Text with what bash reads between double quotes taken literally.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '$' | '`' | '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}

/// A text as one bash word, without quotes where it needs none. A request that holds a NUL outside
/// its body was never sent; it is shown without it.
fn text(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-._~:/%,@".contains(c);
    if !text.is_empty() && text.chars().all(bare) {
        return text.to_owned();
    }
    quote::word(text.as_bytes())
        .or_else(|| quote::word(text.replace('\0', "").as_bytes()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::curl;
    use crate::case::{FieldValue, HeaderCase, Request};
    use crate::http::Target;

    fn request(body: Option<&'static [u8]>) -> Request {
        Request {
            method: "POST".into(),
            path: "/v1/x".into(),
            query: Vec::new(),
            headers: Arc::default(),
            header_case: HeaderCase::Title,
            body: body.map(Bytes::from_static),
        }
    }

    fn token() -> FieldValue {
        FieldValue::Secret { value: "s3cret-value".into(), shell: "$TOKEN".into() }
    }

    fn line(request: &Request) -> String {
        curl(&Target::parse("http://127.0.0.1:8700/v").expect("a target"), request)
    }

    #[test]
    fn a_plain_request_reads_well() {
        let mut request = request(Some(b"{\"a\": \"it's\"}"));
        request.push_header("x-auth-token", token());
        request.push_header("Content-Type", FieldValue::Plain("application/json".into()));
        assert_eq!(
            line(&request),
            "curl -sS -i -X POST --path-as-is --compressed http://127.0.0.1:8700/v/v1/x \
             -H \"X-Auth-Token: $TOKEN\" -H 'Content-Type: application/json' \
             --data-binary '{\"a\": \"it'\\''s\"}'"
        );
    }

    #[test]
    fn what_curl_would_add_is_taken_away() {
        let plain = "curl -sS -i -X POST --path-as-is --compressed http://127.0.0.1:8700/v/v1/x";
        let bare = format!("{plain} --data-binary '' -H 'Content-Type:'");
        assert_eq!(line(&request(None)), bare);
        assert!(line(&request(Some(&[b'x'; 2000]))).ends_with("-H 'Content-Type:' -H 'Expect:'"));
        let get = Request { method: "GET".into(), ..request(None) };
        assert_eq!(line(&get), plain.replace("POST", "GET"));
    }

    #[test]
    fn a_secret_in_the_query_is_a_variable_there_too() {
        let mut request = request(None);
        request.query = vec![("a b".into(), FieldValue::Plain("&".into())), ("t".into(), token())];
        assert!(line(&request).contains("/v1/x\"?a%20b=%26&t=$TOKEN\""), "{}", line(&request));
        let value = "s3cret/value".to_owned();
        request.query[1].1 = FieldValue::Secret { value, shell: "$TOKEN".into() };
        assert!(line(&request).contains("&t=$(printf %s \"$TOKEN\" | od "), "{}", line(&request));
    }

    #[test]
    fn no_line_shows_a_secret() {
        let mut request = request(Some(b"{}"));
        request.set_header("X-Auth-Token", token());
        request.query = vec![("token".into(), token())];
        assert!(!line(&request).contains("s3cret"));
    }

    #[test]
    fn a_nul_comes_through_a_pipe() {
        let line = line(&request(Some(b"a\0%")));
        assert!(line.starts_with(r"printf -- 'a\000%%' | curl "), "{line}");
        assert!(line.contains("--data-binary @-"));
    }
}
