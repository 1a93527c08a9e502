//! One character of a secret, in all the ways a text may spell it.

/// Which spellings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spellings {
    /// The character itself and its JSON escapes.
    Json,
    /// Those, percent-encoding, `+` for a blank, HTML references, and either case of ASCII letters.
    All,
}

/// The most backslashes of one escape that are looked at.
const DEEPEST: usize = 8;

/// How many bytes of `text` spell `character`, in each way that they do.
pub(super) fn lengths(text: &[u8], character: char, spellings: Spellings, found: &mut Vec<usize>) {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    if plain(text, bytes, spellings) {
        found.push(bytes.len());
    }
    match text.first() {
        Some(b'\\') => {
            if character == '\\' {
                // Once and twice escaped; unescaped is above.
                found.extend([2, 4].into_iter().filter(|&count| slashes(text) >= count));
            }
            found.extend(json(text, character, spellings));
        }
        Some(b'%') if spellings == Spellings::All => percent(text, bytes, found),
        Some(b'&') if spellings == Spellings::All => found.extend(html(text, character)),
        Some(b'+') if spellings == Spellings::All && character == ' ' => found.push(1),
        _ => {}
    }
}

fn plain(text: &[u8], bytes: &[u8], spellings: Spellings) -> bool {
    match spellings {
        Spellings::Json => text.starts_with(bytes),
        Spellings::All => text.get(..bytes.len()).is_some_and(|t| t.eq_ignore_ascii_case(bytes)),
    }
}

fn slashes(text: &[u8]) -> usize {
    text.iter().take(DEEPEST).take_while(|&&byte| byte == b'\\').count()
}

/// A JSON escape; JSON within JSON has more than one backslash.
fn json(text: &[u8], character: char, spellings: Spellings) -> Option<usize> {
    let slashes = slashes(text);
    let rest = &text[slashes..];
    let short = match rest.first()? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let mut read = 0;
            for unit in character.encode_utf16(&mut [0; 2]) {
                let at = &rest[read..];
                // The second half of a pair has backslashes of its own.
                let again = if read == 0 { 0 } else { slashes };
                let digits = at.get(again + 1..again + 5)?;
                if at.get(again) != Some(&b'u') || !same_unit(digits, *unit, spellings) {
                    return None;
                }
                read += again + 5;
            }
            return Some(slashes + read);
        }
        &byte => char::from(byte),
    };
    let escapable = !short.is_ascii_alphanumeric() && short.is_ascii() && short != '\\';
    (escapable && short == character).then_some(slashes + 1)
}

fn same_unit(digits: &[u8], unit: u16, spellings: Spellings) -> bool {
    let Some(read) = std::str::from_utf8(digits).ok().and_then(|d| u16::from_str_radix(d, 16).ok())
    else {
        return false;
    };
    let fold = |unit: u16| u8::try_from(unit).map_or(unit, |b| b.to_ascii_lowercase().into());
    read == unit || (spellings == Spellings::All && fold(read) == fold(unit))
}

/// Percent-encoded bytes, the percent signs perhaps encoded again (`%252F`), all equally often.
fn percent(text: &[u8], bytes: &[u8], found: &mut Vec<usize>) {
    for sign in [&b"%"[..], b"%25", b"%2525"] {
        let same = |(at, byte): (usize, &u8)| {
            let digits = text.get(at..)?.strip_prefix(sign)?.get(..2)?;
            let value = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            value.eq_ignore_ascii_case(byte).then_some(())
        };
        let width = sign.len() + 2;
        if bytes.iter().enumerate().all(|(n, byte)| same((n * width, byte)).is_some()) {
            found.push(bytes.len() * width);
        }
    }
}

/// An HTML reference: by name, or by number.
fn html(text: &[u8], character: char) -> Option<usize> {
    let end = text.iter().take(12).position(|&byte| byte == b';')?;
    let name = std::str::from_utf8(&text[1..end]).ok()?;
    let meant = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    };
    (meant?.eq_ignore_ascii_case(&character)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::{Spellings, lengths};

    fn spelled(text: &str, character: char, spellings: Spellings) -> bool {
        let mut found = Vec::new();
        lengths(text.as_bytes(), character, spellings, &mut found);
        found.contains(&text.len())
    }

    #[test]
    fn every_spelling_is_known() {
        for (character, texts) in [
            (
                '/',
                &["/", "\\/", "%2f", "%2F", "%252F", "\\u002f", "\\\\u002F", "&#47;", "&#x2F;"][..],
            ),
            ('"', &["\"", "\\\"", "\\\\\\\"", "%22", "&quot;", "\\u0022"]),
            ('\\', &["\\", "\\\\", "%5c", "\\u005c"]),
            ('%', &["%", "%25", "\\u0025"]),
            ('a', &["a", "A", "%61", "%41", "\\u0061", "\\u0041", "&#97;"]),
            (' ', &[" ", "+", "%20", "\\u0020"]),
            ('ü', &["ü", "%C3%bc", "\\u00fc", "&#252;"]),
            ('😀', &["😀", "%F0%9F%98%80", "\\ud83d\\ude00", "&#128512;"]),
            ('\n', &["\n", "\\n", "%0a", "\\u000A"]),
        ] {
            for text in texts {
                assert!(spelled(text, character, Spellings::All), "{text} for {character}");
            }
        }
    }

    #[test]
    fn an_exact_reading_takes_json_alone() {
        for text in ["/", "\\/", "\\u002f"] {
            assert!(spelled(text, '/', Spellings::Json));
        }
        for (text, character) in [("A", 'a'), ("%2f", '/'), ("+", ' '), ("\\u0041", 'a')] {
            assert!(!spelled(text, character, Spellings::Json), "{text}");
        }
    }

    #[test]
    fn broken_escapes_are_nothing() {
        for text in ["%", "%2", "%zz", "\\", "\\u", "\\u00", "\\ud83d", "&", "&#;", "&#x;", "\\n"] {
            for character in ['z', '😀', 'n'] {
                assert!(!spelled(text, character, Spellings::All), "{text} for {character}");
            }
        }
    }
}
