//! Where requests are sent.

use std::fmt;
use std::str::FromStr;

use hyper::header::HeaderValue;
use url::{Host, Position, Url};

/// The address of a server and the prefix in front of every path of a contract.
///
/// It never holds a user name, a password, a query or a fragment, so it may be shown anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// The path in front of a contract's paths, without a slash at its end: `/v/ok`, or nothing.
    prefix: String,
    /// What curl must be told to get there.
    curl_flags: Vec<String>,
}

/// Why a text names no target.
///
/// The text itself is repeated only where it can't hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing, or only blanks.
    #[error("the target is empty: give a URL such as http://127.0.0.1:8700")]
    Empty,
    /// No `http://` or `https://` in front.
    #[error("the target has no scheme: did you mean {hint}?")]
    NoScheme {
        /// The text with a scheme in front.
        hint: String,
    },
    /// A scheme other than `http` and `https`.
    #[error("the target's scheme is `{0}`: only http and https can be tested")]
    Scheme(String),
    /// A user name or a password.
    #[error("the target holds a user name or password: take them out and send a header with -H")]
    UserInfo,
    /// A query.
    #[error("the target has a query (`?…`): give only scheme, host, port and a prefix path")]
    Query,
    /// A fragment.
    #[error("the target has a fragment (`#…`): give only scheme, host, port and a prefix path")]
    Fragment,
    /// Not a URL.
    #[error("the target is no URL: {0}; give one such as http://127.0.0.1:8700/prefix")]
    Invalid(url::ParseError),
}

impl Target {
    /// Reads an `http` or `https` URL: `https://staging.example/prefix`.
    ///
    /// A path in it becomes the prefix of every path that is sent.
    ///
    /// # Errors
    /// If it is no such URL, or holds more than scheme, host, port and path.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        if !text.contains("://") {
            return Err(without_scheme(text));
        }
        let mut url = Url::parse(text).map_err(TargetError::Invalid)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(TargetError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::UserInfo);
        }
        if url.query().is_some() {
            return Err(TargetError::Query);
        }
        if url.fragment().is_some() {
            return Err(TargetError::Fragment);
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&prefix);
        Ok(Self { url, prefix, curl_flags: Vec::new() })
    }

    /// Whether the host is this machine by its very name: `127.0.0.0/8`, `::1` or `localhost`.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            Some(Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            None => false,
        }
    }

    /// Whether requests go over TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host without its port: `staging.example`, `127.0.0.1`, `[::1]`.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Host and port, as one connects to them.
    pub(super) fn authority(&self) -> (String, u16) {
        let host = self.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        (host, self.url.port_or_known_default().unwrap_or(80))
    }

    /// What stands in the `Host` header.
    pub(super) fn host_header(&self) -> HeaderValue {
        let authority = &self.url[Position::BeforeHost..Position::AfterPort];
        // A URL's host is ASCII without blanks.
        HeaderValue::from_str(authority).unwrap_or(HeaderValue::from_static(""))
    }

    /// The whole target as reports show it, without a slash at its end.
    pub fn label(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The same target, with flags that lead curl there; see [`curl_flags`](super::curl_flags).
    #[must_use]
    pub fn reached_with(self, curl_flags: Vec<String>) -> Self {
        Self { curl_flags, ..self }
    }

    /// The flags, as words for bash, that lead curl there.
    pub fn curl_flags(&self) -> &[String] {
        &self.curl_flags
    }

    /// The URL of a path (percent-encoded, with a slash in front); `None` where a URL can't hold
    /// the path as it is, as with `/a/../b`.
    pub(super) fn url(&self, path: &str) -> Option<Url> {
        let mut url = self.url.clone();
        let whole = format!("{}{path}", self.prefix);
        url.set_path(&whole);
        (url.path() == whole).then_some(url)
    }
}

