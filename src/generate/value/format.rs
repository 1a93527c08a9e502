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
