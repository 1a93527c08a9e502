//! Patterns as ECMA-262 writes them, in the spelling of other engines.

/// Spells an ECMA-262 pattern so that both engines read it alike.
pub(super) fn translate(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 8);
    let mut chars = source.chars().peekable();
    let mut in_class = false;
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                let escaped = chars.next().unwrap_or('\\');
                match (escaped, in_class) {
                    ('d', false) => out.push_str("[0-9]"),
                    ('d', true) => out.push_str("0-9"),
                    ('D', false) => out.push_str("[^0-9]"),
                    ('w', false) => out.push_str("[0-9A-Za-z_]"),
                    ('w', true) => out.push_str("0-9A-Za-z_"),
                    ('W', false) => out.push_str("[^0-9A-Za-z_]"),
                    ('s', false) => out.push_str(r"[\t\n\x0b\x0c\r ]"),
                    ('s', true) => out.push_str(r"\t\n\x0b\x0c\r "),
                    ('S', false) => out.push_str(r"[^\t\n\x0b\x0c\r ]"),
                    ('u', _) => {
                        out.push_str("\\x");
                        if chars.peek() != Some(&'{') {
                            out.push('{');
                            out.extend(chars.by_ref().take(4));
                            out.push('}');
                        }
                    }
                    (
                        '/' | '"' | '\'' | '@' | '%' | ',' | ':' | ';' | '=' | '!' | '_' | '<'
                        | '>' | '`',
                        _,
                    ) => {
                        out.push(escaped);
                    }
                    _ => out.extend(['\\', escaped]),
                }
            }
            '.' if !in_class => out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '[' if in_class => out.push_str(r"\["),
            // Doubled, these would be operations on sets.
            '&' | '~' if in_class => out.extend(['\\', char]),
            _ => {
                in_class = (in_class || char == '[') && char != ']';
                out.push(char);
            }
        }
    }
    out
}

/// The pattern without what looks ahead or behind; `None` where nothing does.
pub(super) fn without_looking(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut in_class = false;
    let mut found = false;
    while let Some(next) = rest.chars().next() {
        let looks = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| rest.starts_with(start));
        if looks && !in_class {
            rest = &rest[group_end(rest)?..];
            found = true;
            continue;
        }
        let escaped = if next == '\\' { rest.chars().nth(1) } else { None };
        let length = next.len_utf8() + escaped.map_or(0, char::len_utf8);
        if escaped.is_none() {
            in_class = (in_class || next == '[') && next != ']';
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    found.then_some(out)
}

/// Where the group ends that `source` begins with.
fn group_end(source: &str) -> Option<usize> {
    let (mut depth, mut in_class, mut is_escaped) = (0_usize, false, false);
    for (index, char) in source.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{translate, without_looking};

    #[test]
    fn what_other_engines_read_otherwise_is_spelled_out() {
        for (source, spelled) in [
            (r"^\d+$", "^[0-9]+$"),
            (r"[\d\s&&x]", r"[0-9\t\n\x0b\x0c\r \&\&x]"),
            (r"\u00e9\u{1F600}\/", r"\x{00e9}\x{1F600}/"),
            ("a.b", r"a[^\n\r\x{2028}\x{2029}]b"),
            ("[.[]", r"[.\[]"),
        ] {
            assert_eq!(translate(source), spelled, "{source}");
        }
    }

    #[test]
    fn what_looks_around_is_left_out_whole() {
        for (source, rest) in [
            ("^(?!.*(ab|[)]))a+$", Some("^a+$")),
            (r"a(?<=\(a)b", Some("ab")),
            (r"[(?=]\(?=a", None),
            ("(?=a", None),
        ] {
            assert_eq!(without_looking(source).as_deref(), rest, "{source}");
        }
    }
}
