//! Full lists: a case of its own for each, and the twin of every other case with one.

use serde_json::Value;

use super::bench::{Bench, Builder, replace};
use super::draft::Draft;
use super::sites::Site;
use crate::case::Scenario;
use crate::contract::{Place, Schema, Step};

/// A full list of this size where the contract sets no limit.
const UNLIMITED_LIST: usize = 10;

/// No list is filled beyond this.
const LARGEST: usize = 1_000;

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
}
