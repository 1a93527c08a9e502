//! A proxy between us and the target.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::Target;

/// A proxy's address. Its user name and password are never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
}

/// Why a text names no proxy. The text itself is not repeated, as it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// A scheme that no proxy of ours speaks.
    #[error("the proxy's scheme is `{0}`: give http, https, socks5 or socks5h")]
    Scheme(String),
    /// Not a URL.
    #[error("the proxy is no URL: {0}; give one such as http://proxy.example:3128")]
    Invalid(url::ParseError),
    /// More than an address.
    #[error("the proxy has a path or a query: give only scheme, host and port")]
    More,
}

/// What the environment says of proxies, in the variables that curl reads.
#[derive(Clone, Default)]
pub struct ProxyVariables {
    /// `http_proxy`, `HTTP_PROXY`: the proxy for `http` targets.
    pub http: Option<String>,
    /// `https_proxy`, `HTTPS_PROXY`: the proxy for `https` targets.
    pub https: Option<String>,
    /// `all_proxy`, `ALL_PROXY`: the proxy for both.
    pub all: Option<String>,
    /// `no_proxy`, `NO_PROXY`: hosts that are reached without one, with commas in between.
    pub none: Option<String>,
}

impl Proxy {
    /// Reads a proxy's URL: `http://proxy.example:3128`; without a scheme it is an `http` one.
    ///
    /// # Errors
    /// If it is none, or holds more than scheme, user, password, host and port.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&whole).map_err(ProxyError::Invalid)?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(ProxyError::Scheme(url.scheme().to_owned()));
        }
        if url.host().is_none() {
            return Err(ProxyError::Invalid(url::ParseError::EmptyHost));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyError::More);
        }
        Ok(Self { url })
    }

    /// The proxy that the environment names for a target: none where the target is this machine or
    /// stands in `no_proxy`.
    ///
    /// # Errors
    /// If what it names is no proxy.
    pub fn for_target(
        target: &Target,
        variables: &ProxyVariables,
    ) -> Result<Option<Self>, ProxyError> {
        let own = if target.is_https() { &variables.https } else { &variables.http };
        let Some(text) = own.as_ref().or(variables.all.as_ref()) else { return Ok(None) };
        let none = variables.none.clone().unwrap_or_default();
        let asked = target.label().parse::<hyper::http::Uri>();
        let is_excepted = asked.is_ok_and(|uri| {
            Matcher::builder()
                .all("http://proxy.invalid")
                .no(none)
                .build()
                .intercept(&uri)
                .is_none()
        });
        if target.is_loopback() || is_excepted {
            return Ok(None);
        }
        Self::parse(text).map(Some)
    }

    /// The proxy as reports show it: scheme, host and port.
    pub fn label(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map_or_else(String::new, |port| format!(":{port}"));
        format!("{}://{host}{port}", self.url.scheme())
    }

    /// Its password, for redaction.
    pub fn password(&self) -> Option<String> {
        let held = self.url.password()?;
        Some(percent_encoding::percent_decode_str(held).decode_utf8_lossy().into_owned())
    }

    pub(super) fn has_user(&self) -> bool {
        !self.url.username().is_empty()
    }

    pub(super) fn for_library(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        reqwest::Proxy::all(self.url.as_str())
    }
}

impl ProxyVariables {
    /// Whether any of them names a proxy.
    pub(super) fn names_any(&self) -> bool {
        [&self.http, &self.https, &self.all].iter().any(|named| named.is_some())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.label()).finish()
    }
}

impl fmt::Debug for ProxyVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyVariables").field("none", &self.none).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxy, ProxyError, ProxyVariables};
    use crate::http::Target;

    #[test]
    fn a_proxy_is_an_address_whose_password_is_not_shown() {
        for (text, label) in [
            ("127.0.0.1:3128", "http://127.0.0.1:3128"),
            ("http://me:hunter22@proxy.example:8080/", "http://proxy.example:8080"),
            ("socks5h://[::1]:1080", "socks5h://[::1]:1080"),
        ] {
            let proxy = Proxy::parse(text).expect(text);
            assert_eq!(proxy.label(), label);
            assert!(!format!("{proxy:?}").contains("hunter22"));
        }
        let password = Proxy::parse("http://me:h%40@a").expect("is one").password();
        assert_eq!(password.as_deref(), Some("h@"));
        assert_eq!(Proxy::parse("ftp://a"), Err(ProxyError::Scheme("ftp".into())));
        assert_eq!(Proxy::parse("http://a/b"), Err(ProxyError::More));
        assert!(matches!(Proxy::parse("http://"), Err(ProxyError::Invalid(_))));
    }

    #[test]
    fn the_environment_names_one_by_scheme_and_host() {
        let given = |text: &str| Some(text.to_owned());
        let variables = ProxyVariables {
            http: given("plain.example:1"),
            https: given("secure.example:2"),
            all: given("other.example:3"),
            none: given("inner.example, 10.0.0.0/8"),
        };
        let of = |target: &str, variables: &ProxyVariables| {
            let target = Target::parse(target).expect(target);
            let proxy = Proxy::for_target(&target, variables).expect("is one");
            proxy.map(|proxy| proxy.label())
        };
        assert_eq!(of("http://a.example", &variables).as_deref(), Some("http://plain.example:1"));
        assert_eq!(of("https://a.example", &variables).as_deref(), Some("http://secure.example:2"));
        for direct in ["http://x.inner.example", "http://10.1.2.3", "http://127.0.0.1:1"] {
            assert_eq!(of(direct, &variables), None, "{direct}");
        }
        let all = ProxyVariables { http: None, https: None, ..variables };
        assert_eq!(of("https://a.example", &all).as_deref(), Some("http://other.example:3"));
    }
}
