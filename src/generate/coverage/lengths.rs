//! Strings on both sides of their length limits, in every unit and at every position.

use serde_json::Value;

use super::bench::{Bench, Block, Builder, Draft};
use super::sites::{Site, sites};
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Strength};
use crate::generate::text::{self, CHARACTER_KINDS};

/// The largest text that is sent to show that a limit holds far beyond it.
const FAR_BEYOND: usize = 40_000;

/// A full list of this size where the contract sets no limit.
const UNLIMITED_LIST: usize = 10;

/// The blocks about lengths: one for each string, and one for each list of strings.
pub(crate) fn blocks(bench: &Bench<'_>) -> Vec<Block> {
    let Some(body) = &bench.operation.body else { return Vec::new() };
    let all = sites(&body.schema);
    let texts = all.iter().filter(|site| site.is_free_text());
    texts.flat_map(|site| [alone(bench, site), among_others(bench, site)]).flatten().collect()
}

fn alone(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let place = &site.place;
    let mut block = bench.block(Phase::Coverage, format!("{place} lengths"));
    let mut rng = bench.rng(&format!("lengths/{place}"));
    let mut plain = |length| Value::from(text::alphanumeric(&mut rng, length));
    let least = site.schema.min_length().unwrap_or(0);

    let Some(most) = site.schema.max_length() else {
        for length in [1, 2, 100].into_iter().filter(|length| *length >= least) {
            legal(&mut block, site, "plainCharacters", length, plain(length));
        }
        below_minimum(&mut block, site, least, &mut plain);
        return block.finish();
    };

    let mut at_limit = String::new();
    let mut lengths = vec![1, 2, most.saturating_sub(1), most];
    lengths.retain(|length| (least.max(1)..=most).contains(length));
    lengths.dedup();
    for length in lengths {
        at_limit = legal(&mut block, site, "maxLength", length, plain(length));
    }
    below_minimum(&mut block, site, least, &mut plain);

    let mut above = vec![most + 1, most + 2, (most * 2).max(most + 3)];
    above.extend((most * 2 < FAR_BEYOND).then_some(FAR_BEYOND));
    for length in above {
        too_long(&mut block, site, &at_limit, &format!("{length} characters"), plain(length));
    }
    for (what, text) in texts_above(bench, site, most) {
        let intent = format!("{} characters, {what}", most + 1);
        too_long(&mut block, site, &at_limit, &intent, text.into());
    }
    units(&mut block, site, least, most);
    block.finish()
}

/// Texts one character too long that a server may count otherwise: one that trims, one that looks
/// at what a text is made of, one that compares beginnings.
fn texts_above(bench: &Bench<'_>, site: &Site, most: usize) -> Vec<(&'static str, String)> {
    let mut rng = bench.rng(&format!("above/{}", site.place));
    let plain = text::alphanumeric(&mut rng, most);
    let all = |characters: &str| characters.chars().cycle().take(most + 1).collect::<String>();
    let mut texts = vec![
        ("digits only", all("0123456789")),
        ("lower-case letters only", all("abcdefghijklmnopqrstuvwxyz")),
        ("upper-case letters only", all("ZYXWVUTSRQPONMLKJIHGFEDCBA")),
    ];
    if most >= 2 {
        texts.push(("trailing space", format!("{plain} ")));
        texts.push(("leading space", format!(" {plain}")));
        texts.push(("spaces only", all(" ")));
    }
    if let Some(known) = bench.known_at(&site.place).first().filter(|known| !known.is_empty()) {
        texts.push(("beginning like one that may exist", all(known)));
    }
    texts
}

fn legal(
    block: &mut Builder<'_, '_>,
    site: &Site,
    keyword: &'static str,
    length: usize,
    value: Value,
) -> String {
    let intent = format!("{length} characters");
    let draft = Draft::new(Scenario::StringWithinLengthLimits, &site.place, keyword, intent)
        .accepted()
        .at(&site.place);
    let body = block.bench.body_with(&site.place, 0, value);
    block.body(draft, body)
}

fn too_long(block: &mut Builder<'_, '_>, site: &Site, twin: &str, intent: &str, value: Value) {
    let draft = Draft::new(Scenario::StringAboveMaxLength, &site.place, "maxLength", intent)
        .refused(block.bench)
        .at(&site.place)
        .twin(twin);
    let body = block.bench.body_with(&site.place, 0, value);
    block.body(draft, body);
}

