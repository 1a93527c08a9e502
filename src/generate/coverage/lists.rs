//! Lists of anything but free texts: both sides of their size limits, and one entry in any position
//! that breaks a rule.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, Builder};
use super::draft::Draft;
use super::sites::Site;
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Schema, Step, Strength};
use crate::generate::{Recipe, Texts, ViolationKind};

/// A full list of this size where the contract sets no limit.
const UNLIMITED_LIST: usize = 10;

/// No list is filled beyond this.
const LARGEST: usize = 200;

/// Lists in which one entry is wrong are no longer than this, in bytes: nobody decides what becomes
/// of larger bodies.
const LARGEST_BODY: usize = 60_000;

/// All lists of an operation together get about so many wrong entries. Those that this doesn't
/// suffice for are broken at the ends of short lists alone, and only so many of their rules.
const WRONG_ENTRIES: usize = 640;

/// Positions of each rule in two sizes of lists, and in short lists alone.
const ALL_POSITIONS: usize = 8;
const ENDS: usize = 2;

/// No list gets fewer than this.
const LEAST_WRONG: usize = 16;

/// A list whose entries are drawn.
pub(super) struct DrawnList {
    pub(super) place: Place,
    schema: Schema,
    recipe: Recipe,
    /// Different legal entries, as many as are ever needed or can be drawn.
    entries: Vec<Value>,
}

/// The blocks about such lists: sizes, and entries by position.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let lists = drawn_lists(bench);
    let count = lists.len();
    Box::new(lists.iter().flat_map(move |list| {
        std::iter::once_with(move || sizes(bench, list))
            .chain(std::iter::once_with(move || positions(bench, list, count)))
            .flatten()
    }))
}

/// The lists of anything but free texts, see [`new_lists`].
pub(super) fn drawn_lists<'b>(bench: &'b Bench<'_>) -> &'b [DrawnList] {
    bench.drawn_lists.get_or_init(|| new_lists(bench))
}

/// The lists of anything but free texts for which the plain body has room; one within another
/// list's entries stands in the first of them.
fn new_lists(bench: &Bench<'_>) -> Vec<DrawnList> {
    let Some(template) = &bench.template else { return Vec::new() };
    let all = &bench.sites;
    let lists = all.iter().filter(|site| {
        let above = site.place.parent();
        site.schema.types() == ["array"]
            && !site.is_composed()
            && above.is_some_and(|above| above.values(template).iter().any(|v| v.is_object()))
    });
    lists
        .filter_map(|list| {
            let items = all.iter().find(|site| site.place == list.place.items())?;
            if items.is_free_text() { None } else { DrawnList::new(bench, list, items, all) }
        })
        .collect()
}

