//! Which of the documented media types is JSON.

/// The media type that is JSON: `application/json` before `…+json` before a wildcard.
pub(super) fn preferred_json<'a, T>(content: &'a [(&str, T)]) -> Option<(&'a str, &'a T)> {
    let (_, name, media) = content
        .iter()
        .filter_map(|(name, media)| Some((rank(name)?, *name, media)))
        .min_by_key(|(rank, _, _)| *rank)?;
    Some((name, media))
}

/// Whether it is JSON and no range.
pub(super) fn is_json(name: &str) -> bool {
    rank(name).is_some_and(|rank| rank < 2)
}

fn rank(name: &str) -> Option<u8> {
    let essence = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Some(0),
        "*/*" | "application/*" => Some(2),
        other => other.ends_with("+json").then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::preferred_json;

    #[test]
    fn plain_json_is_preferred() {
        let content = [("text/csv", 0), ("application/hal+json", 1), ("Application/JSON; v=1", 2)];
        assert_eq!(preferred_json(&content), Some(("Application/JSON; v=1", &2)));
        assert_eq!(preferred_json(&content[..2]), Some(("application/hal+json", &1)));
        assert_eq!(preferred_json(&content[..1]), None);
    }
}
