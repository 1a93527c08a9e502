//! Headers as given, and which of them are secrets.

use std::fmt;

use thiserror::Error;

use crate::case::FieldValue;
use crate::contract::{Credential, Operation, ParameterLocation};
use crate::redact::Redactor;

/// Words in the name of a header whose value is nobody's business.
const TELLING: [&str; 10] = [
    "authorization",
    "cookie",
    "token",
    "key",
    "secret",
    "password",
    "passwd",
    "credential",
    "session",
    "signature",
];

/// Headers that the HTTP client sets, since they must fit each request.
const RESERVED: [&str; 4] = ["content-length", "transfer-encoding", "connection", "host"];

/// A header as given; `Debug` shows its name only.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, without blanks at its ends.
    pub value: String,
}

/// Why a header can't be sent. What was given is not repeated: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// No colon.
    #[error("header {position} has no colon; write it as 'NAME: VALUE'")]
    NoColon {
        /// Which one it is: `1 of FENCEPOST_HEADERS`.
        position: String,
    },
    /// No header name in front of the colon.
    #[error(
        "header {position} has no valid name in front of its colon; a name is letters, digits and \
         hyphens, as in 'X-Request-Id: VALUE'"
    )]
    Name {
        /// Which one it is.
        position: String,
    },
    /// A value that HTTP can't carry.
    #[error(
        "the value of header {name} holds a line break or another control character; give it on \
         one line"
    )]
    Value {
        /// The header's name.
        name: String,
    },
    /// An empty credential.
    #[error(
        "the value of header {name} is empty; is the variable that it comes from set in this shell?"
    )]
    Empty {
        /// The header's name.
        name: String,
    },
    /// A header that belongs to the HTTP client.
    #[error("header {name} is set by Fencepost itself, to fit each request; leave it out")]
    Reserved {
        /// The header's name.
        name: String,
    },
}

impl Header {
    /// Reads `NAME: VALUE`; `position` says which one it is in an error.
    ///
    /// # Errors
    /// If it can't be sent as a header.
    pub fn parse(text: &str, position: &str) -> Result<Self, HeaderError> {
        let position = || position.to_owned();
        let (name, value) =
            text.split_once(':').ok_or_else(|| HeaderError::NoColon { position: position() })?;
        let name = name.trim().to_owned();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(is_token) {
            return Err(HeaderError::Name { position: position() });
        }
        let value = value.trim_matches([' ', '\t', '\r']).to_owned();
        if value.chars().any(|c| c.is_control() && c != '\t') {
            return Err(HeaderError::Value { name });
        }
        if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(HeaderError::Reserved { name });
        }
        Ok(Self { name, value })
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}: …)", self.name)
    }
}

/// The headers of every request: those of the environment, one a line, and those given as flags,
/// which take the place of others of the same name.
///
/// The first header that is a credential of one of the operations is shown as `$TOKEN`; other
/// credentials, and headers whose names sound like secrets, after their names: `$X_API_KEY`.
///
/// # Errors
/// If one can't be sent, or a credential is empty.
pub fn headers(
    environment: Option<&str>,
    flags: &[String],
    operations: &[impl AsRef<Operation>],
) -> Result<Vec<(String, FieldValue)>, HeaderError> {
    let lines = environment.unwrap_or_default().lines().filter(|line| !line.trim().is_empty());
    let inherited: Vec<Header> = (1..)
        .zip(lines)
        .map(|(number, line)| Header::parse(line, &format!("{number} of FENCEPOST_HEADERS")))
        .collect::<Result<_, _>>()?;
    let given: Vec<Header> = (1..)
        .zip(flags)
        .map(|(number, flag)| Header::parse(flag, &format!("{number} given with -H")))
        .collect::<Result<_, _>>()?;
    let replaced = |name: &str| given.iter().any(|header| header.name.eq_ignore_ascii_case(name));
    let all = inherited.iter().filter(|header| !replaced(&header.name)).chain(&given);
    let mut is_token_named = false;
    all.map(|header| {
        let credential = operations
            .iter()
            .flat_map(|operation| &operation.as_ref().credentials)
            .find(|credential| carries(&header.name, credential));
        if credential.is_none() && !sounds_secret(&header.name) {
            return Ok((header.name.clone(), FieldValue::Plain(header.value.clone())));
        }
        if header.value.is_empty() {
            return Err(HeaderError::Empty { name: header.name.clone() });
        }
        let variable = if credential.is_some() && !is_token_named {
            is_token_named = true;
            "$TOKEN".to_owned()
        } else {
            variable(&header.name)
        };
        Ok((header.name.clone(), secret(&header.value, credential, &variable)))
    })
    .collect()
}

