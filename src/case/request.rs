//! A case in its wire form: what is really sent.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::contract::{Credential, ParameterLocation};

/// A request as it goes on the wire, apart from the target's own prefix and what HTTP itself adds
/// (`Host`, `Content-Length`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its parameters filled in and percent-encoded: `/v1/instances/prepare`.
    pub path: String,
    /// The query's pairs in order, not yet percent-encoded.
    pub query: Vec<(String, FieldValue)>,
    /// The headers in order, as the document spells their names. Most requests of an operation share
    /// them.
    pub headers: Arc<Vec<(String, FieldValue)>>,
    /// How header names are spelled on the wire.
    pub header_case: HeaderCase,
    /// The body, byte for byte; `None` sends none.
    pub body: Option<Bytes>,
}

/// How header names are spelled on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderCase {
    /// `X-Auth-Token`, as documents write them.
    #[default]
    Title,
    /// `x-auth-token`.
    Lower,
}

/// The value of a header or of a query parameter.
///
/// A secret never shows: `Debug` and `Display` print how a shell would name it (`$TOKEN`).
#[derive(Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// May be shown.
    Plain(String),
    /// Must not be shown.
    Secret {
        /// What goes on the wire.
        value: String,
        /// What reports and `curl` lines show in its place, as a bash expression: `$TOKEN`,
        /// `${TOKEN}x`, `${TOKEN:0:5}`.
        shell: String,
    },
}

impl FieldValue {
    /// What goes on the wire.
    pub fn wire(&self) -> &str {
        match self {
            Self::Plain(value) | Self::Secret { value, .. } => value,
        }
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(value) => value,
            Self::Secret { shell, .. } => shell,
        })
    }
}

/// The header that carries `token` as a credential asks for it, shown as `$TOKEN`; for one in the
/// query or in a cookie, the name of that. `None` where the credential is carried in none of them.
pub fn proof(credential: &Credential, token: &str) -> Option<(String, FieldValue)> {
    let (name, prefix) = match credential.location {
        ParameterLocation::Header => (credential.name.clone(), credential.prefix.to_owned()),
        ParameterLocation::Query | ParameterLocation::Cookie => {
            (credential.name.clone(), String::new())
        }
        ParameterLocation::Path => return None,
    };
    let value =
        FieldValue::Secret { value: format!("{prefix}{token}"), shell: format!("{prefix}$TOKEN") };
    Some((name, value))
}

impl Request {
    /// The value of the first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&FieldValue> {
        self.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// Takes every header of this name away.
    pub fn remove_header(&mut self, name: &str) {
        if self.header(name).is_some() {
            let headers = Arc::make_mut(&mut self.headers);
            headers.retain(|(held, _)| !held.eq_ignore_ascii_case(name));
        }
    }

    /// Adds a header behind all others.
    pub fn push_header(&mut self, name: &str, value: FieldValue) {
        Arc::make_mut(&mut self.headers).push((name.to_owned(), value));
    }

    /// Puts a header in the place of all of this name.
    pub fn set_header(&mut self, name: &str, value: FieldValue) {
        self.remove_header(name);
        self.push_header(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::FieldValue;

    #[test]
    fn a_secret_never_shows() {
        let token = FieldValue::Secret { value: "s3cret-value".into(), shell: "$TOKEN".into() };
        assert_eq!(format!("{token} {token:?}"), "$TOKEN \"$TOKEN\"");
        assert_eq!(token.wire(), "s3cret-value");
    }
}
