//! Who may call, and for what: credentials, headers, identifiers.

use super::anonymous;
use super::bench::{Bench, Block, Blocks, Builder, in_lower_case, plain};
use super::draft::Draft;
use super::routes;
use super::sites::comfortable_length;
use crate::case::{FieldValue, Phase, Scenario};
use crate::contract::{Credential, ParameterLocation, Strength};
use crate::generate::{carry, text};

/// An identifier that nobody named is no longer than this, in characters.
const LONGEST_UNKNOWN: usize = 1_000;

/// The length of a wrong credential that is longer than most, and within what servers take.
const LONG_CREDENTIAL: usize = 2_000;

/// Characters of base64 that come to whole bytes.
const QUANTUM: usize = 4;

/// The blocks about access.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let credentials = bench.operation.credentials.iter().filter_map(|c| credential(bench, c));
    Box::new(
        credentials.chain(headers(bench)).chain(routes::blocks(bench)).chain(identifiers(bench)),
    )
}

fn credential(bench: &Bench<'_>, credential: &Credential) -> Option<Block> {
    let prefix = credential.prefix;
    let held = held(bench, credential);
    let location = credential.location_name();
    let mut block = bench.block(Phase::Coverage, format!("{location} credential"));
    let draft = |scenario, keyword, intent: &str| {
        Draft::new(scenario, &location, keyword, intent).refused(bench)
    };
    block.request(draft(Scenario::MissingCredential, "required", "left out"), |request| {
        carry::withhold(request, credential);
    });
    block.request(draft(Scenario::EmptyCredential, "empty", "empty"), |request| {
        carry::prove(request, credential, plain(prefix.trim_end()));
    });
    if credential.location != ParameterLocation::Cookie {
        block.request(draft(Scenario::BlankCredential, "blank", "a blank"), |request| {
            carry::prove(request, credential, plain(format!("{prefix} ")));
        });
    }
    let mut rng = bench.rng("wrong credential");
    let usual = held.map_or(64, |(token, _)| token.len().clamp(1, 4_096));
    for length in [8, usual, LONG_CREDENTIAL] {
        let wrong = text::alphanumeric(&mut rng, length);
        let intent = format!("{length} characters that were never issued");
        block.request(draft(Scenario::WrongCredential, "value", &intent), |request| {
            carry::prove(request, credential, plain(format!("{prefix}{wrong}")));
        });
    }
    block.request(draft(Scenario::WrongCredential, "value", "the word null"), |request| {
        carry::prove(request, credential, plain(format!("{prefix}null")));
    });
    if let Some((token, shell)) = held {
        near_misses(&mut block, credential, &location, token, shell);
    }
    anonymous::add(&mut block, credential, &location);
    block.finish()
}

/// The credential that the user gave, without what stands in front of it, and its name in a shell.
fn held<'b>(bench: &'b Bench<'_>, credential: &Credential) -> Option<(&'b str, &'b str)> {
    let headers = &mut bench.inputs.headers.iter();
    let (_, value) = headers.find(|(name, _)| credential.is_given_as(name))?;
    let FieldValue::Secret { value, shell } = value else { return None };
    Some((value.strip_prefix(credential.prefix).unwrap_or(value), shell))
}

