//! The base path in front of a path template, from `servers`.

use super::error::LoadError;
use super::source::Node;

/// The path of the first server's URL, without a slash at its end: `/v1`, or nothing.
///
/// Variables stand for their default values.
pub(super) fn base_path(servers: &Node<'_>) -> Result<String, LoadError> {
    let Some(first) = servers.entries()?.into_iter().next() else { return Ok(String::new()) };
    let Some(url) = first.get("url") else { return Ok(String::new()) };
    let mut text = url.text()?.to_owned();
    if let Some(variables) = first.get("variables") {
        for (name, variable) in variables.members()? {
            if let Some(default) = variable.get("default") {
                text = text.replace(&format!("{{{name}}}"), default.text()?);
            }
        }
    }
    Ok(path_of(&text))
}

fn path_of(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = &url[..end];
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
        None => match url.strip_prefix("//") {
            Some(rest) => rest.find('/').map_or("", |start| &rest[start..]),
            None => url.strip_prefix('.').unwrap_or(url),
        },
    };
    let path = path.trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn only_the_path_of_a_server_counts() {
        for (url, path) in [
            ("https://koophone.myhuaweicloud.com/v1", "/v1"),
            ("https://api.example/", ""),
            ("https://api.example", ""),
            ("//api.example/a/b/", "/a/b"),
            ("/v2/", "/v2"),
            ("./v3", "/v3"),
            ("v4?x=1", "/v4"),
            ("{scheme}://host/v5#top", "/v5"),
        ] {
            assert_eq!(path_of(url), path, "{url}");
        }
    }
}
