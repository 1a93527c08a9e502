//! From a case's request to what the HTTP library sends.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, Request, Url};

use crate::case;
use crate::http::target::Target;

/// Everything that RFC 3986 doesn't call unreserved, but for the comma: it stands between the
/// entries of a list, which holds none within its entries, and in any other text it says the same
/// as `%2C`.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',');

/// A name or a value of a query, percent-encoded.
pub(super) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The URL of a request without its query, or why there is none.
pub(super) fn url(target: &Target, path: &str) -> Result<Url, String> {
    target.url(path).ok_or_else(|| format!("a URL can't hold the path {path:?} as it is"))
}

/// The request as the HTTP library takes it, or why HTTP can't express it. The reason names no
/// values.
pub(super) fn encode(mut url: Url, request: &case::Request) -> Result<Request, String> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| format!("{:?} is no HTTP method", request.method))?;
    if method == Method::CONNECT {
        return Err("CONNECT has no path".to_owned());
    }
    if !request.query.is_empty() {
        let pairs: Vec<String> = request
            .query
            .iter()
            .map(|(name, value)| {
                format!("{}={}", percent_encode(name), percent_encode(value.wire()))
            })
            .collect();
        url.set_query(Some(&pairs.join("&")));
    }
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 4);
    for (name, value) in &request.headers {
        let known = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} is no header name"))?;
        let mut value = HeaderValue::from_bytes(value.wire().as_bytes())
            .map_err(|_| format!("the value of header {name} holds a control character"))?;
        value.set_sensitive(true);
        headers.append(known, value);
    }
    let body = request.body.clone().filter(|body| !body.is_empty());
    if body.is_none() && announces_its_body(request) {
        headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
    }
    let mut built = Request::new(method, url);
    *built.headers_mut() = headers;
    *built.body_mut() = body.map(Body::from);
    Ok(built)
}

/// Whether a request without content says so: where its method gives content a meaning (RFC 9110,
/// 8.6), or where the case has a body that happens to be empty.
pub(super) fn announces_its_body(request: &case::Request) -> bool {
    request.body.is_some() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH")
}
