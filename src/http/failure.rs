//! From an error to the kind of failure.

use std::error::Error;
use std::io::ErrorKind;
use std::net::SocketAddr;

use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;

use crate::http::{CertificateFault, NoAnswer, NoAnswerKind};

/// How far an exchange had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// No whole head of an answer yet.
    Head,
    /// Within the body.
    Body,
}

/// The library's words for limits of its own, which HTTP doesn't have.
const BEYOND: [&str; 3] =
    ["chunk extensions over limit", "chunk trailers bytes over limit", "chunk trailers count over"];

/// What an error of the HTTP library means.
pub(super) fn classify_library(error: reqwest::Error, stage: Stage) -> NoAnswer {
    let error = error.without_url();
    let kind = if let Some(fault) = CertificateFault::of(&error) {
        NoAnswerKind::Untrusted(fault)
    } else if error.is_connect() {
        NoAnswerKind::Connect
    } else if error.is_timeout() {
        NoAnswerKind::Timeout
    } else if error.is_builder() {
        NoAnswerKind::Unsendable
    } else {
        kind(&error, stage)
    };
    let detail = if error.is_connect() && error.is_timeout() {
        "connecting takes too long".to_owned()
    } else {
        innermost(&error).to_string()
    };
    NoAnswer { kind, detail }
}

/// What an error on an open connection means.
pub(super) fn classify(error: &(dyn Error + 'static), stage: Stage) -> NoAnswer {
    NoAnswer { kind: kind(error, stage), detail: innermost(error).to_string() }
}

fn kind(error: &(dyn Error + 'static), stage: Stage) -> NoAnswerKind {
    let cut = match stage {
        Stage::Head => NoAnswerKind::Closed,
        Stage::Body => NoAnswerKind::Truncated,
    };
    let mut on_the_wire = false;
    for cause in sources(error) {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_parse() {
                return NoAnswerKind::Malformed;
            }
            if hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed() {
                return cut;
            }
            on_the_wire = true;
        }
        // Below hyper, it is the socket or the framing.
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && (on_the_wire || stage == Stage::Head)
        {
            if BEYOND.iter().any(|limit| cause.to_string().contains(limit)) {
                return NoAnswerKind::Unreadable;
            }
            return match io.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
                    NoAnswerKind::Malformed
                }
                _ => cut,
            };
        }
    }
    match stage {
        Stage::Head => NoAnswerKind::Closed,
        Stage::Body => NoAnswerKind::Malformed,
    }
}

/// The local address of the connection that failed, if there was one.
pub(super) fn local_address(error: &reqwest::Error) -> Option<SocketAddr> {
    let connected = sources(error)
        .find_map(|cause| cause.downcast_ref::<legacy::Error>())
        .and_then(legacy::Error::connect_info)?;
    let mut extensions = hyper::http::Extensions::new();
    connected.get_extras(&mut extensions);
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}

/// The innermost cause of an error. Those around it say only that something failed, which the kind
/// of failure says too.
pub(super) fn innermost<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    sources(error).last().unwrap_or(error)
}

/// An error and its causes, the outermost first.
fn sources<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
