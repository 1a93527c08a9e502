//! `format`: the forms of strings and numbers that documents name.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` has the form that `name` names; `None` for a name that isn't known.
pub(super) fn holds(name: &str, text: &str) -> Option<bool> {
    Some(match name {
        "uuid" => uuid(text),
        "date" => date(text),
        "time" => time(text),
        "date-time" => date_time(text),
        "duration" => duration(text),
        "email" => email(text),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "hostname" => hostname(text),
        "uri" => uri(text),
        "byte" => base64(text),
        _ => return None,
    })
}

fn uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Exactly `width` ASCII digits, as a number.
fn digits(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn time(text: &str) -> bool {
    let Some(at) = text.find(['Z', 'z', '+', '-']) else { return false };
    let (clock, zone) = text.split_at(at);
    let zone_holds = match zone.as_bytes()[0] {
        b'Z' | b'z' => zone.len() == 1,
        _ => clock_parts(&zone[1..], 2).is_some_and(|parts| parts[0] < 24 && parts[1] < 60),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    zone_holds
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        // Leap seconds fall on 23:59:60 UTC; no other second 60 is generated or claimed.
        && clock_parts(clock, 3).is_some_and(|parts| {
            parts[0] < 24 && parts[1] < 60 && parts[2] < 60
        })
}

fn clock_parts(text: &str, count: usize) -> Option<Vec<u32>> {
    let parts: Vec<u32> = text.split(':').map(|part| digits(part, 2)).collect::<Option<_>>()?;
    (parts.len() == count).then_some(parts)
}

fn date_time(text: &str) -> bool {
    text.split_once(['T', 't']).is_some_and(|(day, clock)| date(day) && time(clock))
}

/// RFC 3339, appendix A: weeks alone, or days to years and seconds to hours without a gap.
fn duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) => (days, Some(clock)),
        None => (rest, None),
    };
    let units = |part: &str, order: &str| {
        let units: String = part.chars().filter(|char| !char.is_ascii_digit()).collect();
        let numbers = part.split(|char: char| !char.is_ascii_digit());
        let counted = numbers.clone().count() == units.len() + 1
            && numbers.take(units.len()).all(|number| !number.is_empty());
        counted && part.ends_with(|char: char| !char.is_ascii_digit()) && order.contains(&units)
    };
    match clock {
        Some(clock) => (days.is_empty() || units(days, "YMD")) && units(clock, "HMS"),
        None => units(days, "YMD") || units(days, "W"),
    }
}

fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !local.is_empty()
        && local.len() <= 64
        && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom))
        && hostname(domain)
}

fn hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let in_rest =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(in_scheme)
        && rest.bytes().all(in_rest)
        && rest.split('%').skip(1).all(|escape| {
            escape.len() >= 2 && escape.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
        })
}

fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len().is_multiple_of(4) && text.len() - body.len() <= 2 && body.bytes().all(is_digit)
}
