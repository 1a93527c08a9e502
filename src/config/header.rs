//! Headers as given, and which of them are secrets.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

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

/// The headers that a user gave: those of the environment, one a line, and those given as flags,
/// which take the place of others of the same name.
///
/// # Errors
/// If one can't be sent.
pub(super) fn given(
    environment: Option<&str>,
    flags: &[String],
) -> Result<Vec<Header>, HeaderError> {
    let lines = environment.unwrap_or_default().lines().filter(|line| !line.trim().is_empty());
    let mut inherited: Vec<Header> = (1..)
        .zip(lines)
        .map(|(number, line)| Header::parse(line, &format!("{number} of FENCEPOST_HEADERS")))
        .collect::<Result<_, _>>()?;
    let given: Vec<Header> = (1..)
        .zip(flags)
        .map(|(number, flag)| Header::parse(flag, &format!("{number} given with -H")))
        .collect::<Result<_, _>>()?;
    let replaced = |name: &str| given.iter().any(|header| header.name.eq_ignore_ascii_case(name));
    inherited.retain(|header| !replaced(&header.name));
    inherited.extend(given);
    Ok(inherited)
}

/// Takes the alternative into use that the headers fit.
pub(super) fn choose(given: &[Header], operation: &mut Arc<Operation>) {
    if operation.alternatives.iter().next().is_none() {
        return;
    }
    let fits = |header: &Header, credential: &Credential| {
        let start = header.value.get(..credential.prefix.len()).unwrap_or_default();
        let is_scheme = start.eq_ignore_ascii_case(credential.prefix);
        1 + u32::from(is_scheme)
    };
    Arc::make_mut(operation).choose(|credential| {
        let carried = given.iter().filter(|header| carries(header, credential));
        carried.map(|header| fits(header, credential)).max().unwrap_or_default()
    });
}

/// The headers of every request. A credential in a cookie comes apart from other cookies, under
/// its own name.
///
/// The first header that is a credential of one of the operations is shown as `$TOKEN`; other
/// credentials, and headers whose names sound like secrets, after their names: `$X_API_KEY`.
///
/// # Errors
/// If a credential is empty.
pub fn headers(
    given: &[Header],
    operations: &[impl AsRef<Operation>],
) -> Result<Vec<(String, FieldValue)>, HeaderError> {
    let documented = || {
        let operations = operations.iter().map(AsRef::as_ref);
        operations.flat_map(|one| one.credentials.iter().chain(one.schemes.iter()))
    };
    let mut is_token_named = false;
    let apart = given.iter().flat_map(|header| cookies_apart(header, documented()));
    apart
        .map(|header| {
            let credential = documented().find(|credential| credential.is_given_as(&header.name));
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

/// A header, or what it comes to where it holds cookies that prove who is calling.
fn cookies_apart<'c>(
    header: &Header,
    documented: impl Iterator<Item = &'c Credential>,
) -> Vec<Header> {
    if !header.name.eq_ignore_ascii_case("cookie") {
        return vec![header.clone()];
    }
    let names: HashSet<&str> = documented
        .filter(|credential| credential.location == ParameterLocation::Cookie)
        .map(|credential| credential.name.as_str())
        .collect();
    let mut apart = Vec::new();
    let mut others = Vec::new();
    for pair in header.value.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some((name, value)) if names.contains(name) => {
                apart.push(Header { name: name.to_owned(), value: value.to_owned() });
            }
            _ => others.push(pair),
        }
    }
    if apart.is_empty() || !others.is_empty() {
        apart.push(Header { name: header.name.clone(), value: others.join("; ") });
    }
    apart
}

/// What takes the values of headers out of a message about these arguments, wherever they stand:
/// a header without `-H` in front is no reason to show it, nor is a URL with a password in it.
pub fn secrets_of_arguments<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Redactor {
    let secrets = arguments.into_iter().flat_map(|argument| {
        let flags = ["--header=", "--proxy=", "--target="];
        let value = flags.iter().find_map(|flag| argument.strip_prefix(flag));
        let value = value.unwrap_or(argument);
        if let Some((_, url)) = value.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) {
            let user = url.rsplit_once('@').map(|(user, _)| user);
            let query = url.split_once(['?', '#']).map(|(_, query)| query);
            return [user, query].map(|secret| secret.map(str::to_owned));
        }
        let header = Header::parse(value.trim_start_matches("-H"), "").ok();
        [header.map(|header| header.value), None]
    });
    Redactor::new(secrets.flatten().map(|secret| (secret, "…".to_owned())))
}