fn below_minimum(
    block: &mut Builder<'_, '_>,
    site: &Site,
    least: usize,
    plain: &mut impl FnMut(usize) -> Value,
) {
    if least == 0 {
        let draft = Draft::new(Scenario::EmptyString, &site.place, "minLength", "empty string");
        let body = block.bench.body_with(&site.place, 0, "".into());
        block.body(draft.at(&site.place), body);
        return;
    }
    let at_limit = legal(block, site, "minLength", least, plain(least));
    for length in [least - 1, least.saturating_sub(2), 0].into_iter().take(least.min(3)) {
        let intent = format!("{length} characters");
        let draft = Draft::new(Scenario::StringBelowMinLength, &site.place, "minLength", intent)
            .refused(block.bench)
            .at(&site.place)
            .twin(&at_limit);
        let body = block.bench.body_with(&site.place, 0, plain(length));
        block.body(draft, body);
    }
}

/// Characters of more than one byte, a few and at the limit: what is a character?
///
/// A server that takes a few of them and refuses as many as the limit counts something else. A
/// server that refuses the few takes no such characters, which is another rule's matter: the few
/// are the twin of the many.
fn units(block: &mut Builder<'_, '_>, site: &Site, least: usize, most: usize) {
    let place = &site.place;
    for kind in CHARACTER_KINDS {
        let few = least.max(2).min(most);
        let mut add = |draft: Draft, length: usize| {
            let body = block.bench.body_with(place, 0, kind.text(length).into());
            block.body(draft.at(place), body)
        };
        let draft = |scenario, keyword, length| {
            Draft::new(scenario, place, keyword, format!("{length} {}", kind.name))
        };
        let few_accepted =
            add(draft(Scenario::PrintableCharacters, "printableCharacters", few).accepted(), few);
        let keyword = if kind.decided { "maxLength" } else { "lengthUnit" };
        let many_accepted = add(
            draft(Scenario::StringWithinLengthLimits, keyword, most).accepted().twin(&few_accepted),
            most,
        );
        let mut above = draft(Scenario::StringAboveMaxLength, "maxLength", most + 1)
            .refused(block.bench)
            .twin(&many_accepted);
        above.keyword = keyword;
        let body = block.bench.body_with(place, 0, kind.text(most + 1).into());
        block.body(above.at(place), body);
    }
}

/// Lists in which one entry, or every entry, stands at a limit.
fn among_others(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let list = site.list()?;
    let most = site.schema.max_length()?;
    let list_schema = bench.schema_at(&list)?;
    let full = list_schema.max_items().unwrap_or(UNLIMITED_LIST).min(1_000);
    let fewest = list_schema.min_items().unwrap_or(1).max(1);
    let mut block = bench.block(Phase::Coverage, format!("{} lengths by position", site.place));
    let mut rng = bench.rng(&format!("positions/{}", site.place));

    // A limit that comes one character early in any position shows here.
    let longest = Bench::texts(&mut rng, full, most);
    let draft = Draft::new(
        Scenario::StringWithinLengthLimits,
        &site.place,
        "maxLength",
        format!("{full} entries of {most} characters"),
    );
    let body = bench.body_with(&list, 0, longest.into());
    block.body(draft.accepted().at(&site.place), body);

    let mut sizes = vec![2, 3, 5];
    sizes.retain(|size| (fewest..full).contains(size));
    sizes.push(full);
    for size in sizes {
        let positions: Vec<usize> =
            if size == full { (0..size).collect() } else { ends_and_middle(size) };
        let twin = {
            let legal = text::alphanumeric(&mut rng, most);
            let intent = format!("{most} characters, entry {size} of {size}");
            let draft =
                Draft::new(Scenario::StringWithinLengthLimits, &site.place, "maxLength", intent)
                    .accepted()
                    .at(&site.place);
            block.body(draft, with_entry(bench, site, &list, size, size - 1, legal.into()))
        };
        for position in positions {
            let offender = text::alphanumeric(&mut rng, most + 1);
            let intent = format!("{} characters, entry {} of {size}", most + 1, position + 1);
            let draft =
                Draft::new(Scenario::StringAboveMaxLength, &site.place, "maxLength", intent)
                    .refused(bench)
                    .at(&site.place)
                    .twin(&twin);
            block.body(draft, with_entry(bench, site, &list, size, position, offender.into()));
        }
    }
    block.finish()
}

/// The first, middle and last position of a list.
pub(crate) fn ends_and_middle(size: usize) -> Vec<usize> {
    let mut positions = vec![0, size / 2, size.saturating_sub(1)];
    positions.dedup();
    positions
}

