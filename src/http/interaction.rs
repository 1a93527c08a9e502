//! A request and what came of it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AsHeaderName, CONTENT_TYPE, HeaderMap};

use super::CertificateFault;

/// Answers with a larger body, in bytes, are held no longer than it takes to judge them.
const LARGE: usize = 16 << 10;

/// What came of one request.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// The answer, or why there is none.
    pub result: Result<Answer, NoAnswer>,
    /// From the first byte sent to the last byte read, or to giving up; less the time for which our
    /// own event loop was late.
    pub elapsed: Duration,
}

impl Interaction {
    /// Whether our own event loop was late for too long to hear an answer.
    pub fn is_starved(&self) -> bool {
        matches!(&self.result, Err(failure) if failure.kind == NoAnswerKind::Starved)
    }

    /// Whether no connection was had.
    pub fn is_unconnected(&self) -> bool {
        matches!(&self.result, Err(failure) if failure.kind == NoAnswerKind::Connect)
    }

    /// Whether there is an answer that is too large to be held for long.
    pub fn is_large(&self) -> bool {
        self.result.as_ref().is_ok_and(|answer| answer.body.len() > LARGE)
    }

    /// Whether no whole answer came within the time limit.
    pub fn is_late(&self) -> bool {
        matches!(&self.result, Err(failure) if failure.kind == NoAnswerKind::Timeout)
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body after content decoding.
    pub body: Bytes,
}

impl Answer {
    /// The first header of this name, if it is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        std::str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<Cow<'_, str>> {
        let value = self.header(CONTENT_TYPE)?;
        let held = value.split(';').next().unwrap_or(value).trim();
        Some(if held.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(held.to_ascii_lowercase())
        } else {
            Cow::Borrowed(held)
        })
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// The kind of failure.
    pub kind: NoAnswerKind,
    /// What the HTTP library says, without URLs.
    pub detail: String,
}

/// The kinds of failure that leave a request without a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoAnswerKind {
    /// No connection could be made.
    Connect,
    /// The server's certificate is not trusted, so that nothing was sent.
    Untrusted(CertificateFault),
    /// The connection ended before an answer.
    Closed,
    /// The connection ended within the answer.
    Truncated,
    /// No whole answer within the time limit.
    Timeout,
    /// No whole answer while our own event loop was late for longer than the time limit: a fault on
    /// our side, never a finding.
    Starved,
    /// What came is not HTTP.
    Malformed,
    /// The body is not coded as its headers say.
    Miscoded,
    /// The body is larger than the limit.
    TooLarge,
    /// The answer is HTTP, and beyond what the HTTP library reads: never a finding.
    Unreadable,
    /// HTTP can't express the request, so nothing was sent: a fault on our side, never a finding.
    Unsendable,
}

impl NoAnswerKind {
    /// Whether it says something of the target's way with requests: the request was sent, and we
    /// were there to hear the answer.
    pub fn is_of_the_target(self) -> bool {
        !matches!(
            self,
            Self::Connect
                | Self::Untrusted(_)
                | Self::Starved
                | Self::Unreadable
                | Self::Unsendable
        )
    }
}

impl fmt::Display for NoAnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::Untrusted(fault) => return fault.fmt(f),
            Self::Closed => "connection closed before an answer",
            Self::Truncated => "connection closed within the answer",
            Self::Timeout => "no whole answer in time",
            Self::Starved => "this machine was too busy to wait for an answer",
            Self::Malformed => "not HTTP",
            Self::Miscoded => "body not coded as its headers say",
            Self::TooLarge => "answer over the size limit",
            Self::Unreadable => "an answer beyond what is read",
            Self::Unsendable => "not sent: HTTP can't express the request",
        })
    }
}