/// Whether a text that begins so is a URL, and no header.
fn is_scheme(name: &str) -> bool {
    ["http", "https", "socks5", "socks5h"].iter().any(|scheme| name.eq_ignore_ascii_case(scheme))
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

/// Whether a header carries the credential, as one of its cookies too.
fn carries(header: &Header, credential: &Credential) -> bool {
    let in_cookies = || {
        let mut names = header.value.split(';').filter_map(|pair| pair.split_once('='));
        credential.location == ParameterLocation::Cookie
            && header.name.eq_ignore_ascii_case("cookie")
            && names.any(|(name, _)| name.trim() == credential.name)
    };
    credential.is_given_as(&header.name) || in_cookies()
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
        let environment = Some("X-Trace: 1\n\nx-auth-token: fromTheEnvironment\n");
        headers(&super::given(environment, &flags)?, &operations())
    }

    #[test]
    fn a_complaint_shows_of_a_url_what_is_no_secret() {
        let told = |argument: &str| {
            let redactor = super::secrets_of_arguments([argument]);
            redactor.redact(argument).into_owned()
        };
        assert_eq!(told("http://127.0.0.1:99999"), "http://127.0.0.1:99999");
        assert_eq!(told("--proxy=http://me:hunter22@h:1"), "--proxy=http://…@h:1");
        assert_eq!(told("https://h/?token=hunter22"), "https://h/?…");
        assert_eq!(told("X-Auth-Token: hunter22"), "X-Auth-Token: …");
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
    fn a_key_in_a_cookie_comes_apart_from_other_cookies() {
        let contract = Contract::parse(
            "api.yaml",
            "openapi: 3.1.0\nsecurity: [{key: []}]\npaths: {/a: {get: {}}}\ncomponents:\n  \
             securitySchemes: {key: {type: apiKey, in: cookie, name: sid}}\n",
        )
        .expect("is a contract");
        for (given, wanted) in [
            ("Cookie: a=1; sid=s3cret; b=2", r#"[("sid", "$TOKEN"), ("Cookie", "$COOKIE")]"#),
            ("cookie: sid=s3cret", r#"[("sid", "$TOKEN")]"#),
            ("sid: s3cret", r#"[("sid", "$TOKEN")]"#),
        ] {
            let given = super::given(None, &[given.to_owned()]).expect("is well formed");
            let headers = headers(&given, &contract.operations).expect("are well formed");
            assert_eq!(format!("{headers:?}"), wanted);
            assert_eq!(headers[0].1.wire(), "s3cret");
        }
    }

    #[test]
    fn the_alternative_that_the_headers_fit_is_in_use() {
        let contract = Contract::parse(
            "api.yaml",
            "openapi: 3.1.0\nsecurity: [{key: []}, {basic: []}, {bearer: []}]\n\
             paths: {/a: {get: {}}}\ncomponents:\n  securitySchemes:\n    \
             key: {type: apiKey, in: header, name: X-Key}\n    \
             bearer: {type: http, scheme: bearer}\n    basic: {type: http, scheme: basic}\n",
        )
        .expect("is a contract");
        for (given, wanted) in [
            ("X-Other: 1", "X-Key "),
            ("x-key: 1", "X-Key "),
            ("Authorization: bearer abc", "Authorization Bearer "),
            ("Authorization: Basic abc", "Authorization Basic "),
            ("Authorization: abc", "Authorization Basic "),
        ] {
            let mut operation = Arc::clone(&contract.operations[0]);
            let headers = super::given(None, &[given.to_owned()]).expect("is well formed");
            super::choose(&headers, &mut operation);
            let [used] = operation.credentials.as_slice() else { panic!("{given}") };
            assert_eq!(format!("{} {}", used.name, used.prefix), wanted, "{given}");
        }
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
