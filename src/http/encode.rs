//! From a case's request to what goes on the wire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::case::{FieldValue, Request};
use crate::http::target::Target;
use crate::http::transport::held;

/// Everything that RFC 3986 doesn't call unreserved, but for the comma: it stands between the
/// entries of a list, which holds none within its entries, and in any other text it says the same
/// as `%2C`.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',');

/// A name or a value of a query, percent-encoded.
pub(super) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Paths that are kept ready; those with many parameter values go beyond it.
const MOST_READY: usize = 1024;

/// Paths of requests as an exchange takes them, each made once.
#[derive(Debug)]
pub(super) struct ReadyPaths<P>(Mutex<HashMap<String, P>>);

impl<P> Default for ReadyPaths<P> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<P: Clone> ReadyPaths<P> {
    /// The path as it was made before, or as `make` makes it.
    pub(super) fn get(
        &self,
        path: &str,
        make: impl FnOnce() -> Result<P, Unsendable>,
    ) -> Result<P, Unsendable> {
        let mut ready = held(&self.0);
        if let Some(held) = ready.get(path) {
            return Ok(held.clone());
        }
        let new = make()?;
        if ready.len() < MOST_READY {
            ready.insert(path.to_owned(), new.clone());
        }
        Ok(new)
    }
}

/// Headers of the last request as an exchange takes them: most share theirs with the one before.
#[derive(Debug, Default)]
pub(super) struct ReadyHeaders(Mutex<Option<(Headers, HeaderMap)>>);

/// The headers of a request.
type Headers = Arc<Vec<(String, FieldValue)>>;

impl ReadyHeaders {
    /// The headers of a request, with those that `complete` adds, but for what depends on its body.
    pub(super) fn get(
        &self,
        request: &Request,
        complete: impl FnOnce(&mut HeaderMap),
    ) -> Result<HeaderMap, Unsendable> {
        let mut ready = held(&self.0);
        if let Some((of, headers)) = &*ready
            && Arc::ptr_eq(of, &request.headers)
        {
            return Ok(headers.clone());
        }
        let mut headers = headers(request)?;
        complete(&mut headers);
        *ready = Some((Arc::clone(&request.headers), headers.clone()));
        Ok(headers)
    }
}

/// Why HTTP can't express a request. It names no values.
#[derive(Debug)]
pub(super) struct Unsendable(pub(super) String);

impl Unsendable {
    pub(super) fn path(path: &str) -> Self {
        Self(format!("a URL can't hold the path {path:?} as it is"))
    }
}

/// The URL of a request without its query, or why there is none.
pub(super) fn url(target: &Target, path: &str) -> Result<Url, Unsendable> {
    target.url(path).ok_or_else(|| Unsendable::path(path))
}

/// The query of a request, if it has one.
pub(super) fn query(request: &Request) -> Option<String> {
    let mut query = String::new();
    for (name, value) in &request.query {
        let gap = if query.is_empty() { "" } else { "&" };
        query.extend([gap, &percent_encode(name), "=", &percent_encode(value.wire())]);
    }
    (!request.query.is_empty()).then_some(query)
}

/// The method of a request.
pub(super) fn method(request: &Request) -> Result<Method, Unsendable> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| Unsendable(format!("{:?} is no HTTP method", request.method)))?;
    if method == Method::CONNECT {
        return Err(Unsendable("CONNECT has no path".to_owned()));
    }
    Ok(method)
}

/// The headers of a request, but for those that HTTP itself adds.
fn headers(request: &Request) -> Result<HeaderMap, Unsendable> {
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 6);
    for (name, value) in request.headers.iter() {
        let known = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Unsendable(format!("{name:?} is no header name")))?;
        let mut value = HeaderValue::from_bytes(value.wire().as_bytes()).map_err(|_| {
            Unsendable(format!("the value of header {name} holds a control character"))
        })?;
        value.set_sensitive(true);
        headers.append(known, value);
    }
    Ok(headers)
}

/// Says that there is no content where nobody else does.
pub(super) fn announce_emptiness(request: &Request, headers: &mut HeaderMap) {
    let is_empty = request.body.as_ref().is_none_or(bytes::Bytes::is_empty);
    if is_empty && announces_its_body(request) {
        headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
    }
}

/// Whether a request without content says so: where its method gives content a meaning (RFC 9110,
/// 8.6), or where the case has a body that happens to be empty.
pub(super) fn announces_its_body(request: &Request) -> bool {
    request.body.is_some() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH")
}
