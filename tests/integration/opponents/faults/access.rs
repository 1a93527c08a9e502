//! Let in without proof, or by another door.

use serde_json::json;

use super::super::koophone::PATH;
use super::super::traits::{TOKEN, Traits, gateway};
use super::super::wire::Reply;
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

/// Lets these values in beside the right one.
macro_rules! also_authentic {
    ($token:expr) => {
        Traits {
            authentic: |token, seen| {
                (OK.authentic)(token, seen)
                    || $token(token.map(|raw: &str| raw.trim_matches(['\r', '\n'])))
            },
            ..OK
        }
    };
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "token not required",
        &["prepare/header.X-Auth-Token/required"],
        also_authentic!(|token: Option<&str>| token.is_none()),
    ),
    fault(
        "any token",
        &["prepare/header.X-Auth-Token/value"],
        also_authentic!(|token: Option<&str>| token.is_some_and(|t| !t.trim().is_empty())),
    ),
    fault(
        "a wrong token of the right length",
        &["prepare/header.X-Auth-Token/value", "prepare/header.X-Auth-Token/letterCase"],
        also_authentic!(|token: Option<&str>| {
            token.is_some_and(|t| t.trim().len() == TOKEN.len())
        }),
    ),
    fault(
        "empty token",
        &["prepare/header.X-Auth-Token/empty", "prepare/header.X-Auth-Token/blank"],
        also_authentic!(|token: Option<&str>| token.is_some_and(|t| t.trim().is_empty())),
    ),
    fault(
        "blank token",
        &["prepare/header.X-Auth-Token/blank"],
        // The blank behind the colon is HTTP's own.
        also_authentic!(|token: Option<&str>| {
            token.is_some_and(|t| t.trim().is_empty() && t.len() > 1)
        }),
    ),
    fault(
        "token cut in half",
        &["prepare/header.X-Auth-Token/cut"],
        also_authentic!(|token: Option<&str>| token.is_some_and(|t| {
            let t = t.trim();
            t.len() * 2 + 1 >= TOKEN.len() && TOKEN.starts_with(t)
        })),
    ),
    fault(
        "token by its second half",
        &["prepare/header.X-Auth-Token/cut"],
        also_authentic!(|token: Option<&str>| token.is_some_and(|t| {
            let t = t.trim();
            t.len() * 2 >= TOKEN.len() && TOKEN.ends_with(t)
        })),
    ),
    fault(
        "token by its first twelve characters",
        &["prepare/header.X-Auth-Token/cut", "prepare/header.X-Auth-Token/value"],
        also_authentic!(|token: Option<&str>| {
            token.is_some_and(|t| t.trim().starts_with(&TOKEN[..12]))
        }),
    ),
    fault(
        "the token null",
        &["prepare/header.X-Auth-Token/value"],
        also_authentic!(|token: Option<&str>| token.is_some_and(|t| t.trim() == "null")),
    ),
    fault(
        "token in any letter case",
        &["prepare/header.X-Auth-Token/letterCase"],
        also_authentic!(|token: Option<&str>| {
            token.is_some_and(|t| t.trim().eq_ignore_ascii_case(TOKEN))
        }),
    ),
    fault(
        "token taken from the query",
        &["prepare/header.X-Auth-Token/elsewhere"],
        Traits {
            authentic: |token, seen| (OK.authentic)(token, seen) || seen.query.contains(TOKEN),
            ..OK
        },
    ),
    fault(
        "missing token answered with success's code",
        &["prepare/header.X-Auth-Token/required", "prepare/response/success"],
        Traits {
            unauthenticated: |_| {
                let data = json!({"status_list": []});
                Reply::json(200, json!({"error_code": "0", "error_msg": "ok", "data": data}))
            },
            ..OK
        },
    ),
    fault(
        "500 for a missing token",
        &["prepare/response/serverError", "prepare/header.X-Auth-Token/required"],
        Traits {
            unauthenticated: |_| {
                let body = json!({"error_code": "KOOPHONE.API.9999", "error_msg": "null"});
                Reply::json(500, body)
            },
            ..OK
        },
    ),
    fault(
        "GET accepted",
        &["prepare/method/unsupported"],
        Traits {
            misrouted: |seen| {
                if seen.method == "GET" && seen.path == PATH {
                    let data = json!({"status_list": []});
                    let body = json!({"error_code": "0", "error_msg": "ok", "data": data});
                    return Some(Reply::json(200, body));
                }
                (OK.misrouted)(seen)
            },
            ..OK
        },
    ),
    fault(
        "PUT accepted",
        &["prepare/method/unsupported"],
        Traits {
            misrouted: |seen| {
                let put = seen.method == "PUT" && seen.path == PATH;
                if put { None } else { (OK.misrouted)(seen) }
            },
            ..OK
        },
    ),
    fault(
        "any method accepted",
        &["prepare/method/unsupported"],
        Traits {
            misrouted: |seen| (seen.path != PATH).then(|| gateway(404, "APIG.0101", "no such API")),
            ..OK
        },
    ),
    fault(
        "other paths accepted",
        &["prepare/path/unknown"],
        Traits {
            misrouted: |seen| {
                (seen.method != "POST").then(|| gateway(405, "APIG.0101", "no such method"))
            },
            ..OK
        },
    ),
];
