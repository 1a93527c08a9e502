//! A short text that a pattern accepts.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The text that takes the first choice everywhere in `pattern`: `^APIGW\.[0-9]{4}$` gives
/// `APIGW.0000`. `None` where the pattern can't be read.
pub(super) fn shortest(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => text.push(class.ranges().first()?.start()),
        HirKind::Class(Class::Bytes(class)) => {
            text.push(char::from(class.ranges().first()?.start()));
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write(&repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(choices) => write(choices.first()?, text)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn the_first_choice_is_taken_everywhere() {
        for (pattern, text) in
            [(r"^APIGW\.[0-9]{4}$", "APIGW.0000"), ("^(a|b)+c?$", "a"), ("x{2,3}[à-é]*", "xx")]
        {
            assert_eq!(shortest(pattern).as_deref(), Some(text), "{pattern}");
        }
        assert_eq!(shortest("("), None);
    }
}
