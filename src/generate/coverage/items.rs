//! Lists on both sides of their size limits.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::body::in_company;
use super::draft::Draft;
use super::reach;
use super::sites::Site;
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Strength};

/// The largest list that is sent to show that a limit holds far beyond it.
const FAR_BEYOND: usize = 1_500;

/// The blocks about sizes: one for each list of strings.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let all = &bench.sites;
    let lists = all.iter().filter(|site| site.schema.types() == ["array"] && !site.is_composed());
    Box::new(lists.filter_map(|list| {
        let items = all.iter().find(|site| site.place == list.place.items())?;
        if items.is_free_text() { sizes(bench, list, items) } else { None }
    }))
}

/// Lists of up to so many entries, where an answer has an entry for each, are sent in every size,
const EVERY_SIZE: usize = 128;

/// and others at so many equal parts of their limit.
const PARTS: usize = 8;

/// What a list is filled with.
#[derive(Clone, Copy)]
enum Fill {
    /// Such entries as exist, repeated in turn.
    Repeated,
    /// Entries that all differ.
    Distinct,
}

impl Fill {
    fn of(self, bench: &Bench<'_>, items: &Site, count: usize) -> Vec<Value> {
        match self {
            Self::Repeated => bench.repeated(items, count),
            Self::Distinct => bench.distinct(items, count),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::Distinct => "different",
        }
    }
}

fn sizes(bench: &Bench<'_>, list: &Site, items: &Site) -> Option<Block> {
    let place = &list.place;
    let unique = list.schema.unique_items();
    let mut block = bench.block(Phase::Coverage, format!("{place} sizes"));
    let least = list.schema.min_items().unwrap_or(0);
    let fills: &[Fill] = if unique { &[Fill::Distinct] } else { &[Fill::Repeated, Fill::Distinct] };

    for fill in fills.iter().copied() {
        match reach::most_entries(&list.schema) {
            Some(most) => around_maximum(&mut block, list, items, fill, least, most),
            None => {
                for count in [1, 2, 50].into_iter().filter(|count| *count >= least) {
                    legal(&mut block, list, items, fill, "type", count);
                }
            }
        }
    }
    if least == 0 {
        let draft = Draft::new(Scenario::EmptyArray, place, "minItems", "empty list");
        block.body(draft.at(place), bench.body_with(place, 0, Value::Array(Vec::new())));
    } else {
        below_minimum(&mut block, list, items, fills[0], least);
    }
    let full = bench.list_of(items).and_then(|full| block.full(&[full]));
    equal_entries(&mut block, list, items, unique, full.as_ref().map(|(id, _)| id.as_str()));
    block.finish()
}

fn legal(
    block: &mut Builder<'_, '_>,
    list: &Site,
    items: &Site,
    fill: Fill,
    keyword: &'static str,
    count: usize,
) -> String {
    let intent = format!("{count} {} entries", fill.word());
    let draft = Draft::new(Scenario::ArrayWithinItemsLimits, &list.place, keyword, intent)
        .accepted()
        .at(&list.place);
    let body = block.bench.body_with(&list.place, 0, fill.of(block.bench, items, count).into());
    block.body(draft, body)
}

fn around_maximum(
    block: &mut Builder<'_, '_>,
    list: &Site,
    items: &Site,
    fill: Fill,
    least: usize,
    most: usize,
) {
    let mut counts = vec![1, 2, most.saturating_sub(1), most];
    if matches!(fill, Fill::Distinct) {
        let is_answered = block.bench.operation.relations.iter().any(|relation| {
            Place::of_pointer(&Place::body(), &Value::Null, relation.asked.pointer()) == list.place
        });
        if is_answered && most <= EVERY_SIZE {
            counts.extend(1..most);
        } else if most <= EVERY_SIZE {
            counts.extend((1..PARTS).map(|part| most * part / PARTS));
        }
        counts.sort_unstable();
    }
    counts.retain(|count| (least.max(1)..=most).contains(count));
    counts.dedup();
    let mut at_limit = block.control();
    for count in counts {
        at_limit = legal(block, list, items, fill, "maxItems", count);
    }
    let mut above = vec![most + 1, most + 2, (most * 2).max(most + 3)];
    above.extend((most * 2 < FAR_BEYOND).then_some(FAR_BEYOND));
    // A count that is kept in one byte begins anew.
    above.push(most + 256);
    above.sort_unstable();
    above.dedup();
    for count in above {
        let intent = format!("{count} {} entries", fill.word());
        let draft = Draft::new(Scenario::ArrayAboveMaxItems, &list.place, "maxItems", intent)
            .refused(block.bench)
            .at(&list.place)
            .twin(&at_limit);
        // Equal entries may be merged before they are counted: only different ones decide.
        let draft = match fill {
            Fill::Repeated => draft.at_most(Strength::Should),
            Fill::Distinct => draft,
        };
        let body = block.bench.body_with(&list.place, 0, fill.of(block.bench, items, count).into());
        block.body(draft, body);
    }
    // Equal entries may be merged before they are counted.
    if matches!(fill, Fill::Repeated) {
        return;
    }
    let beyond = fill.of(block.bench, items, most + 1);
    if let Some(body) = in_company(&block.bench.body_with(&list.place, 0, beyond.into())) {
        let intent = format!("{} different entries, late in a larger body", most + 1);
        let draft = Draft::new(Scenario::ArrayAboveMaxItems, &list.place, "maxItems", intent);
        block.body(draft.refused(block.bench).at(&list.place).twin(&at_limit), body);
    }
}

