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

#[cfg(test)]
mod tests {
    use super::{base64, cores};

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
