//! What the base64 forms of a value have in common.

/// Shorter parts are too likely to stand somewhere by chance.
const SHORTEST: usize = 8;

/// The part of the base64 form that depends on this value alone, for each of the three ways in
/// which it can lie in something longer, in both alphabets.
pub(crate) fn cores(value: &str) -> Vec<String> {
    let mut cores = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(value.as_bytes());
        let first = (before * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        for alphabet in [b"+/", b"-_"] {
            let core: String = base64(&bytes, *alphabet)[first..end].iter().collect();
            if core.len() >= SHORTEST && !cores.contains(&core) {
                cores.push(core);
            }
        }
    }
    cores
}

/// Base64 without padding (RFC 4648), with the last two characters of its alphabet given.
pub(super) fn base64(bytes: &[u8], last: [u8; 2]) -> Vec<char> {
    let digit = |value: u8| match value {
        0..=25 => b'A' + value,
        26..=51 => b'a' + value - 26,
        52..=61 => b'0' + value - 52,
        62 => last[0],
        _ => last[1],
    };
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..(bytes.len() * 8).div_ceil(6))
        .map(|group| (0..6).fold(0, |value, at| value << 1 | bit(group * 6 + at)))
        .map(|value| char::from(digit(value)))
        .collect()
}

/// The user and the password of Basic credentials (RFC 7617), with the colon between them.
pub(crate) fn basic(credentials: &str) -> Option<String> {
    let (scheme, coded) = credentials.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let (mut bits, mut waiting, mut bytes) = (0_u32, 0, Vec::new());
    for character in coded.trim().trim_end_matches('=').bytes() {
        let digit = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        waiting += 6;
        if waiting >= 8 {
            waiting -= 8;
            bytes.push(u8::try_from(bits >> waiting & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| text.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::{base64, basic, cores};

    #[test]
    fn basic_credentials_are_a_user_and_a_password() {
        // The example of RFC 7617, 2.
        let read = basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(read.as_deref(), Some("Aladdin:open sesame"));
        assert_eq!(basic("basic dTpwYXNz").as_deref(), Some("u:pass"));
        for other in ["Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic", "Basic no:base64", "Basic eA"]
        {
            assert_eq!(basic(other), None, "{other}");
        }
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        let text = |bytes| base64(bytes, *b"+/").into_iter().collect::<String>();
        assert_eq!(text(b"foobar"), "Zm9vYmFy");
        assert_eq!(text(b"\xfb\xff\xbf"), "+/+/");
    }

    #[test]
    fn a_value_is_known_wherever_it_lies_in_something_longer() {
        let known = cores("Token+zq/81");
        for front in ["", "x", "xy"] {
            let longer = format!("{front}Token+zq/81..");
            let text: String = base64(longer.as_bytes(), *b"+/").into_iter().collect();
            assert!(known.iter().any(|core| text.contains(core)), "{front}: {text}");
        }
    }
}