/// Credentials that are almost the right one.
fn near_misses(
    block: &mut Builder<'_, '_>,
    credential: &Credential,
    location: &str,
    token: &str,
    shell: &str,
) {
    let (name, prefix) = (credential.name.as_str(), credential.prefix);
    let bench = block.bench;
    let draft = |scenario, keyword, intent: &str| {
        Draft::new(scenario, &location, keyword, intent).refused(bench)
    };
    let secret = |value: String, expansion: &str, tail: &str| FieldValue::Secret {
        value: format!("{prefix}{value}"),
        shell: format!("{prefix}{}{tail}", shell_expression(shell, prefix, expansion)),
    };
    if can_swap_case(token) {
        let swapped = secret(token.chars().map(swap_case).collect(), "~~", "");
        let draft = draft(Scenario::CredentialCaseSwapped, "letterCase", "letters' case swapped");
        block.request(draft, |request| carry::prove(request, credential, swapped));
    }
    let half = token.chars().count() / 2;
    if half > 0 {
        let cut = secret(token.chars().take(half).collect(), &format!(":0:{half}"), "");
        let first = draft(Scenario::CredentialCut, "cut", "its first half");
        block.request(first, |request| carry::prove(request, credential, cut));
        let cut = secret(token.chars().skip(half).collect(), &format!(":{half}"), "");
        let second = draft(Scenario::CredentialCut, "cut", "its second half");
        block.request(second, |request| carry::prove(request, credential, cut));
    }
    let length = token.chars().count();
    if length >= 3 * QUANTUM {
        // A character less may come to the same: padding, or bits that nobody reads.
        let left = length - QUANTUM;
        let cut = secret(token.chars().take(left).collect(), &format!(":0:{left}"), "");
        let last = draft(Scenario::CredentialCut, "cut", "all but its last four characters");
        block.request(last, |request| carry::prove(request, credential, cut));
    }
    if let Some((start, other)) = with_another_end(token).filter(|_| half > 0) {
        let expansion = format!(":0:{}", length - 1);
        let changed = secret(format!("{start}{other}"), &expansion, &other.to_string());
        let end = draft(Scenario::WrongCredential, "value", "another last character");
        block.request(end, |request| carry::prove(request, credential, changed));
    }
    let longer = secret(format!("{token}x"), "", "x");
    let appended = draft(Scenario::CredentialAppended, "appended", "a letter behind it");
    block.request(appended, |request| carry::prove(request, credential, longer));
    if credential.location != ParameterLocation::Header {
        return;
    }
    // An alternative of the document's may be carried there: then it proves who is calling.
    let is_alternative = |location: ParameterLocation, name: &str| {
        let mut credentials = bench.operation.alternatives.iter().flatten();
        credentials.any(|c| c.location == location && c.name.eq_ignore_ascii_case(name))
    };
    if bench.inputs.credential_in_url && !is_alternative(ParameterLocation::Query, name) {
        let moved = secret(token.to_owned(), "", "");
        let draft = draft(Scenario::CredentialElsewhere, "elsewhere", "in the query instead");
        block.request(draft, |request| {
            request.remove_header(name);
            request.query.push((name.to_owned(), moved));
        });
    }
    let elsewhere = |intent: &str| {
        draft(Scenario::CredentialElsewhere, "elsewhere", intent).at_most(Strength::Should)
    };
    // Headers that servers read credentials from by habit; a document may name them.
    let documented = |field: &str| {
        let mut parameters = bench.operation.parameters.iter();
        let mut credentials = bench.operation.credentials.iter();
        credentials.any(|c| c.name.eq_ignore_ascii_case(field))
            || parameters.any(|p| p.name.eq_ignore_ascii_case(field))
    };
    for (field, start) in [("Authorization", "Bearer ".to_owned()), ("Cookie", format!("{name}="))]
    {
        let is_alternative = match field {
            "Cookie" => is_alternative(ParameterLocation::Cookie, name),
            _ => is_alternative(ParameterLocation::Header, field),
        };
        if is_alternative || documented(field) || bench.operation.credentials.len() > 1 {
            continue;
        }
        let moved = FieldValue::Secret {
            value: format!("{start}{token}"),
            shell: format!("{start}{}", shell_expression(shell, prefix, "")),
        };
        block.request(elsewhere(&format!("in `{field}` instead")), |request| {
            request.remove_header(name);
            request.set_header(field, moved);
        });
    }
}

/// `$TOKEN` with an expansion of bash: `${TOKEN~~}`.
fn shell_expression(shell: &str, prefix: &str, expansion: &str) -> String {
    let variable = shell.strip_prefix(prefix).unwrap_or(shell);
    format!("${{{}{expansion}}}", variable.trim_start_matches('$'))
}

/// Whether a token is another one with its letters' case swapped; hexadecimal digits mean the same
/// in both cases.
fn can_swap_case(token: &str) -> bool {
    token.chars().any(|c| c.is_ascii_alphabetic())
        && !token.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// A token without its last character, and another one to put there: in base64 one of which the first bit
/// differs, as the last ones may be read by nobody.
fn with_another_end(token: &str) -> Option<(&str, char)> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = token.chars().next_back()?;
    let value = DIGITS.iter().position(|digit| char::from(*digit) == last)?;
    Some((&token[..token.len() - 1], char::from(DIGITS[value ^ 32])))
}

fn swap_case(character: char) -> char {
    if character.is_ascii_uppercase() {
        character.to_ascii_lowercase()
    } else {
        character.to_ascii_uppercase()
    }
}

