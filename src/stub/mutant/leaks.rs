//! Answers that give away what they should not.
//!
//! Example: `response/tokenLeak/in-refusals` repeats the caller's token in the message.

use serde_json::{Value, json};

use super::Family;
use super::kinds::{KINDS, can_be_sent};
use super::maker::Maker;
use super::when::{Kind, value};
use crate::stub::answer::put;
use crate::stub::behaviour::Exchange;

/// The promise, the operator and the text that is given away.
type Leak = (&'static str, &'static str, &'static str);

const LEAKS: [Leak; 7] = [
    (
        "stackTraceLeak",
        "java",
        "java.lang.NullPointerException\n\tat com.example.Api.call(Api.java:42)",
    ),
    (
        "stackTraceLeak",
        "python",
        "Traceback (most recent call last):\n  File \"/srv/api.py\", line 7",
    ),
    ("stackTraceLeak", "node", "TypeError: x\n    at handle (/srv/index.js:10:5)"),
    ("databaseErrorLeak", "mysql", "You have an error in your SQL syntax; check the manual"),
    ("databaseErrorLeak", "postgres", "ERROR: syntax error at or near \"id\" SQLSTATE[42601]"),
    ("databaseErrorLeak", "oracle", "ORA-00933: SQL command not properly ended"),
    ("filePathLeak", "path", "can't read /var/lib/service/settings.toml"),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let pointer = maker.operation.envelope.as_ref().map_or("/detail".to_owned(), |envelope| {
        envelope.message.as_ref().unwrap_or(&envelope.code).pointer().to_owned()
    });
    for (keyword, operator, text) in LEAKS {
        for kind in Kind::of(maker.operation) {
            let pointer = pointer.clone();
            let operator = format!("{operator}-{}", kind.word());
            let description = format!("the message holds an inside: {operator}");
            let rule = ("response", keyword);
            maker.answering(Family::Leaks, rule, &operator, description, move |exchange, reply| {
                if kind.is(exchange)
                    && let Some(body) = value(reply)
                {
                    put(body, &pointer, json!(text));
                }
            });
        }
    }
    for kind in Kind::of(maker.operation) {
        let pointer = pointer.clone();
        let operator = kind.word();
        let description = format!("the message repeats the token {}", operator.replace('-', " "));
        let rule = ("response", "tokenLeak");
        maker.answering(Family::Leaks, rule, operator, description, move |exchange, reply| {
            if kind.is(exchange)
                && let (Some(body), Some(token)) = (value(reply), exchange.tokens.iter().next())
            {
                put(body, &pointer, Value::from(format!("called with {token}")));
            }
        });
    }
    on_awkward_input(maker, &pointer);
    let rule = ("response", "tokenLeak");
    let description = "a header repeats the token";
    let leak = |exchange: &Exchange<'_>, reply: &mut crate::stub::answer::Reply| {
        if let Some(token) = exchange.tokens.iter().next() {
            reply.headers.push(("x-caller".to_owned(), token.to_owned()));
        }
    };
    maker.answering(Family::Leaks, rule, "in-a-header", description, leak);
}

/// Inside texts that only some kind of request brings out.
fn on_awkward_input(maker: &mut Maker<'_>, pointer: &str) {
    let kinds = Kind::of(maker.operation);
    let rows = [
        (Kind::Success, "databaseErrorLeak", 3, "quotes"),
        (Kind::Refusal, "stackTraceLeak", 0, "wrong-types"),
    ];
    for (_, keyword, leak, kind) in rows.into_iter().filter(|row| kinds.contains(&row.0)) {
        let is_kind = KINDS.iter().find(|(word, _)| *word == kind).map(|(_, is_kind)| *is_kind);
        let Some(is_kind) = is_kind.filter(|_| can_be_sent(maker, kind)) else { continue };
        let (_, operator, text) = LEAKS[leak];
        let pointer = pointer.to_owned();
        let operator = format!("{operator}-on-{kind}");
        let description = format!("the message holds an inside: {operator}");
        let rule = ("response", keyword);
        maker.answering(Family::Leaks, rule, &operator, description, move |exchange, reply| {
            if let Some(body) = value(reply).filter(|_| is_kind(exchange)) {
                put(body, &pointer, json!(text));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking, asking_for, is_wrong};

    #[test]
    fn an_accepting_answer_gives_the_token_away() {
        let id = "response/tokenLeak/in-success";
        assert!(is_wrong(id, &[asking_for("u", &["a"])]));
        assert!(!is_wrong(id, &[asking("{}")]));
    }
}