fn below_minimum(block: &mut Builder<'_, '_>, list: &Site, items: &Site, fill: Fill, least: usize) {
    let at_limit = legal(block, list, items, fill, "minItems", least);
    let mut counts = vec![least - 1, 0];
    counts.dedup();
    for count in counts {
        let intent = format!("{count} entries");
        let draft = Draft::new(Scenario::ArrayBelowMinItems, &list.place, "minItems", intent)
            .refused(block.bench)
            .at(&list.place)
            .twin(&at_limit);
        let body = block.bench.body_with(&list.place, 0, fill.of(block.bench, items, count).into());
        block.body(draft, body);
    }
}

fn equal_entries(
    block: &mut Builder<'_, '_>,
    list: &Site,
    items: &Site,
    unique: bool,
    full: Option<&str>,
) {
    let most = reach::most_entries(&list.schema).unwrap_or(10);
    let least = list.schema.min_items().unwrap_or(0).max(2);
    if unique && (least..=most).contains(&3) {
        let mut entries = block.bench.distinct(items, 3);
        entries[2] = entries[0].clone();
        let intent = "the same entry twice, another between";
        let draft = Draft::new(Scenario::NonUniqueItems, &list.place, "uniqueItems", intent)
            .refused(block.bench)
            .at(&list.place);
        let body = block.bench.body_with(&list.place, 0, entries.into());
        block.body(draft, body);
    }
    let one = block.bench.repeated(items, 1);
    let mut counts = vec![2, 3, most];
    counts.retain(|count| (least..=most).contains(count));
    counts.dedup();
    for count in counts {
        let entries: Vec<Value> = one.iter().cloned().cycle().take(count).collect();
        let intent = format!("{count} times the same entry");
        let draft = if unique {
            Draft::new(Scenario::NonUniqueItems, &list.place, "uniqueItems", intent)
                .refused(block.bench)
        } else {
            let draft = Draft::new(Scenario::DuplicateItems, &list.place, "duplicates", intent);
            if block.bench.is_decided(&list.place.to_string(), "duplicates") {
                draft.accepted()
            } else {
                draft
            }
        };
        let body = block.bench.body_with(&list.place, 0, entries.into());
        let draft = match full {
            Some(full) if count == most => draft.twin(full),
            _ => draft,
        };
        block.body(draft.at(&list.place), body);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::case::{Case, Expectation};
    use crate::contract::Contract;
    use crate::generate::{Inputs, plan};

    /// The sizes of lists at `list` that are sent as legal.
    fn sizes(contract: &Contract, list: &str) -> BTreeSet<usize> {
        let plan = plan(&contract.operations[0], &Inputs::default()).expect("can be planned");
        let cases = plan
            .blocks()
            .filter(|block| block.name == format!("body{} sizes", list.replace('/', ".")));
        let size = |case: &Case| Some(case.body.as_ref()?.pointer(list)?.as_array()?.len());
        let cases = cases.flat_map(|block| block.cases);
        let legal = cases.filter(|case| matches!(case.expectation, Expectation::Accepted));
        legal.filter_map(|case| size(&case)).collect()
    }

    #[test]
    fn a_list_that_is_answered_entry_by_entry_is_sent_in_every_size() {
        let contract = Contract::builtin("koophone").expect("is built in");
        assert_eq!(sizes(&contract, "/instance_ids"), (1..=100).collect());
        let mut unrelated = contract;
        let operation = std::sync::Arc::make_mut(&mut unrelated.operations[0]);
        operation.relations.clear();
        let expected = [1, 2, 3, 12, 25, 37, 50, 62, 75, 87, 99, 100];
        assert_eq!(sizes(&unrelated, "/instance_ids"), expected.into());
    }
}
