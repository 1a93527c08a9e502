//! Strings of every kind of character.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::draft::Draft;
use super::sites::{Site, comfortable_length};
use crate::case::{Phase, Scenario};
use crate::contract::Strength;
use crate::generate::text::CHARACTER_KINDS;

/// Strings of every kind of character, at their places.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let all = &bench.sites;
    // What schemas say together is not read here: cases that it forbids are dropped.
    let has_rule = |site: &Site| {
        let rule = bench.operation.rule_id(&site.place.to_string(), "plainCharacters");
        site.is_composed() && bench.operation.rule(&rule).is_some()
    };
    let texts = all.iter().filter(move |site| site.is_free_text() || has_rule(site));
    Box::new(texts.filter_map(|site| kinds(bench, site)))
}

/// Texts that break programs which put them into something else unquoted.
const AWKWARD: &[(&str, &str)] = &[
    ("a space within", "a b"),
    ("a space in front", " ab"),
    ("a space behind", "ab "),
    ("double quotes", "a\"b\""),
    ("single quotes", "it's"),
    ("a backslash", "a\\b"),
    ("a backslash at the end", "ab\\"),
    ("a slash", "a/b"),
    ("a way upwards", "../a"),
    ("percent escapes", "%00%s%n"),
    ("a plus sign and an escaped space", "a+b%20c"),
    ("template metacharacters", "{{7*7}}${7*7}"),
    ("SQL metacharacters", "' OR 1=1--"),
    ("angle brackets", "<b>&amp;"),
    ("shell metacharacters", "$(id);`id`|x"),
    ("punctuation", "a-b_c.d:e@f"),
    ("more punctuation", "a!b#c,d?e[f]g^h~i"),
    ("a line separator", "a\u{2028}b"),
    ("a no-break space", "a\u{a0}b"),
    ("characters without a width", "a\u{200d}b\u{200b}c"),
    ("right-to-left letters", "שלום"),
];

/// Digits alone are tried up to here.
const LONGEST_NUMBER: usize = 200;

/// Control characters: nobody says what becomes of them.
const CONTROL: &[(&str, &str)] = &[
    ("NUL", "a\0b"),
    ("a tab", "a\tb"),
    ("a line feed", "a\nb"),
    ("carriage return and line feed", "a\r\nb"),
    ("escape", "a\u{1b}[31m"),
    ("delete", "a\u{7f}b"),
    ("a C1 control", "a\u{85}b"),
    ("a bell", "a\u{7}b"),
    ("a byte-order mark within", "a\u{feff}b"),
    ("a change of direction", "a\u{202e}b"),
    ("what is no character", "a\u{ffff}b"),
];

/// Lists in which an entry of each kind of character stands behind a plain one, and of all of them in one.
fn beside_others(block: &mut Builder<'_, '_>, site: &Site) {
    let bench = block.bench;
    let Some(list) = bench.list_of(site) else { return };
    let sizes = list.schema.min_items().unwrap_or(0)..=list.size;
    let length = comfortable_length(&site.schema);
    let mut add = |intent: String, texts: Vec<String>| {
        let mut entries = bench.distinct(&list.items, 1);
        entries.extend(texts.into_iter().map(Value::from));
        if !sizes.contains(&entries.len()) {
            return;
        }
        let scenario = Scenario::PrintableCharacters;
        let draft = Draft::new(scenario, &site.place, "printableCharacters", intent);
        let draft = draft.accepted().at_most(Strength::Should).at(&site.place);
        block.body(draft, bench.body_with(&list.place, 0, entries.into()));
    };
    for kind in CHARACTER_KINDS {
        add(format!("{length} {}, behind a plain entry", kind.name), vec![kind.text(length)]);
    }
    let all = CHARACTER_KINDS.iter().map(|kind| kind.text(length));
    add("an entry of each kind of character".to_owned(), all.collect());
}

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
    plain(&mut block, site);
    beside_others(&mut block, site);
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
    let least = site.schema.min_length().unwrap_or(0);
    let most = site.schema.max_length().unwrap_or(64);
    let Some(list) = bench.list_of(site).filter(|list| !list.schema.unique_items()) else { return };
    let texts: Vec<&str> = AWKWARD
        .iter()
        .map(|(_, text)| *text)
        .filter(|text| (least..=most).contains(&text.chars().count()))
        .collect();
    let full = list.size;
    if texts.is_empty() || full == 0 {
        return;
    }
    let Some((twin, _)) = block.full(std::slice::from_ref(&list)) else { return };
    for piece in texts.chunks(full) {
        let entries = piece.iter().copied().cycle().take(full).map(Value::from);
        let intent = format!("{full} entries with punctuation, blanks and letters beyond ASCII");
        let scenario = Scenario::PrintableCharacters;
        let draft = Draft::new(scenario, &site.place, "printableCharacters", intent)
            .accepted()
            .at_most(Strength::Should)
            .at(&site.place)
            .twin(&twin);
        block.body(draft, bench.body_with(&list.place, 0, entries.collect()));
    }
}

/// Texts of digits, of lower-case and of upper-case letters alone; two entries of a list that
/// differ in the case of their letters.
fn plain(block: &mut Builder<'_, '_>, site: &Site) {
    let length = comfortable_length(&site.schema);
    let all = |letters: &str| letters.chars().cycle().take(length).collect::<String>();
    let draft = |intent: &str| {
        Draft::new(Scenario::PlainCharacters, &site.place, "plainCharacters", intent)
            .accepted()
            .at(&site.place)
    };
    let (lower, upper) = (all("fencpostqu"), all("FENCPOSTQU"));
    let (least, most) =
        (site.schema.min_length().unwrap_or(0), site.schema.max_length().unwrap_or(64));
    let digits = |length: usize| "8417093526".chars().cycle().take(length).collect::<String>();
    let mut rows = vec![
        ("digits only", all("8417093526")),
        ("lower-case letters only", lower.clone()),
        ("upper-case letters only", upper.clone()),
    ];
    // A number to a program that takes them for one: with other digits, too large, or nothing.
    let mut numbers = vec![
        ("digits with noughts in front", "00417".to_owned()),
        ("20 digits", digits(20)),
        ("the word null", "null".to_owned()),
        // What languages take for nothing, or for a number, or inherit.
        ("a nought", "0".to_owned()),
        ("the word false", "false".to_owned()),
        ("a number with an exponent", "12e5".to_owned()),
        ("the word constructor", "constructor".to_owned()),
    ];
    if most <= LONGEST_NUMBER {
        numbers.push(("as many digits as are legal", digits(most)));
    }
    let is_legal = |text: &str| (least..=most).contains(&text.chars().count());
    rows.extend(numbers.into_iter().filter(|(_, text)| is_legal(text)));
    for (name, text) in rows {
        let body = block.bench.body_with(&site.place, 0, text.into());
        block.body(draft(name), body);
    }
    let Some(list) = block.bench.list_of(site) else { return };
    let fewest = list.schema.min_items().unwrap_or(0);
    if length > 0 && (fewest..=list.size).contains(&2) {
        let entries = Value::from(vec![lower, upper]);
        let body = block.bench.body_with(&list.place, 0, entries);
        block.body(draft("two entries that differ in letter case alone"), body);
    }
    if least <= 1 && most >= 3 && (fewest..=list.size).contains(&3) {
        let entries = Value::from(vec!["007", "7", "1e2"]);
        let body = block.bench.body_with(&list.place, 0, entries);
        block.body(draft("three entries that are numbers to some, two of them equal"), body);
    }
}
