//! From an error of the HTTP library to the kind of failure.

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

/// What an error of the HTTP library means.
pub(super) fn classify(error: reqwest::Error, stage: Stage) -> NoAnswer {
    let error = error.without_url();
    NoAnswer { kind: kind(&error, stage), detail: detail(&error) }
}

fn kind(error: &reqwest::Error, stage: Stage) -> NoAnswerKind {
    if let Some(fault) = CertificateFault::of(error) {
        return NoAnswerKind::Untrusted(fault);
    }
    if error.is_connect() {
        return NoAnswerKind::Connect;
    }
    if error.is_timeout() {
        return NoAnswerKind::Timeout;
    }
    if error.is_builder() {
        return NoAnswerKind::Unsendable;
    }
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
        // Below hyper, it is the socket or the framing; beside it, the decoding of the content,
        // where even an early end means that the encoding is broken.
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && (on_the_wire || stage == Stage::Head)
        {
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

/// The words of the innermost cause. Those around it say only that something failed, which the
/// kind of failure says too.
fn detail(error: &reqwest::Error) -> String {
    if error.is_connect() && error.is_timeout() {
        return "connecting takes too long".to_owned();
    }
    sources(error).last().map_or_else(String::new, ToString::to_string)
}

/// An error and its causes, the outermost first.
fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let outermost: &(dyn Error + 'static) = error;
    std::iter::successors(Some(outermost), |&error| error.source())
}
