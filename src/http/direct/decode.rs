//! Reading an answer, with its content decoded.

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::pin::{Pin, pin};

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::CONTENT_ENCODING;
use hyper::{HeaderMap, Request, Response};
use tower::{ServiceExt as _, service_fn};
use tower_http::decompression::Decompression;

use super::connection::Connection;
use crate::http::failure::{Stage, classify};
use crate::http::pieces::Pieces;
use crate::http::{Answer, NoAnswer};

/// Reads the whole answer whose head came on a connection, as far as the size limit goes.
pub(super) async fn answer(
    head: Response<Incoming>,
    open: &mut Connection,
    max_body: usize,
) -> Result<Answer, NoAnswer> {
    let (parts, incoming) = head.into_parts();
    let body = open.body(incoming);
    if !parts.headers.contains_key(CONTENT_ENCODING) {
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

async fn collect<B>(
    status: u16,
    headers: &HeaderMap,
    mut body: Pin<&mut B>,
    max_body: usize,
) -> Result<Answer, NoAnswer>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    let headers = headers.iter();
    let headers = headers
        .map(|(name, value)| (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes())))
        .collect();
    let mut pieces = Pieces::of(body.size_hint().exact());
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| classify(&*error.into(), Stage::Body))?;
        // Trailers say nothing of the body.
        if let Ok(chunk) = frame.into_data() {
            pieces.add(chunk, max_body)?;
        }
    }
    Ok(Answer { status, headers, body: pieces.whole() })
}
