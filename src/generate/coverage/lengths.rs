//! Strings on both sides of their length limits, in every unit and at every position.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::body::{in_company, replace};
use super::draft::Draft;
use super::positions::among_others;
use super::reach;
use super::sites::Site;
use crate::case::{Phase, Scenario};
use crate::contract::Strength;
use crate::generate::text::{self, CHARACTER_KINDS};

/// The largest text that is sent to show that a limit holds far beyond it.
const FAR_BEYOND: usize = 40_000;

/// Texts of up to so many characters are tried at some lengths in between as well,
const SHORT: usize = 256;

/// at so many equal parts of their limit.
const PARTS: usize = 8;

/// An identifier as many servers make them.
const UUID: &str = "0b5c2f6e-8d1a-4c37-9e42-7f60a1b3d5c8";

/// The blocks about lengths: one for each string, and one for each list of strings.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let all = &bench.sites;
    let texts = all.iter().filter(|site| site.is_free_text());
    Box::new(texts.flat_map(|site| [alone(bench, site), among_others(bench, site)]).flatten())
}

fn alone(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let place = &site.place;
    let mut block = bench.block(Phase::Coverage, format!("{place} lengths"));
    let mut rng = bench.rng(&format!("lengths/{place}"));
    let mut plain = |length| Value::from(text::alphanumeric(&mut rng, length));
    let least = site.schema.min_length().unwrap_or(0);

    let Some(most) = reach::longest(&site.schema) else {
        for length in [1, 2, 100].into_iter().filter(|length| *length >= least) {
            legal(&mut block, site, "plainCharacters", length, plain(length));
        }
        below_minimum(&mut block, site, least, &mut plain);
        return block.finish();
    };

    let mut at_limit = String::new();
    let mut lengths = vec![1, 2, most.saturating_sub(1), most];
    if most <= SHORT {
        lengths.extend((1..PARTS).map(|part| most * part / PARTS));
        lengths.sort_unstable();
    }
    lengths.retain(|length| reach::is_short(*length) || *length == most);
    lengths.retain(|length| (least.max(1)..=most).contains(length));
    lengths.dedup();
    for length in lengths {
        // What is far from the limit says nothing of it.
        let is_far = length + 2 < most && least == 0;
        let keyword = if is_far { "plainCharacters" } else { "maxLength" };
        at_limit = legal(&mut block, site, keyword, length, plain(length));
    }
    if most <= SHORT {
        every_length(&mut block, site, least.max(1)..=most, &mut plain);
    }
    below_minimum(&mut block, site, least, &mut plain);
    if !reach::is_short(most) {
        too_long(&mut block, site, &at_limit, &format!("{} characters", most + 1), plain(most + 1));
        return block.finish();
    }

    let mut above = vec![most + 1, most + 2, (most * 2).max(most + 3)];
    above.extend((most * 2 < FAR_BEYOND).then_some(FAR_BEYOND));
    // A count that is kept in one byte begins anew.
    above.push(most + 256);
    above.dedup();
    for length in above {
        too_long(&mut block, site, &at_limit, &format!("{length} characters"), plain(length));
    }
    if let Some(body) = in_company(&bench.body_with(place, 0, plain(most + 1))) {
        let intent = format!("{} characters, late in a larger body", most + 1);
        let draft = Draft::new(Scenario::StringAboveMaxLength, place, "maxLength", intent);
        block.body(draft.refused(bench).at(place).twin(&at_limit), body);
    }
    for (what, text) in texts_above(bench, site, most) {
        let intent = format!("{} characters, {what}", text.chars().count());
        too_long(&mut block, site, &at_limit, &intent, text.into());
    }
    for (what, text) in lines_above(bench, site, most) {
        let intent = format!("{} characters, {what}", most + 1);
        let draft = Draft::new(Scenario::StringAboveMaxLength, place, "maxLength", intent)
            .refused(bench)
            // Nobody says what becomes of control characters: they may be dropped first.
            .at_most(Strength::Should)
            .at(place)
            .twin(&at_limit);
        block.body(draft, bench.body_with(place, 0, text.into()));
    }
    units(&mut block, site, least, most);
    if most >= 2 {
        let intent = format!("{} characters, a no-break space at the end", most + 1);
        let text = format!("{}\u{a0}", text::alphanumeric(&mut rng, most));
        too_long(&mut block, site, &at_limit, &intent, text.into());
    }
    let [at_limit, above] = [most, most + 1].map(|length| text::alphanumeric(&mut rng, length));
    beside_full_lists(&mut block, site, &at_limit, &above);
    block.finish()
}

/// Lists whose entries are of every legal length.
fn every_length(
    block: &mut Builder<'_, '_>,
    site: &Site,
    lengths: RangeInclusive<usize>,
    plain: &mut impl FnMut(usize) -> Value,
) {
    let Some(list) = block.bench.list_of(site) else { return };
    let fewest = list.schema.min_items().unwrap_or(0);
    let lengths: Vec<usize> = lengths.collect();
    for piece in lengths.chunks(list.size.max(1)).filter(|piece| piece.len() >= fewest.max(2)) {
        let intent = format!("entries of {} to {} characters", piece[0], piece[piece.len() - 1]);
        let scenario = Scenario::StringWithinLengthLimits;
        let draft = Draft::new(scenario, &site.place, "plainCharacters", intent);
        let entries: Value = piece.iter().map(|length| plain(*length)).collect();
        let body = block.bench.body_with(&list.place, 0, entries);
        block.body(draft.accepted().at(&site.place), body);
    }
}

/// A text at its limit and one above it, with every other list of the body full: a large request
/// may be looked at less closely.
fn beside_full_lists(block: &mut Builder<'_, '_>, site: &Site, at_limit: &str, above: &str) {
    let mut lists = block.bench.lists();
    lists.retain(|list| !site.place.steps().starts_with(list.place.steps()));
    let Some((full, body)) = block.full(&lists) else { return };
    let draft = |scenario, text: &str| {
        let intent = format!("{} characters beside full lists", text.len());
        Draft::new(scenario, &site.place, "maxLength", intent).at(&site.place)
    };
    let legal = draft(Scenario::StringWithinLengthLimits, at_limit).accepted().twin(&full);
    let twin = block.body(legal, replace(&body, &site.place, 0, at_limit.into()));
    let long = draft(Scenario::StringAboveMaxLength, above).refused(block.bench).twin(&twin);
    block.body(long, replace(&body, &site.place, 0, above.into()));
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
    // Its 32 digits would fit: a server may let its usual spelling through.
    if (32..UUID.len()).contains(&most) {
        texts.push(("a UUID", UUID.to_owned()));
    }
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

/// Texts one character too long that are short to a pattern whose `$` stands before a last line
/// break, to one that looks at the first line, or to who trims.
fn lines_above(bench: &Bench<'_>, site: &Site, most: usize) -> Vec<(&'static str, String)> {
    if most < 2 {
        return Vec::new();
    }
    let plain = text::alphanumeric(&mut bench.rng(&format!("lines/{}", site.place)), most);
    let (first, second) = plain.split_at(most / 2);
    vec![
        ("a line feed at the end", format!("{plain}\n")),
        ("a tab at the end", format!("{plain}\t")),
        ("in two lines", format!("{first}\n{second}")),
    ]
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
