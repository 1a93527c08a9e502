//! Callers who prove nothing and are let in.
//!
//! Example: `header.X-Auth-Token/cut/first-half-suffices` takes the first half of a token.

use super::Family;
use super::maker::Maker;
use crate::contract::ParameterLocation;
use crate::stub::behaviour::{Access, Step};
use crate::stub::credential::carried;

/// The operator, the promise that it breaks, in words, and whether a caller is let in who carries
/// this where a token is this other.
type Laxity = (&'static str, &'static str, &'static str, fn(&str, &str) -> bool);

const LAXITIES: [Laxity; 9] = [
    ("any-value-suffices", "value", "any token that is not blank suffices", |held, _| {
        !held.trim().is_empty()
    }),
    ("empty-suffices", "empty", "an empty token suffices", |held, _| held.is_empty()),
    ("blank-suffices", "blank", "a token of blanks suffices", |held, _| held.trim().is_empty()),
    ("same-length-suffices", "value", "the token's length alone is looked at", |held, token| {
        held.len() == token.len()
    }),
    ("short-suffices", "value", "tokens of fewer than 16 characters suffice", |held, _| {
        (1..16).contains(&held.trim().len())
    }),
    ("case-ignored", "letterCase", "the case of the token's letters is ignored", |held, token| {
        held.eq_ignore_ascii_case(token)
    }),
    ("first-half-suffices", "cut", "the token's first half suffices", |held, token| {
        !held.is_empty() && held.len() >= token.len() / 2 && token.starts_with(held)
    }),
    ("prefix-suffices", "cut", "any beginning of the token suffices", |held, token| {
        !held.is_empty() && token.starts_with(held)
    }),
    ("tail-ignored", "appended", "what follows the token is ignored", |held, token| {
        held.starts_with(token)
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for credential in maker.operation.credentials.clone() {
        let location = format!("{}.{}", credential.location.as_str(), credential.name);
        let mut lax = |keyword: &str, operator: &str, description: &str, step| {
            let description = format!("{location}: {description}");
            maker.add(Family::Credentials, (&location, keyword), operator, description, step);
        };
        lax("required", "not-required", "nothing is asked for", Step::Access(Box::new(|_| true)));
        lax(
            "required",
            "absent-suffices",
            "no token suffices, a wrong one doesn't",
            of(|access| carried(access.credential, access.request).is_none()),
        );
        for (operator, keyword, description, is_enough) in LAXITIES {
            let step = of(move |access| {
                carried(access.credential, access.request)
                    .is_some_and(|held| access.tokens.iter().any(|token| is_enough(&held, token)))
            });
            lax(keyword, operator, description, step);
        }
        if credential.location == ParameterLocation::Header {
            lax(
                "elsewhere",
                "taken-from-the-query",
                "it is read from the query too",
                of(|access| {
                    let prefix = access.credential.prefix;
                    let mut given = access.request.query(&access.credential.name);
                    given.any(|held| {
                        let held = held.strip_prefix(prefix).unwrap_or(held);
                        access.tokens.iter().any(|token| token == held)
                    })
                }),
            );
        }
    }
}

/// A step that lets in whom the faithful service lets in, and others.
fn of(also: impl Fn(&Access<'_>) -> bool + Send + Sync + 'static) -> Step {
    Step::Access(Box::new(move |access| {
        access.tokens.prove(access.credential, access.request) || also(access)
    }))
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{TOKEN, asking_for, called_by, is_wrong};

    #[test]
    fn a_token_in_another_letter_case_is_as_good_and_another_one_is_not() {
        let id = "header.X-Auth-Token/letterCase/case-ignored";
        assert!(is_wrong(id, &[called_by(Some(&TOKEN.to_uppercase()), asking_for("u", &["a"]))]));
        assert!(!is_wrong(id, &[called_by(Some("nobody"), asking_for("u", &["a"]))]));
    }
}
