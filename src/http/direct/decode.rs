//! Reading an answer, with its content decoded.

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::pin::{Pin, pin};

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use hyper::{HeaderMap, Request, Response};
use tower::{ServiceExt as _, service_fn};
use tower_http::decompression::Decompression;

use super::connection::Connection;
use crate::http::failure::{Stage, classify};
use crate::http::pieces::{Pieces, listed};
use crate::http::{Answer, NoAnswer};

/// Reads the whole answer whose head came on a connection, as far as the size limit goes.
pub(super) async fn answer(
    head: Response<Incoming>,
    open: &mut Connection,
    max_body: usize,
) -> Result<Answer, NoAnswer> {
    let (mut parts, incoming) = head.into_parts();
    let body = open.body(incoming);
    if !is_encoded(&mut parts.headers) {
        return collect(parts.status.as_u16(), &parts.headers, pin!(body), max_body).await;
    }
    let mut encoded = Some(Response::from_parts(parts, body));
    let service = service_fn(|_: Request<()>| {
        ready(encoded.take().ok_or_else(|| unreachable!("an answer is decoded once")))
    });
    let decoded: Result<_, Infallible> =
        Decompression::new(service).oneshot(Request::new(())).await;
    let Ok(decoded) = decoded;
    let (parts, body) = decoded.into_parts();
    collect(parts.status.as_u16(), &parts.headers, pin!(body), max_body).await
}

/// Whether the content is encoded; the name of one coding is put as the decoder knows it: names have no
/// case, and `x-gzip` is another one for `gzip` (RFC 9110, 8.4.1).
fn is_encoded(headers: &mut HeaderMap) -> bool {
    let names = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names =
        names.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let names: Vec<String> = names.filter(|name| !name.is_empty() && name != "identity").collect();
    match &names[..] {
        [] => return false,
        [name] => {
            let name = if name == "x-gzip" { "gzip" } else { name };
            if let Ok(name) = HeaderValue::from_str(name) {
                headers.insert(CONTENT_ENCODING, name);
            }
        }
        _ => {}
    }
    true
}

async fn collect<B>(
    status: u16,
    headers: &HeaderMap,
    mut body: Pin<&mut B>,
    max_body: usize,
) -> Result<Answer, NoAnswer>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    let mut pieces = Pieces::of(body.size_hint().exact());
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| classify(&*error.into(), Stage::Body))?;
        // Trailers say nothing of the body.
        if let Ok(chunk) = frame.into_data() {
            pieces.add(chunk, max_body)?;
        }
    }
    Ok(Answer { status, headers: listed(headers), body: pieces.whole() })
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{CONTENT_ENCODING, HeaderValue};

    use super::is_encoded;

    #[test]
    fn codings_are_known_in_any_case_and_by_their_other_names() {
        for (given, expected) in [
            ("gzip", Some("gzip")),
            ("GZIP", Some("gzip")),
            ("X-GZip", Some("gzip")),
            ("identity, Br", Some("br")),
            ("gzip, br", Some("gzip, br")),
            ("identity", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(given));
            assert_eq!(is_encoded(&mut headers), expected.is_some(), "{given}");
            let held = headers.get(CONTENT_ENCODING).and_then(|held| held.to_str().ok());
            assert!(expected.is_none_or(|expected| held == Some(expected)), "{given}: {held:?}");
        }
        assert!(!is_encoded(&mut HeaderMap::new()));
    }
}
