//! Lengths in lists: the offender in any position, beside others.

use serde_json::Value;

use super::bench::{Bench, Block, Builder};
use super::draft::Draft;
use super::reach;
use super::sites::Site;
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Schema};
use crate::generate::text::{self, WIDE};

/// Nobody decides what becomes of larger bodies: 64 KiB, and room for the rest of the body.
const LARGEST_BODY: usize = 60_000;

/// Full lists of the longest texts come to no more than this many characters.
const LARGEST_PLAIN: usize = 1 << 20;

/// Lists in which one entry, or every entry, stands at a limit.
pub(crate) fn among_others(bench: &Bench<'_>, site: &Site) -> Option<Block> {
    let text_list = bench.list_of(site)?;
    let list = text_list.place.clone();
    let most = reach::longest(&site.schema).filter(|most| reach::is_short(*most))?;
    let full = text_list.size;
    let fewest = text_list.schema.min_items().unwrap_or(1).max(1);
    let mut block = bench.block(Phase::Coverage, format!("{} lengths by position", site.place));
    let mut rng = bench.rng(&format!("positions/{}", site.place));

    let (plain_full, _) = block.full(&[text_list])?;
    // A limit that comes one character early in any position shows here.
    if full.saturating_mul(most) <= LARGEST_PLAIN {
        let longest = Bench::texts(&mut rng, full, most);
        let draft = Draft::new(
            Scenario::StringWithinLengthLimits,
            &site.place,
            "maxLength",
            format!("{full} entries of {most} characters"),
        );
        let body = bench.body_with(&list, 0, longest.into());
        block.body(draft.accepted().at(&site.place).twin(&plain_full), body);
    }
    wide_entries(&mut block, site, &list, full, &plain_full);

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
            let draft = if size == full { draft.twin(&plain_full) } else { draft };
            block.body(draft, with_entry(bench, site, &list, size, size - 1, legal.into()))
        };
        if size == 2 || size == full {
            wide_entry(&mut block, site, &list, size, (size == full).then_some(&plain_full));
        }
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

/// Characters of three bytes in the last entry of a list, a few and as many as the limit: the
/// entries behind the first may be measured in another way.
fn wide_entry(
    block: &mut Builder<'_, '_>,
    site: &Site,
    list: &Place,
    count: usize,
    plain: Option<&String>,
) {
    let Some((few, most)) = few_and_most(&site.schema) else { return };
    let bench = block.bench;
    let mut add = |draft: Draft, length: usize| {
        let body = with_entry(bench, site, list, count, count - 1, wide_text(0, length).into());
        block.body(draft.accepted().at(&site.place), body)
    };
    let draft = |scenario, keyword, length: usize| {
        let intent = format!("{length} {}, entry {count} of {count}", WIDE.name);
        Draft::new(scenario, &site.place, keyword, intent)
    };
    let few_draft = draft(Scenario::PrintableCharacters, "printableCharacters", few);
    let few_draft = match plain {
        Some(plain) => few_draft.twin(plain),
        None => few_draft,
    };
    let few_accepted = add(few_draft, few);
    let draft = draft(Scenario::StringWithinLengthLimits, "maxLength", most);
    add(draft.twin(&few_accepted), most);
}

/// The same in every entry of a full list.
fn wide_entries(block: &mut Builder<'_, '_>, site: &Site, list: &Place, full: usize, plain: &str) {
    let Some((few, most)) = few_and_most(&site.schema) else { return };
    if full.saturating_mul(most).saturating_mul(3) > LARGEST_BODY {
        return;
    }
    let bench = block.bench;
    let mut add = |scenario, keyword, length: usize, twin: &str| {
        let intent = format!("{full} entries of {length} {}", WIDE.name);
        let draft = Draft::new(scenario, &site.place, keyword, intent).accepted();
        let entries: Vec<Value> =
            (0..full).map(|number| wide_text(number, length).into()).collect();
        block.body(draft.at(&site.place).twin(twin), bench.body_with(list, 0, entries.into()))
    };
    let few = add(Scenario::PrintableCharacters, "printableCharacters", few, plain);
    add(Scenario::StringWithinLengthLimits, "maxLength", most, &few);
}

fn few_and_most(schema: &Schema) -> Option<(usize, usize)> {
    let most = reach::longest(schema)?;
    let few = schema.min_length().unwrap_or(0).max(2);
    (few < most).then_some((few, most))
}

/// `length` characters of three bytes; another text for every number below 20,000.
fn wide_text(number: usize, length: usize) -> String {
    let last = u32::try_from(number % 20_000).ok().and_then(|n| char::from_u32(0x4E00 + n));
    let mut text = WIDE.text(length.saturating_sub(1));
    text.extend(last);
    text
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
