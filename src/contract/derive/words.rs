//! Promises in words.

use serde_json::Value;

/// Keywords that limit a scalar.
pub(super) const SCALAR_LIMITS: [&str; 8] = [
    "maxLength",
    "minLength",
    "pattern",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
];

/// `is a string`, `is an integer or null`.
pub(super) fn types(types: &[&str]) -> String {
    let words: Vec<_> = types
        .iter()
        .map(|name| match *name {
            "null" => "null".to_owned(),
            "object" | "array" | "integer" => format!("an {name}"),
            name => format!("a {name}"),
        })
        .collect();
    format!("is {}", words.join(" or "))
}

/// `at most 32 characters`; `None` for keywords that don't say a limit.
pub(super) fn limit(keyword: &str, value: &Value) -> Option<String> {
    let count = |noun: &str, nouns: &str| {
        let noun = if value.as_f64() == Some(1.0) { noun } else { nouns };
        format!("{value} {noun}")
    };
    Some(match keyword {
        "maxLength" => format!("at most {}", count("character", "characters")),
        "minLength" => format!("at least {}", count("character", "characters")),
        "maxItems" => format!("at most {}", count("entry", "entries")),
        "minItems" => format!("at least {}", count("entry", "entries")),
        "maxProperties" => format!("at most {}", count("member", "members")),
        "minProperties" => format!("at least {}", count("member", "members")),
        "maximum" => format!("at most {value}"),
        "minimum" => format!("at least {value}"),
        "exclusiveMaximum" => format!("less than {value}"),
        "exclusiveMinimum" => format!("more than {value}"),
        "multipleOf" => format!("a multiple of {value}"),
        "pattern" => format!("matches the pattern {}", value.as_str()?),
        "format" => format!("has the format {}", value.as_str()?),
        _ => return None,
    })
}

/// `one of "a", "b"`; beyond eight values, how many.
pub(super) fn one_of(values: &[&Value]) -> String {
    match values {
        [only] => format!("is {only}"),
        values if values.len() > 8 => format!("one of {} documented values", values.len()),
        values => {
            let words: Vec<_> = values.iter().map(ToString::to_string).collect();
            format!("one of {}", words.join(", "))
        }
    }
}
