//! The way to a target, for a `curl` line that is to go the same.

use std::path::Path;

use crate::http::{ClientOptions, Proxy, ProxyVariables, Trust, quote};

/// The flags, as words for bash, with which curl goes the way of a client with these options:
/// `--cacert` with the file that its certificates come from, `-k`, `-x` and `--noproxy`.
///
/// A proxy that asks for a password is `$PROXY`, which stands for the whole URL that was given.
/// `environment` holds the proxies that curl would find named there, were it not told.
pub fn curl_flags(
    options: &ClientOptions,
    ca_file: Option<&Path>,
    environment: &ProxyVariables,
) -> Vec<String> {
    let word = |text: &str| quote::word(text.as_bytes()).unwrap_or_default();
    let trust = match (&options.trust, ca_file) {
        (Trust::Anyone, _) => Some("-k".to_owned()),
        (Trust::Only(_), Some(file)) => Some(format!("cacert {}", word(&file.to_string_lossy()))),
        _ => None,
    };
    let mut flags = Vec::new();
    let proxy = options.proxy.as_ref();
    for (of, is_tls) in [
        ("", options.target.is_https()),
        ("proxy-", proxy.is_some_and(|proxy| proxy.label().starts_with("https:"))),
    ] {
        flags.extend(trust.iter().filter(|_| is_tls).map(|trust| match (trust.as_str(), of) {
            ("-k", "") => "-k".to_owned(),
            ("-k", _) => "--proxy-insecure".to_owned(),
            (cacert, _) => format!("--{of}{cacert}"),
        }));
    }
    match proxy {
        Some(proxy) if proxy.is_credentialed() => flags.push("-x \"$PROXY\"".to_owned()),
        Some(proxy) => flags.push(format!("-x {}", proxy.label())),
        None if environment.names_any() => flags.push("--noproxy '*'".to_owned()),
        None => {}
    }
    // What is said there of exceptions was heeded already.
    if proxy.is_some() && environment.none.is_some() {
        flags.push("--noproxy ''".to_owned());
    }
    flags
}

impl Proxy {
    /// Whether its URL holds a user name or a password.
    fn is_credentialed(&self) -> bool {
        self.has_user() || self.password().is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::curl_flags;
    use crate::http::{ClientOptions, Proxy, ProxyVariables, Target, Trust};

    #[test]
    fn curl_goes_the_way_of_the_client() {
        let none = ProxyVariables::default();
        let all = ProxyVariables { all: Some("a".into()), none: Some("b".into()), ..none.clone() };
        let flags = |target: &str, proxy: Option<&str>, trust: Trust, environment| {
            let target = Target::parse(target).expect("a target");
            let proxy = proxy.map(|text| Proxy::parse(text).expect("a proxy"));
            let options = ClientOptions { proxy, trust, ..ClientOptions::new(target) };
            curl_flags(&options, Some(Path::new("my ca.pem")), environment).join(" ")
        };
        let (http, https) = ("http://a.example", "https://a.example");
        assert_eq!(flags(https, None, Trust::System, &none), "");
        assert_eq!(flags(https, None, Trust::Anyone, &none), "-k");
        assert_eq!(flags(http, None, Trust::Anyone, &all), "--noproxy '*'");
        let plain = flags(https, Some("socks5h://p:1080"), Trust::Anyone, &none);
        assert_eq!(plain, "-k -x socks5h://p:1080");
        let secret = flags(http, Some("https://me:hunter22@p"), Trust::Anyone, &all);
        assert_eq!(secret, "--proxy-insecure -x \"$PROXY\" --noproxy ''");
    }
}
