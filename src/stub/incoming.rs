//! A request as it arrived.

use std::borrow::Cow;

/// A request as it arrived, before anything is said about it.
#[derive(Clone, Default)]
pub(super) struct Incoming {
    /// The method as sent.
    pub(super) method: String,
    /// The path, still percent-encoded.
    pub(super) path: String,
    /// The query's pairs in order, decoded.
    pub(super) query: Vec<(String, String)>,
    /// The headers in order, names in lower case.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// The names of the headers as they were spelled, where the front can tell; else empty.
    pub(super) spelled: Vec<String>,
    /// The body, byte for byte.
    pub(super) body: Vec<u8>,
}

impl Incoming {
    /// The first header of this name, whatever its case; bytes that aren't UTF-8 are replaced.
    pub(super) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(value))
    }

    /// The values of the query parameter `name`, in order.
    pub(super) fn query(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// The value of the cookie `name`.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let header = self.header("cookie")?;
        header.split(';').find_map(|pair| {
            let (held, value) = pair.trim().split_once('=')?;
            (held == name).then(|| value.to_owned())
        })
    }
}
