//! Strings of the forms that `format` names, and near misses.

use super::dice::Dice;
use super::text::{Texts, string};

/// The forms that are drawn; others read as no format at all.
pub(super) const KNOWN: [&str; 11] = [
    "uuid",
    "date",
    "time",
    "date-time",
    "duration",
    "email",
    "ipv4",
    "ipv6",
    "hostname",
    "uri",
    "byte",
];

/// Whether texts of the form that a schema names are told from others.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The form that a name which isn't [`KNOWN`] asks for, by the name that [`draw`] has for it.
///
/// To JSON Schema such a name forbids nothing, so that nothing is sent to break it. But a server may know
/// it, so that what is sent as legal is of that form.
pub(super) fn hinted(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "url" | "iri" | "uri-reference" | "iri-reference" | "uri-template" => "uri",
        "datetime" | "date_time" | "iso-datetime" | "google-datetime" => "date-time",
        "uuid" | "guid" => "uuid",
        "idn-email" => "email",
        "idn-hostname" | "domain" => "hostname",
        "ip" => "ipv4",
        "base64" | "base64url" => "byte",
        "int32" | "int64" | "uint32" | "uint64" | "integer" | "number" => "digits",
        "float" | "double" | "decimal" => "decimal",
        "phone" | "phone-number" => "phone",
        "google-duration" => "seconds",
        "google-fieldmask" => "members",
        "json-pointer" => "json-pointer",
        "relative-json-pointer" => "relative-json-pointer",
        "json-path" => "json-path",
        "regex" => "regex",
        "iso-country-code" | "country-code" => "country",
        "currency" | "iso4217" => "currency",
        "bcp-47" => "language",
        "timezone" | "time-zone" => "timezone",
        "http-method" => "method",
        _ => return None,
    })
}

/// The longest address that mail can be sent to: a path of 256 bytes with its brackets (RFC 5321,
/// 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// A string of the form, of about `length` code points where the form leaves that free.
pub(super) fn draw(name: &str, length: usize, dice: &mut Dice) -> String {
    let part = |length: usize, dice: &mut Dice| string(length, Texts::Plain, dice);
    match name {
        "uuid" => {
            let (high, low) = (dice.word(), dice.word());
            format!(
                "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
                high >> 32,
                (high >> 16) & 0xffff,
                high & 0xfff,
                0x8000 | ((low >> 48) & 0x3fff),
                low & 0xffff_ffff_ffff
            )
        }
        "date" => date(dice),
        "time" => time(dice),
        "date-time" => format!("{}T{}", date(dice), time(dice)),
        "duration" => match dice.below(3) {
            0 => format!("P{}W", dice.below(100)),
            1 => format!("P{}DT{}H", dice.below(400), dice.below(24)),
            _ => format!("PT{}M{}S", dice.below(60), dice.below(60)),
        },
        "email" => {
            let free = length.min(LONGEST_EMAIL).saturating_sub("@example.org".len()).max(1);
            // A local part has 64 characters at most, a label of the domain 63.
            let local = free.min(dice.between(1, 64));
            let mut domain = "example.org".to_owned();
            let mut left = free - local;
            while left > 1 {
                let label = (left - 1).min(60);
                domain = format!("{}.{domain}", part(label, dice));
                left -= label + 1;
            }
            format!("{}@{domain}", part(local, dice))
        }
        "ipv4" => {
            let bytes = dice.word().to_le_bytes();
            std::net::Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]).to_string()
        }
        "ipv6" => {
            let bits = (u128::from(dice.word()) << 64) | u128::from(dice.word());
            std::net::Ipv6Addr::from_bits(bits).to_string()
        }
        "hostname" => {
            let mut host = part(length.clamp(1, 60), dice);
            while host.len() + 1 < length.min(250) {
                let label = (length - host.len() - 1).min(60);
                host = format!("{}.{host}", part(label, dice));
            }
            host
        }
        "uri" => {
            let path = length.saturating_sub("https://example.org/".len());
            format!("https://example.org/{}", part(path, dice))
        }
        "byte" => part(length / 4 * 4, dice),
        "digits" => digits(length.clamp(1, 9), dice),
        "decimal" => match length {
            0..=2 => digits(1, dice),
            _ => format!("{}.{}", digits((length - 2).min(9), dice), dice.below(10)),
        },
        "phone" => format!("+1{}", digits(length.saturating_sub(2).clamp(7, 13), dice)),
        "seconds" => format!("{}s", digits(length.saturating_sub(1).clamp(1, 5), dice)),
        "json-pointer" => format!("/{}", part(length.saturating_sub(1), dice)),
        "relative-json-pointer" => format!("0/{}", part(length.saturating_sub(2), dice)),
        "json-path" => format!("$.a{}", part(length.saturating_sub(3), dice)),
        "country" => one_of(&["AT", "BR", "CN", "DE", "FR", "IN", "JP", "NG", "US", "ZA"], dice),
        "currency" => {
            one_of(&["BRL", "CHF", "CNY", "EUR", "GBP", "INR", "JPY", "NGN", "USD", "ZAR"], dice)
        }
        "language" => one_of(&["ar", "de", "en", "es", "fr", "hi", "it", "ja", "pt", "zh"], dice),
        "timezone" => {
            one_of(&["UTC", "Africa/Lagos", "America/Lima", "Asia/Tokyo", "Europe/Rome"], dice)
        }
        "method" => one_of(&["DELETE", "GET", "PATCH", "POST", "PUT"], dice),
        // Letters and digits are names of members, and expressions for themselves.
        _ => part(length, dice),
    }
}

