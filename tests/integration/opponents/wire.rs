//! Answers, and the ways of putting them on the wire.

use std::time::Duration;

use serde_json::Value;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`; `None` sends none.
    pub(crate) content_type: Option<&'static str>,
    /// Other headers in order.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Body,
    /// How it travels.
    pub(crate) delivery: Delivery,
    /// How long the server thinks.
    pub(crate) pause: Duration,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A JSON value.
    Json(Value),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        let content_type = Some("application/json");
        Self { content_type, body: Body::Json(body), ..Self::empty(status) }
    }

    /// An answer of another media type.
    pub(crate) fn text(status: u16, content_type: &'static str, text: &str) -> Self {
        let body = Body::Bytes(text.into());
        Self { content_type: Some(content_type), body, ..Self::empty(status) }
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
            delivery: Delivery::Plain,
            pause: Duration::ZERO,
        }
    }

    /// The body as it is without any content encoding.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match &self.body {
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }

    /// The JSON body, for change; a stand-in where it is none.
    pub(crate) fn value(&mut self) -> &mut Value {
        if !matches!(self.body, Body::Json(_)) {
            self.body = Body::Json(Value::Null);
        }
        match &mut self.body {
            Body::Json(value) => value,
            Body::Bytes(_) => unreachable!("was just made JSON"),
        }
    }

    /// Rewrites the body's bytes.
    pub(crate) fn rewrite(&mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        self.body = Body::Bytes(change(self.bytes()));
    }
}

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// With its length, on a connection that stays.
    Plain,
    /// In chunks of 7 bytes.
    Chunked,
    /// Compressed, if the client reads that.
    Gzip,
    /// The same, in two members (RFC 1952, 2.2).
    GzipMembers,
    /// With `Connection: close`.
    Close,
    /// Behind heads of interim answers (RFC 9110, 15.2), which say nothing yet.
    Interim,
    /// Closed after the answer, without a word.
    SilentClose,
    /// HTTP/1.0: the end of the connection is the end of the body.
    UntilClose,
    /// `Content-Length` is 10 more than the body, and the connection ends.
    LengthTooLarge,
    /// `Content-Length` is 10 less than the body.
    LengthTooSmall,
    /// Half a head and the end.
    CutInHead,
    /// Half a body and the end.
    CutInBody,
    /// Reset instead of an answer.
    Reset,
    /// No answer ever.
    Hang,
    /// The whole answer, and no more, where `Content-Length` is 10 more than the body.
    HangInBody,
}

impl Delivery {
    /// Whether the connection goes on after the answer.
    pub(crate) fn keeps_connection(self) -> bool {
        matches!(
            self,
            Self::Plain
                | Self::Chunked
                | Self::Gzip
                | Self::GzipMembers
                | Self::Interim
                | Self::LengthTooSmall
        )
    }
}

/// Some of the heads that may stand before an answer's own.
const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\n\
    HTTP/1.1 102 Processing\r\n\r\n\
    HTTP/1.1 103 Early Hints\r\nContent-Type: text/html\r\nLink: </a.css>; rel=preload\r\n\r\n\
    HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n";

/// Head and body as they go on the wire.
pub(crate) fn content(reply: &Reply, accept_encoding: &str) -> (Vec<u8>, Vec<u8>) {
    use std::fmt::Write as _;

    let mut body = reply.bytes();
    let version = if reply.delivery == Delivery::UntilClose { "1.0" } else { "1.1" };
    let mut head = format!("HTTP/{version} {} Whatever\r\n", reply.status);
    let mut header = |name: &str, value: &str| {
        write!(head, "{name}: {value}\r\n").expect("strings take everything");
    };
    if let Some(content_type) = reply.content_type {
        header("Content-Type", content_type);
    }
    for (name, value) in &reply.headers {
        header(name, value);
    }
    let is_gzip = matches!(reply.delivery, Delivery::Gzip | Delivery::GzipMembers);
    if is_gzip && accept_encoding.contains("gzip") {
        header("Content-Encoding", "gzip");
        body = if reply.delivery == Delivery::Gzip {
            gzip(&body)
        } else {
            let (first, second) = body.split_at(body.len() / 2);
            [gzip(first), gzip(second)].concat()
        };
    }
    let length = body.len();
    match reply.delivery {
        Delivery::Chunked => {
            header("Transfer-Encoding", "chunked");
            let mut chunked = Vec::new();
            for chunk in body.chunks(7) {
                chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
                chunked.extend(chunk);
                chunked.extend(b"\r\n");
            }
            chunked.extend(b"0\r\n\r\n");
            body = chunked;
        }
        Delivery::UntilClose => {}
        Delivery::LengthTooLarge | Delivery::HangInBody => {
            header("Content-Length", &(length + 10).to_string());
        }
        Delivery::LengthTooSmall => {
            header("Content-Length", &length.saturating_sub(10).to_string());
        }
        Delivery::Close => {
            header("Connection", "close");
            header("Content-Length", &length.to_string());
        }
        _ => header("Content-Length", &length.to_string()),
    }
    head.push_str("\r\n");
    if reply.delivery == Delivery::Interim {
        head.insert_str(0, INTERIM);
    }
    (head.into_bytes(), body)
}

/// A gzip file of stored blocks (RFC 1951, RFC 1952): framed as compressed, not compressed.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = bytes.chunks(0xffff).peekable();
    if blocks.peek().is_none() {
        file.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("chunks are 16 bit long");
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    file.extend(crc32(bytes).to_le_bytes());
    file.extend(u32::try_from(bytes.len()).expect("answers are small").to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[test]
fn the_checksum_is_the_published_crc_32() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}
