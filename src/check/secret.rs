//! A secret in the spellings in which a server may give it back.

use std::fmt::Write as _;

/// A secret shorter than this is too likely to stand in an answer by chance.
const SHORTEST: usize = 8;

/// A secret as it is, percent-encoded, in HTML, and in Base64 at each alignment; nothing for one so
/// short that it may stand anywhere by chance.
pub(super) fn spellings(secret: &str) -> Vec<String> {
    if secret.chars().count() < SHORTEST {
        return Vec::new();
    }
    let mut found = vec![secret.to_owned(), percent(secret, false), percent(secret, true)];
    found.push(html(secret));
    for skipped in 0..3 {
        let rest = secret.as_bytes().get(skipped..).unwrap_or_default();
        let whole = base64(&rest[..rest.len() / 3 * 3]);
        found.push(whole.replace('+', "-").replace('/', "_"));
        found.push(whole);
    }
    found.retain(|spelling| spelling.len() >= SHORTEST);
    let mut kept: Vec<String> = Vec::new();
    for spelling in found {
        if !kept.contains(&spelling) {
            kept.push(spelling);
        }
    }
    kept
}

fn percent(secret: &str, is_lower: bool) -> String {
    let mut text = String::new();
    for byte in secret.bytes() {
        let written = match byte {
            b'-' | b'_' | b'.' | b'~' => write!(text, "{}", char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => write!(text, "{}", char::from(byte)),
            _ if is_lower => write!(text, "%{byte:02x}"),
            _ => write!(text, "%{byte:02X}"),
        };
        written.expect("a string takes all that is written to it");
    }
    text
}

fn html(secret: &str) -> String {
    let text = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

/// Whole groups of three bytes in Base64 (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes
        .chunks_exact(3)
        .map(|group| group.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte)));
    groups
        .flat_map(|bits| [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{base64, spellings};

    #[test]
    fn base64_is_that_of_the_standard() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"\xfb\xff\xbf"), "+/+/");
    }

    #[test]
    fn a_secret_is_known_in_base64_wherever_it_stands() {
        let known = spellings("Token+zq/81");
        for front in ["", "x", "xy"] {
            let text = base64(format!("{front}Token+zq/81..").as_bytes());
            assert!(known.iter().any(|spelling| text.contains(spelling)), "{front}: {text}");
        }
        assert!(known.contains(&"Token%2Bzq%2F81".to_owned()));
    }

    #[test]
    fn a_short_secret_is_looked_for_in_no_spelling() {
        assert_eq!(spellings("secret7"), [""; 0]);
    }
}