/// A string of letters, digits and what else the form uses that just fails to be of the form.
pub(super) fn near_miss(name: &str, length: usize, dice: &mut Dice) -> String {
    let misses: &[&str] = match name {
        "date" => &["2024-02-30", "2023-13-01", "2024-1-05", "20240105", "05-01-2024"],
        "time" => &["25:00:00Z", "12:61:00Z", "12:00:00", "12:00Z"],
        "date-time" => &[
            "2024-02-30T10:00:00Z",
            "2024-02-03T25:00:00Z",
            "2024-02-03 ",
            "2024-02-03",
            "2024-02-03T10:00:00",
        ],
        "duration" => &["P", "5D", "P1", "P1D2Y", "PT", "P1H", "P1W2D"],
        "ipv4" => &["256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.x"],
        "ipv6" => &["1::2::3", "12345::", "::g", "1:2:3"],
        "hostname" => &["-a.example", "a..b", "exa mple"],
        "email" => &["example.org", "@example.org", "a@", "a b@example.org"],
        "uri" => &["example.org", "//example.org/a", "https//example.org"],
        "byte" => &["abc", "a=bc", "ab-_", "abcde"],
        _ => &[],
    };
    if name == "uuid" {
        let mut text = draw(name, length, dice);
        let at = dice.below(text.len());
        match dice.below(3) {
            0 => drop(text.remove(at)),
            1 => text.insert(at, 'a'),
            _ => text.replace_range(at..=at, "g"),
        }
        return text;
    }
    match dice.pick(misses) {
        // Letters alone can be a host name or an encoding.
        Some(miss) if ["hostname", "byte"].contains(&name) || !dice.one_in(4) => (*miss).to_owned(),
        _ => string(length, Texts::Plain, dice),
    }
}

fn one_of(texts: &[&str], dice: &mut Dice) -> String {
    dice.pick(texts).map_or_else(String::new, |text| (*text).to_owned())
}

/// A number of so many digits, the first of them no zero.
fn digits(count: usize, dice: &mut Dice) -> String {
    let digit =
        |at| char::from(b"0123456789"[if at == 0 { dice.between(1, 9) } else { dice.below(10) }]);
    (0..count).map(digit).collect()
}

fn date(dice: &mut Dice) -> String {
    let (month, day) = (dice.between(1, 12), dice.between(1, 28));
    let day = if month == 1 && day == 28 { 31 } else { day };
    format!("{:04}-{month:02}-{day:02}", dice.between(1970, 2099))
}

fn time(dice: &mut Dice) -> String {
    let clock = format!("{:02}:{:02}:{:02}", dice.below(24), dice.below(60), dice.below(60));
    match dice.below(4) {
        0 => format!("{clock}.{:03}Z", dice.below(1000)),
        1 => format!("{clock}+{:02}:00", dice.below(12)),
        _ => clock + "Z",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::contract::{Schema, Validator};
    use crate::generate::{Recipe, Seed, Texts};

    /// What is drawn for a schema, from a hundred seeds.
    fn drawn(schema: &serde_json::Value) -> Vec<String> {
        let recipe = Recipe::new(&Schema::at(&Arc::new(schema.clone()), "")).expect("is drawn");
        let draw = |seed| recipe.valid_of(Texts::Any, &mut Seed(seed).rng("o", "l", 0));
        (0..100).map(|seed| draw(seed).as_str().expect("a text").to_owned()).collect()
    }

    #[test]
    fn what_is_legal_is_of_the_form_that_another_reader_asks_for() {
        for format in [
            "idn-email",
            "idn-hostname",
            "iri",
            "iri-reference",
            "json-pointer",
            "regex",
            "relative-json-pointer",
            "uri-reference",
            "uri-template",
        ] {
            let schema = json!({"type": "string", "format": format});
            let validator = Validator::compile(&Schema::at(&Arc::new(schema.clone()), ""));
            let validator = validator.expect("compiles");
            for text in drawn(&schema) {
                assert!(validator.is_valid(&json!(text)), "{format}: {text:?}");
            }
        }
    }

    #[test]
    fn what_only_documents_know_reads_as_its_name_says() {
        let all = |format: &str, holds: &dyn Fn(&str) -> bool| {
            for text in drawn(&json!({"type": "string", "format": format, "maxLength": 15})) {
                assert!(holds(&text), "{format}: {text:?}");
            }
        };
        all("int64", &|text| text.parse::<i64>().is_ok());
        all("decimal", &|text| text.parse::<f64>().is_ok());
        let is_phone = |text: &str| text.len() > 8 && text[1..].parse::<u64>().is_ok();
        all("phone", &|text| text.starts_with('+') && is_phone(text));
        all("google-duration", &|text| {
            text.strip_suffix('s').is_some_and(|number| number.parse::<u32>().is_ok())
        });
        all("currency", &|text| text.len() == 3);
        // Of fifteen characters there is no address.
        all("url", &|text| text.chars().count() <= 15);
    }
}
