//! Shops that are called with other proofs than a header's, and that hold callers to what they ask for.

use std::sync::Arc;
use std::time::Duration;

use fencepost::contract::Contract;
use fencepost::generate::Inputs;
use fencepost::run::RunSettings;

use super::change::changed;
use super::pets::{self, DOCUMENT, KEY, Ways};
use super::{Edits, all, failures};
use crate::opponents::{Reply, Seen};
use crate::runs;

const QUERY: Edits = &[("in: header, name: X-Key", "in: query, name: api_key")];
const COOKIE: Edits = &[("in: header, name: X-Key", "in: cookie, name: sid")];
const EITHER: Edits = &[
    ("security: [{ key: [] }]", "security: [{ key: [] }, { bearer: [] }]"),
    ("{ key: { type", "{ bearer: { type: http, scheme: bearer }, key: { type"),
];
const CSV: Edits = &[(
    "content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }",
    "content: { text/csv: { schema: { type: string } } }",
)];

/// What the document says otherwise, the rule that is broken, if any, and what the shop does.
const ROWS: &[(&str, Edits, Option<&str>, Ways)] = &[
    ("a key in the query", QUERY, None, asking(is_in_query)),
    ("no key in the query", QUERY, Some("query.api_key/required"), asking(|_| true)),
    (
        "any key in the query",
        QUERY,
        Some("query.api_key/value"),
        asking(|seen| seen.query.split('&').any(|pair| pair.len() > 8 && pair.contains("api_key"))),
    ),
    ("a key in a cookie", COOKIE, None, asking(is_in_cookie)),
    ("no key in a cookie", COOKIE, Some("cookie.sid/required"), asking(|_| true)),
    (
        "an empty cookie",
        COOKIE,
        Some("cookie.sid/empty"),
        asking(|seen| is_in_cookie(seen) || seen.header("Cookie") == Some("sid=")),
    ),
    ("either of two", EITHER, None, asking(|seen| is_bearer(seen) || is_key(seen))),
    ("neither of two", EITHER, Some("header.Authorization/required"), asking(|_| true)),
    (
        "only what is asked for",
        CSV,
        None,
        changed(|seen, reply| {
            let is_list = seen.path == "/pets" && reply.status == 200;
            let asked = seen.header("Accept").unwrap_or_default();
            match is_list {
                true if asked.contains("text/csv") => Reply::text(200, "text/csv", "id,name\n"),
                true => Reply::json(406, serde_json::json!({"message": "no"})),
                false => reply,
            }
        }),
    ),
];

/// A shop that lets in whom `lets_in` says.
const fn asking(lets_in: fn(&Seen) -> bool) -> Ways {
    Ways { lets_in: Some(lets_in), ..pets::PLAIN }
}

fn is_in_query(seen: &Seen) -> bool {
    seen.query.split('&').any(|pair| pair == format!("api_key={KEY}"))
}

fn is_in_cookie(seen: &Seen) -> bool {
    seen.header("Cookie") == Some(&format!("sid={KEY}"))
}

fn is_bearer(seen: &Seen) -> bool {
    seen.header("Authorization") == Some(&format!("Bearer {KEY}"))
}

fn is_key(seen: &Seen) -> bool {
    seen.header("X-Key") == Some(KEY)
}

#[test]
fn callers_prove_themselves_where_the_document_says() {
    all(ROWS, |(name, edits, rule, ways)| {
        let text = edits.iter().fold(DOCUMENT.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        });
        let mut contract = Contract::parse("pets.yaml", &text).expect("is a contract");
        let all = runs::inputs(&contract, KEY, 3).headers;
        for operation in &mut contract.operations {
            Arc::make_mut(operation).choose(|credential| u32::from(!credential.prefix.is_empty()));
        }
        // What proves callers in another way is given too, and not sent.
        let mut inputs = Inputs { cases: 5, ..runs::inputs(&contract, KEY, 3) };
        for (_, value) in &mut inputs.headers {
            if name.contains("of two") {
                *value = bearer();
            }
        }
        inputs.headers.extend(all.into_iter().filter(|(name, _)| name == "X-Key"));
        let settings = RunSettings::default();
        let plan = runs::plan(&contract, inputs, &settings);
        let server = pets::start(*ways);
        let outcome = runs::run(&plan, &server.uri, &settings, Duration::from_secs(10));
        let found = failures(&outcome);
        let is_right = match rule {
            None => found.is_empty() && outcome.ended_early.is_none(),
            Some(rule) => {
                let mut rules = outcome
                    .findings()
                    .flat_map(|finding| std::iter::once(&finding.rule).chain(&finding.also));
                rules.any(|found| found.within_operation() == *rule)
            }
        };
        (!is_right).then(|| format!("{name}: {:?}\n  {}", outcome.ended_early, found.join("\n  ")))
    });
}

fn bearer() -> fencepost::case::FieldValue {
    fencepost::case::FieldValue::Secret {
        value: format!("Bearer {KEY}"),
        shell: "Bearer $TOKEN".to_owned(),
    }
}
