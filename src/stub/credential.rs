//! Who is calling.

use std::collections::HashSet;

use crate::contract::{Credential, ParameterLocation};

use super::incoming::Incoming;

/// The values that prove a caller. They are never printed.
pub(super) struct Tokens(HashSet<String>);

impl Tokens {
    /// Takes these values, blank ones left out: an empty token proves nobody.
    pub(super) fn new(values: impl IntoIterator<Item = String>) -> Self {
        Self(values.into_iter().filter(|value| !value.trim().is_empty()).collect())
    }

    /// Whether the request carries one of the tokens where `credential` says, and nowhere else.
    pub(super) fn prove(&self, credential: &Credential, request: &Incoming) -> bool {
        carried(credential, request).is_some_and(|token| self.0.contains(&token))
    }

    /// The tokens, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// What the request carries where `credential` says, without what stands in front of the secret.
pub(super) fn carried(credential: &Credential, request: &Incoming) -> Option<String> {
    let name = &credential.name;
    let carried = match credential.location {
        ParameterLocation::Header => request.header(name).map(std::borrow::Cow::into_owned),
        ParameterLocation::Query => request.query(name).next().map(str::to_owned),
        ParameterLocation::Cookie => request.cookie(name),
        ParameterLocation::Path => None,
    };
    without_prefix(carried.as_deref()?, credential.prefix).map(str::to_owned)
}

/// The secret behind `prefix`, an authentication scheme whose name is compared without case.
///
/// White space at a header's end is no part of it: a scheme alone is one with an empty secret.
fn without_prefix<'v>(value: &'v str, prefix: &str) -> Option<&'v str> {
    if value.eq_ignore_ascii_case(prefix.trim_end()) {
        return Some("");
    }
    let (scheme, secret) = value.split_at_checked(prefix.len())?;
    scheme.eq_ignore_ascii_case(prefix).then_some(secret)
}

#[cfg(test)]
mod tests {
    use crate::contract::{Credential, ParameterLocation};

    use super::{Incoming, Tokens};

    fn request(header: Option<(&str, &str)>) -> Incoming {
        Incoming {
            method: "POST".into(),
            path: "/".into(),
            query: vec![("X-Key".into(), "Abcdefgh1".into())],
            headers: header.iter().map(|(n, v)| (n.to_lowercase(), v.as_bytes().into())).collect(),
            body: Vec::new(),
            spelled: Vec::new(),
        }
    }

    #[test]
    fn only_the_whole_token_in_its_own_place_proves_a_caller() {
        let header = ParameterLocation::Header;
        let key = Credential { name: "X-Key".into(), location: header, prefix: "" };
        let tokens = Tokens::new(["Abcdefgh1".into(), "  ".into()]);
        assert!(tokens.prove(&key, &request(Some(("x-key", "Abcdefgh1")))));
        assert!(!tokens.prove(&key, &request(None)));
        for wrong in ["", "  ", "aBCDEFGH1", "Abcd", "Abcdefgh1x", "other"] {
            assert!(!tokens.prove(&key, &request(Some(("x-key", wrong)))), "{wrong:?}");
        }
    }

    #[test]
    fn the_scheme_in_front_of_a_token_has_no_case() {
        let location = ParameterLocation::Header;
        let bearer = Credential { name: "Authorization".into(), location, prefix: "Bearer " };
        let tokens = Tokens::new(["secret".into()]);
        for (value, proves) in
            [("bearer secret", true), ("secret", false), ("Béarer", false), ("Bearer", false)]
        {
            assert_eq!(tokens.prove(&bearer, &request(Some(("authorization", value)))), proves);
        }
    }
}