/// The plain body with a list of `size` plain entries at `list`, and `entry` at `position` of it.
pub(crate) fn with_entry(
    bench: &Bench<'_>,
    items: &Site,
    list: &Place,
    size: usize,
    position: usize,
    entry: Value,
) -> Value {
    let mut entries = bench.repeated(items, size);
    entries[position] = entry;
    bench.body_with(list, 0, entries.into())
}

/// Strings of every kind of character, at their places.
pub(crate) fn characters(bench: &Bench<'_>) -> Vec<Block> {
    let Some(body) = &bench.operation.body else { return Vec::new() };
    let all = sites(&body.schema);
    all.iter().filter(|site| site.is_free_text()).filter_map(|site| kinds(bench, site)).collect()
}

/// Texts that break programs which put them into something else unquoted.
const AWKWARD: &[(&str, &str)] = &[
    ("a space within", "a b"),
    ("double quotes", "a\"b\""),
    ("single quotes", "it's"),
    ("a backslash", "a\\b"),
    ("a slash", "../a"),
    ("percent escapes", "%00%s%n"),
    ("template metacharacters", "{{7*7}}${7*7}"),
    ("SQL metacharacters", "' OR 1=1--"),
    ("angle brackets", "<b>&amp;"),
    ("shell metacharacters", "$(id);`id`|x"),
    ("punctuation", "a-b_c.d:e@f"),
    ("a no-break space", "a\u{a0}b"),
    ("right-to-left letters", "שלום"),
];

/// Control characters: nobody says what becomes of them.
const CONTROL: &[(&str, &str)] = &[
    ("NUL", "a\0b"),
    ("a tab", "a\tb"),
    ("a line feed", "a\nb"),
    ("carriage return and line feed", "a\r\nb"),
    ("escape", "a\u{1b}[31m"),
    ("delete", "a\u{7f}b"),
    ("a C1 control", "a\u{85}b"),
];

fn kinds(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let most = site.schema.max_length().unwrap_or(64);
    let least = site.schema.min_length().unwrap_or(0);
    let mut block = bench.block(Phase::Coverage, format!("{} characters", site.place));
    let alphabet: Vec<char> = ('0'..='9').chain('a'..='z').chain('A'..='Z').collect();
    for piece in alphabet.chunks(most.clamp(1, 31)).filter(|piece| piece.len() >= least) {
        let text: String = piece.iter().collect();
        let intent = format!("letters and digits `{text}`");
        let draft = Draft::new(Scenario::PlainCharacters, &site.place, "plainCharacters", intent);
        let body = bench.body_with(&site.place, 0, text.into());
        block.body(draft.accepted().at(&site.place), body);
    }
    let rows = AWKWARD
        .iter()
        .map(|row| (row, Scenario::PrintableCharacters, "printableCharacters"))
        .chain(CONTROL.iter().map(|row| (row, Scenario::ControlCharacters, "controlCharacters")));
    for ((name, text), scenario, keyword) in rows {
        let text: String = text.chars().take(most).collect();
        if text.chars().count() < least {
            continue;
        }
        let draft = Draft::new(scenario, &site.place, keyword, *name).at(&site.place);
        let draft = if scenario == Scenario::PrintableCharacters {
            draft.accepted().at_most(Strength::Should)
        } else {
            draft
        };
        let body = bench.body_with(&site.place, 0, text.into());
        block.body(draft, body);
    }
    awkward_list(bench, site, &mut block);
    block.finish()
}

/// Full lists of awkward texts: what is lost or changed where a list is long shows here.
fn awkward_list(bench: &Bench<'_>, site: &Site, block: &mut Builder<'_, '_>) {
    let (Some(list), least) = (site.list(), site.schema.min_length().unwrap_or(0)) else { return };
    let Some(schema) = bench.schema_at(&list).filter(|schema| !schema.unique_items()) else {
        return;
    };
    let most = site.schema.max_length().unwrap_or(64);
    let full = schema.max_items().unwrap_or(UNLIMITED_LIST).min(1_000);
    let texts: Vec<&str> = AWKWARD
        .iter()
        .map(|(_, text)| *text)
        .filter(|text| (least..=most).contains(&text.chars().count()))
        .collect();
    if texts.is_empty() || full == 0 {
        return;
    }
    for piece in texts.chunks(full) {
        let entries = piece.iter().copied().cycle().take(full).map(Value::from);
        let intent = format!("{full} entries with punctuation, blanks and letters beyond ASCII");
        let draft =
            Draft::new(Scenario::PrintableCharacters, &site.place, "printableCharacters", intent)
                .accepted()
                .at_most(Strength::Should)
                .at(&site.place);
        block.body(draft, bench.body_with(&list, 0, entries.collect()));
    }
}
