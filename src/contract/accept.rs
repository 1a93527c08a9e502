//! What media types a request asks for.

use super::media_type::is_json;
use super::{Operation, Response, StatusPattern};

impl Operation {
    /// The value of `Accept`: the documented media types, those of successes first; `*/*` where
    /// what a success holds is not documented.
    ///
    /// Of an answer that is documented in JSON too, JSON alone: that is what can be judged.
    pub(crate) fn accept(&self) -> String {
        let is_success = |response: &&Response| match response.status {
            StatusPattern::Exactly(status) => matches!(status / 100, 2 | 3),
            StatusPattern::Class(digit) => matches!(digit, 2 | 3),
            StatusPattern::Default => false,
        };
        let (mut successes, mut others): (Vec<_>, Vec<_>) =
            self.responses.iter().partition(is_success);
        if successes.is_empty() {
            // Where no success has an entry, `default` is it.
            (successes, others) =
                others.into_iter().partition(|response| response.status == StatusPattern::Default);
        }
        let is_documented = successes.iter().any(|response| !response.content.is_empty());
        let is_never = !successes.is_empty() && successes.iter().all(|one| is_empty(one));
        let is_open = !is_documented && !is_never;
        let mut asked: Vec<String> = Vec::new();
        let names = successes.into_iter().chain(others).flat_map(wanted);
        for name in names.chain(is_open.then(|| "*/*".to_owned())) {
            if !asked.iter().any(|held| held.eq_ignore_ascii_case(&name)) {
                asked.push(name);
            }
        }
        if asked.is_empty() { "*/*".to_owned() } else { asked.join(", ") }
    }
}

/// Whether answers of this status never hold anything.
fn is_empty(response: &Response) -> bool {
    matches!(response.status, StatusPattern::Exactly(204 | 205 | 304))
}

fn wanted(response: &Response) -> Vec<String> {
    let names = || response.content.iter().map(|(name, _)| name.as_str());
    let has_json = names().any(is_json);
    let kept = names().filter(|name| !has_json || is_json(name));
    kept.flat_map(|name| {
        // A range: its JSON, if there is any.
        let is_range = matches!(essence(name), "*/*" | "application/*");
        let json = is_range.then(|| "application/json".to_owned());
        json.into_iter().chain([without_charset(name)])
    })
    .collect()
}

fn essence(name: &str) -> &str {
    name.split(';').next().unwrap_or_default().trim()
}

/// The media type without its charset, by which servers that compare names don't know it.
fn without_charset(name: &str) -> String {
    let is_charset = |part: &str| part.to_ascii_lowercase().starts_with("charset=");
    let parts = name.split(';').map(str::trim).filter(|part| !is_charset(part));
    parts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use crate::contract::{Response, StatusPattern};

    /// Statuses with their media types.
    type Answers<'a> = &'a [(StatusPattern, &'a [&'a str])];

    /// What is asked for where these answers are documented.
    fn accept(answers: Answers<'_>) -> String {
        let contract = crate::contract::Contract::builtin("koophone").expect("is built in");
        let mut operation = contract.operations[0].as_ref().clone();
        let answers = answers.iter().map(|(status, names)| Response {
            status: *status,
            content: names.iter().map(|name| ((*name).to_owned(), None)).collect(),
            headers: Vec::new(),
        });
        operation.responses = answers.collect();
        operation.accept()
    }

    #[test]
    fn documented_media_types_are_asked_for_those_of_successes_first() {
        use StatusPattern::{Class, Default, Exactly};
        let rows: [(&str, Answers<'_>); 9] = [
            ("*/*", &[]),
            ("*/*", &[(Exactly(200), &[])]),
            ("text/csv", &[(Exactly(200), &["text/csv"])]),
            (
                "text/csv, application/problem+json",
                &[(Class(4), &["application/problem+json"]), (Exactly(200), &["text/csv"])],
            ),
            (
                "application/json",
                &[(Exactly(200), &["text/xml", "application/json; charset=utf-8"])],
            ),
            ("application/json, */*", &[(Exactly(200), &[]), (Default, &["application/json"])]),
            ("application/json", &[(Exactly(204), &[]), (Default, &["application/json"])]),
            ("text/csv, text/plain", &[(Exactly(400), &["text/plain"]), (Default, &["text/csv"])]),
            ("application/json, application/*", &[(Exactly(200), &["application/*"])]),
        ];
        for (wanted, answers) in rows {
            assert_eq!(accept(answers), wanted, "{answers:?}");
        }
    }
}
