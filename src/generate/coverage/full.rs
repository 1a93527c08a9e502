//! Full lists: a case of its own for each, and the twin of every other case with one. And the
//! largest body that is legal, as far as its texts go.

use serde_json::Value;

use super::bench::{Bench, Blocks, Builder, replace};
use super::draft::Draft;
use super::sites::Site;
use crate::case::{Phase, Scenario};
use crate::contract::{Place, Schema, Step};
use crate::generate::text;

/// A full list of this size where the contract sets no limit.
const UNLIMITED_LIST: usize = 10;

/// No list is filled beyond this.
const LARGEST: usize = 1_000;

/// No body is filled with texts beyond this, in characters.
const LARGEST_BODY: usize = 1 << 16;

/// A list of free texts.
#[derive(Clone, Debug)]
pub(crate) struct TextList {
    /// Where it is.
    pub(crate) place: Place,
    /// What its entries are.
    pub(crate) items: Site,
    /// What it is.
    pub(crate) schema: Schema,
    /// How many entries fill it.
    pub(crate) size: usize,
}

/// How many entries fill a list.
fn size(list: &Schema) -> usize {
    let least = list.min_items().unwrap_or(0);
    let unlimited = least.max(UNLIMITED_LIST);
    list.max_items().unwrap_or(unlimited).min(LARGEST.max(least))
}

/// The block of the largest legal body: what is legal by itself may be too much together.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let lists = bench.lists();
    let mut block = bench.block(Phase::Coverage, "the largest body");
    let largest = block.full(&lists).and_then(|full| block.largest(&lists, full));
    Box::new(largest.and_then(|_| block.finish()).into_iter())
}

impl Bench<'_> {
    /// The list of free texts whose entries stand at `items`.
    pub(crate) fn list_of(&self, items: &Site) -> Option<TextList> {
        let place = items.list().filter(|_| items.is_free_text())?;
        let schema = self.schema_at(&place)?;
        Some(TextList { place, items: items.clone(), size: size(&schema), schema })
    }

    /// The lists of free texts that stand in the plain body, none of them within another list.
    pub(crate) fn lists(&self) -> Vec<TextList> {
        let Some(template) = &self.template else { return Vec::new() };
        let all = &self.sites;
        let lists = all.iter().filter_map(|site| self.list_of(site));
        lists
            .filter(|list| !list.place.steps().contains(&Step::Items))
            .filter(|list| !list.place.values(template).is_empty())
            .collect()
    }
}

impl Builder<'_, '_> {
    /// Adds the plain body with these lists full of plain entries, such as may exist; returns the
    /// case's id and its body. `None` without lists.
    ///
    /// What a server says of a list's size it says here: it is the twin of all other cases with
    /// full lists, so that their own rules aren't blamed for it.
    pub(crate) fn full(&mut self, lists: &[TextList]) -> Option<(String, Value)> {
        let limited = lists.iter().find(|list| list.schema.max_items().is_some());
        let named = limited.or(lists.first())?;
        let template = self.bench.template.as_ref()?;
        let body = lists.iter().fold(template.clone(), |body, list| {
            let entries = self.bench.repeated(&list.items, list.size);
            replace(&body, &list.place, 0, entries.into())
        });
        let (place, keyword) = match limited {
            Some(list) => (&list.place, "maxItems"),
            None => (&named.items.place, "type"),
        };
        let intent = format!("{} plain entries", named.size);
        let draft = Draft::new(Scenario::ArrayWithinItemsLimits, place, keyword, intent);
        let id = self.body(draft.accepted().at(place), body.clone());
        Some((id, body))
    }

    /// Adds the body with these lists full of entries at their limits, beside texts at theirs, where
    /// `full` is the case that has plain ones; returns the case's id and its body. `None` where nothing
    /// has a limit, or it would be too large.
    pub(crate) fn largest(
        &mut self,
        lists: &[TextList],
        full: (String, Value),
    ) -> Option<(String, Value)> {
        let bench = self.bench;
        let template = bench.template.as_ref()?;
        let (twin, mut body) = full;
        let mut rng = bench.rng("largest");
        let mut left = LARGEST_BODY;
        let mut at_limit = |site: &Site, count: usize| -> Option<Vec<Value>> {
            let most = site.schema.max_length()?;
            left = left.checked_sub(most.checked_mul(count)?)?;
            let text = || Value::from(text::alphanumeric(&mut rng, most));
            Some(std::iter::repeat_with(text).take(count).collect())
        };
        let mut entries = 0;
        for list in lists {
            if let Some(texts) = at_limit(&list.items, list.size) {
                entries = entries.max(texts.len());
                body = replace(&body, &list.place, 0, texts.into());
            }
        }
        let is_single = |site: &&Site| {
            site.is_free_text()
                && !site.place.steps().contains(&Step::Items)
                && !site.place.values(template).is_empty()
        };
        for site in bench.sites.iter().filter(is_single) {
            if let Some(text) = at_limit(site, 1).and_then(|mut texts| texts.pop()) {
                body = replace(&body, &site.place, 0, text);
            }
        }
        let list = lists.iter().find(|list| list.items.schema.max_length().is_some());
        let list = list.filter(|_| entries > 0)?;
        let intent = format!("{entries} entries at their limit beside texts at theirs");
        let scenario = Scenario::StringWithinLengthLimits;
        let draft = Draft::new(scenario, &list.items.place, "maxLength", intent);
        let draft = draft.accepted().at(&list.items.place).twin(&twin);
        let id = self.body(draft, body.clone());
        Some((id, body))
    }
}
