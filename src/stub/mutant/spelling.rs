//! Legal spellings of a request that are refused.
//!
//! Example: `body/spelling/escapes-refused` refuses `\u0061` where `a` is accepted.

use serde_json::Value;

use super::maker::Maker;
use super::{Family, Wire};
use crate::stub::behaviour::{Judging, Step};
use crate::stub::credential::carried;
use crate::stub::incoming::Incoming;

/// The operator, the promise that it breaks, and the requests that it refuses.
type Dislike = (&'static str, (&'static str, &'static str), fn(&Judging<'_>) -> bool);

const DISLIKES: [Dislike; 7] = [
    ("escapes-refused", ("body", "spelling"), |judging| holds(judging, "\\u")),
    ("upper-case-escapes-refused", ("body", "spelling"), |judging| {
        text(judging)
            .split("\\u")
            .skip(1)
            .any(|rest| rest.chars().take(4).any(|digit| matches!(digit, 'A'..='F')))
    }),
    ("line-feeds-refused", ("body", "spelling"), |judging| holds(judging, "\n")),
    ("tabs-refused", ("body", "spelling"), |judging| holds(judging, "\t")),
    ("leading-blanks-refused", ("body", "spelling"), |judging| text(judging).starts_with(' ')),
    ("charset-refused", ("header.Content-Type", "charset"), |judging| {
        content_type(judging.request).contains("charset")
    }),
    ("quoted-charset-refused", ("header.Content-Type", "charset"), |judging| {
        content_type(judging.request).contains("charset=\"")
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for (operator, rule, dislikes) in DISLIKES {
        maker.refusing(rule, operator, operator.replace('-', " "), dislikes);
    }
    unknown_headers(maker);
    member_order(maker);
    header_names(maker);
}

/// Headers that clients send on their own.
const USUAL: &[&str] = &[
    "host",
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "user-agent",
    "authorization",
    "transfer-encoding",
];

fn unknown_headers(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    let credentials = operation.credentials.iter().map(|c| c.name.to_ascii_lowercase());
    let parameters = operation.parameters.iter().map(|p| p.name.to_ascii_lowercase());
    let documented: Vec<String> = credentials.chain(parameters).collect();
    let description = "a request with a header that is not documented is refused";
    maker.refusing(("header", "unknown"), "refused", description, move |judging| {
        judging.request.headers.iter().any(|(name, _)| {
            !USUAL.contains(&name.as_str()) && !documented.iter().any(|held| held == name)
        })
    });
}

fn member_order(maker: &mut Maker<'_>) {
    let Some(root) = maker.nodes.first() else { return };
    let documented: Vec<String> =
        root.schema.properties().iter().map(|(name, _)| (*name).to_owned()).collect();
    if documented.len() < 2 {
        return;
    }
    let description = "members in another order than the document's are refused";
    maker.refusing(("body", "spelling"), "member-order-refused", description, move |judging| {
        let Some(Value::Object(members)) = judging.body else { return false };
        let at = |name: &String| documented.iter().position(|held| held == name);
        !members.keys().filter_map(at).is_sorted()
    });
}

/// The credential's header is found only where its name is spelled with capitals.
fn header_names(maker: &mut Maker<'_>) {
    let description = "header names in lower case are not found";
    let step = Step::Access(Box::new(|access| {
        let is_lower = access.request.spelled.iter().any(|name| {
            name.eq_ignore_ascii_case(&access.credential.name)
                && !name.contains(|c: char| c.is_ascii_uppercase())
        });
        !is_lower
            && carried(access.credential, access.request)
                .is_some_and(|held| access.tokens.iter().any(|token| token == held))
    }));
    if maker.operation.credentials.is_empty() {
        return;
    }
    let rule = ("header", "nameCase");
    if let Some(mutant) = maker.add(Family::RequestRules, rule, "case-matters", description, step) {
        mutant.needs = Some(Wire::HeaderNames);
        mutant.behaviour = mutant.behaviour.clone().on_wire();
    }
}

fn text(judging: &Judging<'_>) -> String {
    String::from_utf8_lossy(&judging.request.body).into_owned()
}

fn holds(judging: &Judging<'_>, part: &str) -> bool {
    text(judging).contains(part)
}

fn content_type(request: &Incoming) -> String {
    request.header("content-type").unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking, is_wrong};

    #[test]
    fn members_in_another_order_are_refused() {
        let id = "body/spelling/member-order-refused";
        assert!(is_wrong(id, &[asking(r#"{"instance_ids":["a"],"user_id":"u"}"#)]));
        assert!(!is_wrong(id, &[asking(r#"{"user_id":"u","instance_ids":["a"]}"#)]));
    }
}