impl DrawnList {
    fn new(bench: &Bench<'_>, list: &Site, items: &Site, all: &[Site]) -> Option<Self> {
        let recipe = Recipe::new(&items.schema).ok()?;
        // Identifiers within the entries are such as may exist.
        let recipe = all.iter().fold(recipe, |recipe, site| {
            let below = site.place.steps().strip_prefix(items.place.steps());
            let known: Vec<Value> =
                bench.known_at(&site.place).iter().cloned().map(Value::String).collect();
            match below.filter(|_| site.place != list.place && !known.is_empty()) {
                Some(steps) => recipe.with_known(&joined(&Place::body(), steps), &known),
                None => recipe,
            }
        });
        let wanted = list
            .schema
            .max_items()
            .map_or(UNLIMITED_LIST * 2, |most| most.saturating_mul(2).saturating_add(1));
        let wanted = wanted.min(LARGEST);
        let mut entries: Vec<Value> = Vec::new();
        let label = format!("entries/{}", list.place);
        for number in 0..wanted * 4 {
            if entries.len() >= wanted {
                break;
            }
            let entry = recipe.valid_of(Texts::Plain, &mut bench.random(&label, number));
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        let (place, schema) = (list.place.clone(), list.schema.clone());
        let made = Self { place, schema, recipe, entries };
        (made.size() >= made.schema.min_items().unwrap_or(0)).then_some(made)
    }

    /// How many entries fill it.
    pub(super) fn size(&self) -> usize {
        let least = self.schema.min_items().unwrap_or(0).max(UNLIMITED_LIST);
        let most = self.schema.max_items().unwrap_or(least).min(LARGEST);
        if self.schema.unique_items() { most.min(self.entries.len()) } else { most }
    }

    /// So many entries stay within what any server takes.
    fn affordable(&self) -> usize {
        let lengths = self.entries.iter().map(|entry| entry.to_string().len() + 1);
        LARGEST_BODY / (lengths.sum::<usize>() / self.entries.len().max(1)).max(1)
    }

    /// `count` legal entries, different ones as far as there are; `None` where too few are
    /// different and they must be.
    pub(super) fn entries(&self, count: usize) -> Option<Vec<Value>> {
        if self.schema.unique_items() && count > self.entries.len() {
            return None;
        }
        Some(self.entries.iter().cloned().cycle().take(count).collect())
    }

    fn body(&self, bench: &Bench<'_>, entries: Vec<Value>) -> Value {
        bench.body_with(&self.place, 0, entries.into())
    }

    /// Adds a legal case with so many entries.
    pub(super) fn legal(
        &self,
        block: &mut Builder<'_, '_>,
        keyword: &'static str,
        count: usize,
    ) -> Option<(String, Value)> {
        let body = self.body(block.bench, self.entries(count)?);
        let intent = format!("{count} entries");
        let draft =
            Draft::new(Scenario::ArrayWithinItemsLimits, &self.place, keyword, intent).accepted();
        Some((block.body(draft.at(&self.place), body.clone()), body))
    }
}

fn sizes(bench: &Bench<'_>, list: &DrawnList) -> Option<Block> {
    let place = &list.place;
    let mut block = bench.block(Phase::Coverage, format!("{place} sizes"));
    let least = list.schema.min_items().unwrap_or(0);
    let most = list.schema.max_items().filter(|most| *most <= LARGEST);
    let keyword = if most.is_some() { "maxItems" } else { "type" };
    let mut counts = match most {
        Some(most) => vec![1, 2, most.saturating_sub(1), most],
        None => vec![1, 2, 20],
    };
    counts.retain(|count| *count >= least.max(1) && most.is_none_or(|most| *count <= most));
    counts.dedup();
    let mut at_limit = block.control();
    for count in counts {
        at_limit = list.legal(&mut block, keyword, count).map_or(at_limit, |(id, _)| id);
    }
    for count in most.map(|most| [most + 1, most + 2, most * 2 + 1]).into_iter().flatten() {
        let Some(entries) = list.entries(count) else { continue };
        let intent = format!("{count} entries");
        let draft = Draft::new(Scenario::ArrayAboveMaxItems, place, "maxItems", intent)
            .refused(bench)
            .at(place)
            .twin(&at_limit);
        // Equal entries may be merged before they are counted.
        let differ = count <= list.entries.len();
        let draft = if differ { draft } else { draft.at_most(Strength::Should) };
        block.body(draft, list.body(bench, entries));
    }
    if least == 0 {
        let draft = Draft::new(Scenario::EmptyArray, place, "minItems", "empty list");
        block.body(draft.at(place), list.body(bench, Vec::new()));
    } else if let Some((twin, _)) = list.legal(&mut block, "minItems", least) {
        let mut counts = vec![least - 1, 0];
        counts.dedup();
        for count in counts {
            let intent = format!("{count} entries");
            let draft = Draft::new(Scenario::ArrayBelowMinItems, place, "minItems", intent)
                .refused(bench)
                .at(place)
                .twin(&twin);
            let entries = list.entries(count).unwrap_or_default();
            block.body(draft, list.body(bench, entries));
        }
    }
    equal_entries(&mut block, list);
    apart(&mut block, list);
    block.finish()
}

fn equal_entries(block: &mut Builder<'_, '_>, list: &DrawnList) {
    let (place, bench) = (&list.place, block.bench);
    let mut counts = vec![2, list.size()];
    counts.retain(|count| {
        *count >= list.schema.min_items().unwrap_or(0).max(2)
            && list.schema.max_items().is_none_or(|most| *count <= most)
    });
    counts.dedup();
    for count in counts {
        let intent = format!("{count} times the same entry");
        let draft = if list.schema.unique_items() {
            Draft::new(Scenario::NonUniqueItems, place, "uniqueItems", intent).refused(bench)
        } else {
            let draft = Draft::new(Scenario::DuplicateItems, place, "duplicates", intent);
            let is_decided = bench.is_decided(&place.to_string(), "duplicates");
            if is_decided { draft.accepted() } else { draft }
        };
        let entries = vec![list.entries[0].clone(); count];
        block.body(draft.at(place), list.body(bench, entries));
    }
}

/// Two equal entries with another between them.
fn apart(block: &mut Builder<'_, '_>, list: &DrawnList) {
    let (place, bench) = (&list.place, block.bench);
    let most = list.schema.max_items().unwrap_or(3);
    let least = list.schema.min_items().unwrap_or(0);
    let (true, [first, second, ..]) = (list.schema.unique_items(), list.entries.as_slice()) else {
        return;
    };
    if (least..=most).contains(&3) {
        let intent = "the same entry twice, another between";
        let draft = Draft::new(Scenario::NonUniqueItems, place, "uniqueItems", intent);
        let entries = vec![first.clone(), second.clone(), first.clone()];
        block.body(draft.refused(bench).at(place), list.body(bench, entries));
    }
}

/// One entry that breaks a rule, in short and full lists: at both ends and around the middle.
/// There are so many `lists`.
fn positions(bench: &Bench<'_>, list: &DrawnList, lists: usize) -> Option<Block> {
    let items = list.place.items();
    let mut block = bench.block(Phase::Coverage, format!("{items} by position"));
    let least = list.schema.min_items().unwrap_or(0);
    let full = list.size().min(list.affordable());
    let mut sizes = vec![2, full];
    sizes.retain(|size| {
        *size >= least.max(2) && list.schema.max_items().is_none_or(|most| *size <= most)
    });
    sizes.dedup();
    let kinds = list.recipe.violations();
    let room = (WRONG_ENTRIES / lists).max(LEAST_WRONG);
    let is_many = kinds.len() * ALL_POSITIONS > room;
    if is_many {
        sizes.truncate(1);
    }
    for kind in kinds.iter().take(room / ENDS) {
        for size in &sizes {
            by_position(&mut block, list, kind, *size, is_many);
        }
    }
    block.finish()
}

/// With `is_many` at the ends of the list alone.
fn by_position(
    block: &mut Builder<'_, '_>,
    list: &DrawnList,
    kind: &ViolationKind,
    size: usize,
    is_many: bool,
) {
    let bench = block.bench;
    let place = joined(&list.place.items(), kind.place.steps());
    let label = format!("by position/{place}/{}/{size}", kind.keyword);
    let (Some(labelled), Some(mut entries)) =
        (list.recipe.violate_of(kind, Texts::Plain, &mut bench.rng(&label)), list.entries(size))
    else {
        return;
    };
    if list.schema.unique_items() && entries.contains(&labelled.twin) {
        return;
    }
    let mut positions =
        if is_many { vec![0, size - 1] } else { vec![0, size / 2, size / 2 + 1, size - 1] };
    positions.retain(|position| *position < size);
    positions.dedup();
    for position in positions {
        let held = std::mem::replace(&mut entries[position], labelled.twin.clone());
        let intent = format!("the legal twin of entry {} of {size}", position + 1);
        let twin = Draft::new(Scenario::ArrayWithinItemsLimits, &list.place, "type", intent);
        let twin = block.body(twin.accepted(), list.body(bench, entries.clone()));
        entries[position] = labelled.value.clone();
        let intent = format!("{}, entry {} of {size}", labelled.intent, position + 1);
        let draft = Draft::new(kind.scenario, &place, kind.keyword, intent).refused(bench);
        block.body(draft.at(&place).twin(&twin), list.body(bench, entries.clone()));
        entries[position] = held;
    }
}

/// The place that the steps lead to from `place`.
fn joined(place: &Place, steps: &[Step]) -> Place {
    steps.iter().fold(place.clone(), |place, step| match step {
        Step::Member(name) => place.member(name),
        Step::Items => place.items(),
    })
}
