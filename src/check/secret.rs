//! A secret in the spellings in which a server may give it back.

use std::fmt::Write as _;

use crate::redact::base64_cores;

/// A secret shorter than this is too likely to stand in an answer by chance.
const SHORTEST: usize = 8;

/// So many characters of a secret can be guessed, where at least so many others are known.
const GUESSED: usize = 4;
const LONG: usize = 16;

/// A secret as it is, cut by a few characters, percent-encoded, in HTML, in hexadecimal, and in Base64 at each alignment; nothing for one so
/// short that it may stand anywhere by chance.
pub(super) fn spellings(secret: &str) -> Vec<String> {
    if secret.chars().count() < SHORTEST {
        return Vec::new();
    }
    let mut found = vec![secret.to_owned(), percent(secret, false), percent(secret, true)];
    found.push(html(secret));
    found.extend([hexadecimal(secret, false), hexadecimal(secret, true)]);
    found.extend(all_but_the_end(secret));
    found.extend(base64_cores(secret));
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

fn hexadecimal(secret: &str, is_upper: bool) -> String {
    secret.bytes().fold(String::new(), |mut text, byte| {
        let written =
            if is_upper { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
        written.expect("a string takes all that is written to it");
        text
    })
}

/// A long secret cut short by so little that the rest can be guessed.
fn all_but_the_end(secret: &str) -> Option<String> {
    let kept = secret.chars().count().checked_sub(GUESSED)?;
    (kept >= LONG).then(|| secret.chars().take(kept).collect())
}

fn html(secret: &str) -> String {
    let text = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_secret_is_known_in_each_spelling() {
        let known = spellings("Token+zq/<1");
        for spelling in ["Token+zq/<1", "Token%2Bzq%2F%3C1", "Token%2bzq%2f%3c1", "Token+zq/&lt;1"]
        {
            assert!(known.iter().any(|held| held == spelling), "{spelling}");
        }
        assert!(known.iter().any(|held| held == "546f6b656e2b7a712f3c31"), "{known:?}");
        let long = spellings("0123456789abcdefWXYZ");
        assert!(long.iter().any(|held| held == "0123456789abcdef"), "{long:?}");
        // Base64 of "Token+zq/", which is all that doesn't depend on what comes behind.
        assert!(known.iter().any(|held| held.starts_with("VG9rZW4renEv")), "{known:?}");
    }

    #[test]
    fn a_short_secret_is_looked_for_in_no_spelling() {
        assert_eq!(spellings("secret7"), [""; 0]);
    }
}