/// What takes the values of headers out of a message about these arguments, wherever they stand:
/// a header without `-H` in front is no reason to show it, nor is a URL with a password in it.
pub fn secrets_of_arguments<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Redactor {
    let headers = arguments.into_iter().filter_map(|argument| {
        let header = argument.strip_prefix("--header=").or(argument.strip_prefix("--proxy="));
        let header = header.unwrap_or(argument);
        Header::parse(header.trim_start_matches("-H"), "").ok()
    });
    Redactor::new(headers.map(|header| (header.value, "…".to_owned())))
}

/// What takes these headers' secrets out of text.
pub(super) fn secrets(headers: &[(String, FieldValue)]) -> Redactor {
    let secrets = headers.iter().filter_map(|(_, value)| match value {
        FieldValue::Secret { value, shell } => Some((value, shell)),
        FieldValue::Plain(_) => None,
    });
    Redactor::new(secrets.flat_map(|(value, shell)| {
        // What stands in front of the variable stands in front of the secret too.
        let prefix = shell.find('$').unwrap_or(0);
        let bare = value.get(prefix..).unwrap_or(value);
        [(bare.to_owned(), shell[prefix..].to_owned()), (value.clone(), shell.clone())]
    }))
}

/// A secret with what stands in its place; the authentication scheme in front of it is shown.
fn secret(value: &str, credential: Option<&Credential>, variable: &str) -> FieldValue {
    let documented = credential.map(|credential| credential.prefix).unwrap_or_default();
    let scheme = value.split_once(' ').map_or(0, |(scheme, _)| scheme.len() + 1);
    let is_scheme = scheme > 1 && value[..scheme - 1].bytes().all(|b| b.is_ascii_alphabetic());
    let prefix = if !documented.is_empty() && value.starts_with(documented) {
        documented
    } else if is_scheme {
        &value[..scheme]
    } else {
        ""
    };
    FieldValue::Secret { value: value.to_owned(), shell: format!("{prefix}{variable}") }
}

fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// A shell variable named after a header: `$X_API_KEY`.
fn variable(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    format!("${}", upper.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

/// Whether a header of this name carries the credential.
fn carries(header: &str, credential: &Credential) -> bool {
    match credential.location {
        ParameterLocation::Header => credential.name.eq_ignore_ascii_case(header),
        ParameterLocation::Cookie => header.eq_ignore_ascii_case("cookie"),
        // Given as a header, sent in the query as the document says.
        ParameterLocation::Query => credential.name == header,
        ParameterLocation::Path => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Header, HeaderError, headers, secrets};
    use crate::case::FieldValue;
    use crate::contract::{Contract, Operation};

    fn operations() -> Vec<Arc<Operation>> {
        Contract::builtin("koophone").expect("is built in").operations
    }

    fn given(flags: &[&str]) -> Result<Vec<(String, FieldValue)>, HeaderError> {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        headers(Some("X-Trace: 1\n\nx-auth-token: fromTheEnvironment\n"), &flags, &operations())
    }

    #[test]
    fn a_flag_takes_the_place_of_the_environment() {
        let headers = given(&["X-Auth-Token: s3cretTokenValue"]).expect("are well formed");
        assert_eq!(format!("{headers:?}"), r#"[("X-Trace", "1"), ("X-Auth-Token", "$TOKEN")]"#);
        assert_eq!(headers[1].1.wire(), "s3cretTokenValue");
    }

    #[test]
    fn what_sounds_like_a_secret_is_one() {
        let headers = given(&["Authorization: Bearer abcdefghij", "X-API-Key: k:1", "Accept: a/b"]);
        let shown: Vec<String> =
            headers.expect("are well formed").iter().map(|(_, value)| value.to_string()).collect();
        assert_eq!(shown, ["1", "$TOKEN", "Bearer $AUTHORIZATION", "$X_API_KEY", "a/b"]);
    }

    #[test]
    fn a_scheme_in_front_of_a_secret_is_not_hidden_with_it() {
        let headers = given(&["Authorization: Bearer abcdefghij"]).expect("are well formed");
        let redactor = secrets(&headers);
        assert_eq!(redactor.redact("got abcdefghij"), "got $AUTHORIZATION");
        assert_eq!(redactor.redact("Bearer abcdefghij"), "Bearer $AUTHORIZATION");
        assert_eq!(redactor.redact("fromTheEnvironment"), "$TOKEN");
    }

    #[test]
    fn errors_never_repeat_what_was_given() {
        for wrong in [
            "hunter2hunter2",
            "hunter2 hunter2: x",
            ": hunter2hunter2",
            "X-Auth-Token: hunter2\nhunter2",
            "X-Auth-Token:",
            "Content-Length: 5",
        ] {
            let error = given(&[wrong]).expect_err(wrong);
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        let error = Header::parse("hunter2", "2 given with -H").expect_err("has no colon");
        assert!(error.to_string().starts_with("header 2 given with -H has no colon"), "{error}");
    }
}