/// The plain valid request with headers that change nothing.
fn headers(bench: &Bench<'_>) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "headers");
    let control = block.control();
    let draft = Draft::new(Scenario::UnknownHeader, &"header", "unknown", "X-Fencepost: 1")
        .same_as(&control);
    block.request(draft, |request| request.set_header("X-Fencepost", plain("1")));
    let draft = Draft::new(Scenario::HeaderNameCase, &"header", "nameCase", "names in lower case")
        .same_as(&control);
    block.request(draft, in_lower_case);
    block.finish()
}

fn identifiers(bench: &Bench<'_>) -> Vec<Block> {
    let all = &bench.sites;
    let blocks = bench.operation.identifiers.iter().filter_map(|identifier| {
        let site = all.iter().find(|site| site.place.to_string() == identifier.at)?;
        let place = &site.place;
        let mut block = bench.block(Phase::Coverage, format!("{place} unknown"));
        let mut rng = bench.rng(&format!("unknown/{place}"));
        let mut unknown = bench.inputs.unknown.get(&identifier.name).cloned().unwrap_or_default();
        let longest = site.schema.max_length().unwrap_or(32).min(LONGEST_UNKNOWN);
        let longest = longest.max(comfortable_length(&site.schema));
        for length in [comfortable_length(&site.schema), longest] {
            unknown.push(text::alphanumeric(&mut rng, length));
        }
        for value in &unknown {
            let intent = format!("`{value}`, which nobody named");
            let draft = Draft::new(Scenario::UnknownIdentifier, place, "unknown", intent);
            block.body(draft.accepted().at(place), bench.body_with(place, 0, value.clone().into()));
        }
        if let Some(list) = site.list() {
            let mut entries = bench.repeated(site, 1);
            entries.push(unknown[0].clone().into());
            let draft = Draft::new(
                Scenario::MixedIdentifiers,
                place,
                "mixed",
                "one that may exist, one that doesn't",
            );
            block.body(draft.at(place), bench.body_with(&list, 0, entries.into()));
        }
        block.finish()
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{can_swap_case, shell_expression, with_another_end};
    use crate::case::{FieldValue, Scenario};
    use crate::contract::Contract;
    use crate::generate::{Inputs, plan};

    #[test]
    fn a_token_ends_otherwise_in_bits_that_count() {
        assert_eq!(with_another_end("tokA"), Some(("tok", 'g')));
        assert_eq!(with_another_end("tok0"), Some(("tok", 'U')));
        for padded in ["tok=", "tok/", ""] {
            assert_eq!(with_another_end(padded), None, "{padded}");
        }
    }

    #[test]
    fn a_credential_is_not_moved_to_where_another_alternative_is_carried() {
        let moved = |security: serde_json::Value| {
            let document = json!({
                "openapi": "3.1.0",
                "info": {"title": "T", "version": "1"},
                "paths": {"/a": {"get": {"operationId": "a", "security": security,
                    "responses": {"200": {"description": "ok"}}}}},
                "components": {"securitySchemes": {
                    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                    "bearer": {"type": "http", "scheme": "bearer"}}},
            });
            let contract = Contract::parse("t.json", &document.to_string()).expect("is a contract");
            let key = FieldValue::Secret { value: "kx72-abc".into(), shell: "$TOKEN".into() };
            let inputs = Inputs { headers: vec![("X-Key".to_owned(), key)], ..Inputs::default() };
            let plan = plan(&contract.operations[0], &inputs).expect("can be planned");
            let cases = plan.blocks().flat_map(|block| block.cases);
            let moved = cases.filter(|case| case.scenario == Scenario::CredentialElsewhere);
            moved.filter(|case| case.request.header("Authorization").is_some()).count()
        };
        assert_eq!(moved(json!([{"key": []}])), 1);
        assert_eq!(moved(json!([{"key": []}, {"bearer": []}])), 0);
    }

    #[test]
    fn a_hexadecimal_token_is_the_same_in_both_cases() {
        assert!(!can_swap_case("0a1b-2c3d"));
        assert!(!can_swap_case("123456"));
        assert!(can_swap_case("MIIabc"));
    }

    #[test]
    fn a_changed_token_is_shown_as_a_bash_expansion() {
        assert_eq!(shell_expression("$TOKEN", "", "~~"), "${TOKEN~~}");
        assert_eq!(shell_expression("Bearer $TOKEN", "Bearer ", ":0:4"), "${TOKEN:0:4}");
    }
}