/// What to say of a text without `://`.
fn without_scheme(text: &str) -> TargetError {
    if text.contains('@') {
        return TargetError::UserInfo;
    }
    let local = Target::parse(&format!("http://{text}")).is_ok_and(|target| target.is_loopback());
    let scheme = if local { "http" } else { "https" };
    match Target::parse(&format!("{scheme}://{text}")) {
        Ok(_) => TargetError::NoScheme { hint: format!("{scheme}://{text}") },
        Err(error) => error,
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, TargetError};

    fn target(text: &str) -> Target {
        Target::parse(text).expect(text)
    }

    fn refusal(text: &str) -> TargetError {
        Target::parse(text).expect_err(text)
    }

    fn joined(text: &str, path: &str) -> Option<String> {
        target(text).url(path).map(String::from)
    }

    #[test]
    fn a_prefix_stands_in_front_of_every_path() {
        let path = "/v1/instances/prepare";
        let url = "http://127.0.0.1:8700/v/ok/v1/instances/prepare";
        assert_eq!(joined("http://127.0.0.1:8700/v/ok", path).as_deref(), Some(url));
        assert_eq!(joined("http://127.0.0.1:8700/v/ok/", path).as_deref(), Some(url));
        assert_eq!(joined("http://a.example", "/x").as_deref(), Some("http://a.example/x"));
    }

    #[test]
    fn a_path_that_a_url_would_change_is_not_joined() {
        for path in ["/a/../b", "/a/%2e%2E/b", "/a/.", "/a\\b", "/a b", "/a\tb", "/ü"] {
            assert_eq!(joined("http://a.example/p", path), None, "{path}");
        }
        for path in ["/a/%2F%20%C3%BC", "/a//b", "/a/'(x);y=z,@:!$&*+~", "/"] {
            let url = format!("http://a.example/p{path}");
            assert_eq!(joined("http://a.example/p", path), Some(url));
        }
    }

    #[test]
    fn loopback_is_told_by_the_name_of_the_host() {
        for text in [
            "http://127.0.0.1",
            "http://127.9.9.9:1/x",
            "https://[::1]:8443",
            "http://[::ffff:127.0.0.1]",
            "http://localhost:8700",
            "http://LOCALHOST.",
            "http://api.localhost",
        ] {
            assert!(target(text).is_loopback(), "{text}");
        }
        for text in ["http://0.0.0.0", "http://localhost.example", "http://128.0.0.1"] {
            assert!(!target(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn host_and_label_are_what_reports_show() {
        let target = target(" HTTPS://Staging.Example:443/prefix/ ");
        assert_eq!(
            (target.host(), target.label()),
            ("staging.example", "https://staging.example/prefix")
        );
        assert_eq!(target.to_string(), target.label());
        assert_eq!(super::Target::parse("http://[::1]:80/").expect("valid").host(), "[::1]");
    }

    #[test]
    fn a_missing_scheme_gets_a_hint() {
        let hint = |text: &str| match refusal(text) {
            TargetError::NoScheme { hint } => hint,
            other => panic!("{other}"),
        };
        assert_eq!(hint("127.0.0.1:8700/v/ok"), "http://127.0.0.1:8700/v/ok");
        assert_eq!(hint("localhost:8700"), "http://localhost:8700");
        assert_eq!(hint("staging.example"), "https://staging.example");
    }

    #[test]
    fn whatever_is_more_than_an_address_is_refused() {
        assert_eq!(refusal("  "), TargetError::Empty);
        assert_eq!(refusal("ftp://a.example"), TargetError::Scheme("ftp".into()));
        assert_eq!(refusal("http://a.example?x=1"), TargetError::Query);
        assert_eq!(refusal("http://a.example/#x"), TargetError::Fragment);
        assert!(matches!(refusal("http://"), TargetError::Invalid(_)));
        assert!(matches!(refusal("http://a.example:99999"), TargetError::Invalid(_)));
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for text in
            ["http://me:hunter22@a.example", "me:hunter22@a.example", "http://hunter22@[::1]/"]
        {
            assert_eq!(refusal(text), TargetError::UserInfo);
            assert!(!format!("{0} {0:?}", refusal(text)).contains("hunter22"));
        }
    }
}
