//! Content codings: from what went over the wire to the content (RFC 9110, 8.4).

use std::io::{self, Read};

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{CONTENT_ENCODING, HeaderValue};

use crate::http::{NoAnswer, NoAnswerKind};

/// The codings that can be undone, as they are asked for.
pub(super) const CODINGS: HeaderValue = HeaderValue::from_static("gzip, deflate, br");

/// What each member of a gzip file begins with (RFC 1952, 2.3.1).
const GZIP_MEMBER: [u8; 2] = [0x1f, 0x8b];

/// A coding of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The content of a body with these headers, `most` bytes at most.
///
/// A body in a coding that nobody asked for is left as it is, as is one without a byte: to HEAD there is
/// none, whatever its headers are.
///
/// # Errors
/// If the body is not coded as its headers say, or is larger than that.
pub(super) fn content(headers: &HeaderMap, body: Bytes, most: usize) -> Result<Bytes, NoAnswer> {
    if body.is_empty() || !headers.contains_key(CONTENT_ENCODING) {
        return Ok(body);
    }
    let Some(codings) = codings(headers) else { return Ok(body) };
    let mut content = body;
    for coding in codings.into_iter().rev() {
        content = coding.undo(&content, most)?.into();
    }
    Ok(content)
}

/// The codings of a body in the order in which they were applied; `None` where one is not known. Names
/// have no case, and `x-gzip` is another one for `gzip` (RFC 9110, 8.4.1).
fn codings(headers: &HeaderMap) -> Option<Vec<Coding>> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let names = names.map(|name| name.trim_ascii().to_ascii_lowercase());
    let names = names.filter(|name| !name.is_empty() && name != b"identity");
    names
        .map(|name| match &name[..] {
            b"gzip" | b"x-gzip" => Some(Coding::Gzip),
            b"deflate" => Some(Coding::Deflate),
            b"br" => Some(Coding::Brotli),
            _ => None,
        })
        .collect()
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "brotli",
        }
    }

    fn undo(self, coded: &[u8], most: usize) -> Result<Vec<u8>, NoAnswer> {
        let mut content = Vec::new();
        let read = match self {
            Self::Gzip => gunzip(coded, &mut content, most),
            // "deflate" is the zlib format; many send the bare stream within it (RFC 9110, 8.4.1.2).
            Self::Deflate if is_zlib(coded) => {
                append(flate2::bufread::ZlibDecoder::new(coded), &mut content, most)
            }
            Self::Deflate => {
                append(flate2::bufread::DeflateDecoder::new(coded), &mut content, most)
            }
            Self::Brotli => {
                append(brotli_decompressor::Decompressor::new(coded, 4096), &mut content, most)
            }
        };
        match read {
            Ok(()) if content.len() > most => {
                let detail = format!("more than {most} bytes once it is decoded");
                Err(NoAnswer { kind: NoAnswerKind::TooLarge, detail })
            }
            Ok(()) => Ok(content),
            Err(error) => {
                let detail = format!("{}: {error}", self.name());
                Err(NoAnswer { kind: NoAnswerKind::Miscoded, detail })
            }
        }
    }
}

/// Undoes gzip, which may be several members, one behind the other. What follows that is none is
/// passed over, as other clients do.
fn gunzip(coded: &[u8], content: &mut Vec<u8>, most: usize) -> io::Result<()> {
    let mut rest = coded;
    loop {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        append(&mut decoder, content, most)?;
        if content.len() > most {
            return Ok(());
        }
        rest = decoder.into_inner();
        if !rest.starts_with(&GZIP_MEMBER) {
            return Ok(());
        }
    }
}

/// Reads to the end, or to one byte more than `most`.
fn append(decoder: impl Read, content: &mut Vec<u8>, most: usize) -> io::Result<()> {
    let left = (most + 1).saturating_sub(content.len());
    decoder.take(left as u64).read_to_end(content).map(drop)
}

/// Whether it begins as the zlib format does (RFC 1950, 2.2).
fn is_zlib(coded: &[u8]) -> bool {
    matches!(*coded, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([method, flags]) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use bytes::Bytes;
    use flate2::Compression;
    use hyper::HeaderMap;
    use hyper::header::{CONTENT_ENCODING, HeaderValue};

    use super::content;
    use crate::http::NoAnswerKind;

    const TEXT: &[u8] = br#"{"error_code":"0"}"#;

    fn undone(codings: &'static str, body: &[u8], most: usize) -> Result<Bytes, NoAnswerKind> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(codings));
        let body = Bytes::copy_from_slice(body);
        content(&headers, body, most).map_err(|no_answer| no_answer.kind)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut coded = Vec::new();
        let mut encoder = flate2::bufread::GzEncoder::new(text, Compression::fast());
        encoder.read_to_end(&mut coded).expect("memory");
        coded
    }

    fn brotli(text: &[u8]) -> Vec<u8> {
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
        encoder.write_all(text).expect("memory");
        encoder.into_inner()
    }

    #[test]
    fn what_was_coded_is_what_comes_out() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(TEXT).expect("memory");
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(TEXT).expect("memory");
        let (first, second) = TEXT.split_at(5);
        for (codings, body) in [
            ("gzip", gzip(TEXT)),
            ("GZIP", gzip(TEXT)),
            ("X-GZip", gzip(TEXT)),
            ("identity, gzip", gzip(TEXT)),
            ("gzip", [gzip(first), gzip(second)].concat()),
            ("gzip", [gzip(TEXT), b"\0\0\0".to_vec()].concat()),
            ("deflate", zlib.finish().expect("memory")),
            ("deflate", deflate.finish().expect("memory")),
            ("br", brotli(TEXT)),
            ("gzip, br", brotli(&gzip(TEXT))),
            ("identity", TEXT.to_vec()),
            ("zstd", TEXT.to_vec()),
        ] {
            assert_eq!(undone(codings, &body, 99).as_deref(), Ok(TEXT), "{codings}: {body:?}");
        }
        assert_eq!(undone("gzip", b"", 99).as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn what_is_not_coded_as_it_says_or_too_large_is_told() {
        for codings in ["gzip", "deflate", "br"] {
            assert_eq!(undone(codings, b"{}{}", 99), Err(NoAnswerKind::Miscoded), "{codings}");
        }
        for (codings, body) in [("gzip", gzip(TEXT)), ("br", brotli(TEXT))] {
            let cut = &body[..body.len() - 3];
            assert_eq!(undone(codings, cut, 99), Err(NoAnswerKind::Miscoded), "{codings}");
            let most = TEXT.len();
            assert_eq!(undone(codings, &body, most).as_deref(), Ok(TEXT), "{codings}");
            assert_eq!(undone(codings, &body, most - 1), Err(NoAnswerKind::TooLarge), "{codings}");
        }
    }
}
