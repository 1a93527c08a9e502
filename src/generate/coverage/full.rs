//! Full lists: a case of its own for each, and the twin of every other case with one. And the
//! largest body that is legal, as far as its texts go.

use serde_json::Value;

use super::bench::{Bench, Blocks, Builder};
use super::body::replace;
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

/// The block of the largest legal body, as what is legal by itself may be too much together, and of
/// bodies that are beyond it in one respect: a limit may be forgotten where another one is reached.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let lists = bench.lists();
    let mut block = bench.block(Phase::Coverage, "the largest body");
    let largest = block.full(&lists).and_then(|full| block.largest(&lists, full));
    let made = largest.and_then(|(twin, body)| {
        block.beyond_largest(&lists, &twin, &body);
        block.finish()
    });
    Box::new(made.into_iter())
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

    /// The free texts outside lists that stand in the plain body.
    fn single_texts(&self, plain: &Value) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| {
            site.is_free_text()
                && !site.place.steps().contains(&Step::Items)
                && !site.place.values(plain).is_empty()
        })
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
        for site in bench.single_texts(template) {
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

    /// Adds the largest body, which is the case `twin`, with one entry or one character more in each
    /// place that is at its limit.
    fn beyond_largest(&mut self, lists: &[TextList], twin: &str, largest: &Value) {
        let bench = self.bench;
        let mut add = |scenario, place: &Place, keyword, what: String, body: Value| {
            let intent = format!("{what}, all else at its limit");
            let draft = Draft::new(scenario, place, keyword, intent).refused(bench);
            self.body(draft.at(place).twin(twin), body);
        };
        for list in lists {
            let held = list.place.values(largest).first().and_then(|held| held.as_array());
            let Some(entries) = held else { continue };
            if list.schema.max_items() == Some(entries.len()) {
                let mut more = entries.clone();
                more.extend(bench.distinct(&list.items, 1));
                let what = format!("{} entries", more.len());
                let body = replace(largest, &list.place, 0, more.into());
                add(Scenario::ArrayAboveMaxItems, &list.place, "maxItems", what, body);
            }
            if let Some(longer) = entries.last().and_then(|last| longer(&list.items, last)) {
                let what = format!("{} characters in the last entry", longer.chars().count());
                let body = replace(largest, &list.items.place, entries.len() - 1, longer.into());
                add(Scenario::StringAboveMaxLength, &list.items.place, "maxLength", what, body);
            }
        }
        let texts = bench.template.iter().flat_map(|template| bench.single_texts(template));
        for site in texts {
            let held = site.place.values(largest);
            let Some(longer) = held.first().and_then(|held| longer(site, held)) else { continue };
            let what = format!("{} characters", longer.chars().count());
            let body = replace(largest, &site.place, 0, longer.into());
            add(Scenario::StringAboveMaxLength, &site.place, "maxLength", what, body);
        }
    }
}

/// A text with one character more, where it is at its limit.
fn longer(site: &Site, held: &Value) -> Option<String> {
    let held = held.as_str()?;
    (Some(held.chars().count()) == site.schema.max_length()).then(|| format!("{held}x"))
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;
    use crate::generate::{Inputs, plan};

    #[test]
    fn the_largest_body_is_left_in_one_respect_at_a_time() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let plan = plan(&contract.operations[0], &Inputs::default()).expect("can be planned");
        let block = plan.blocks().find(|block| block.name == "the largest body");
        let cases = block.expect("is planned").cases;
        let sizes = cases.iter().filter(|case| case.intent.contains("limit")).map(|case| {
            let body = case.body.as_ref().expect("has a body");
            let ids = body["instance_ids"].as_array().expect("is a list");
            let length = |value: &serde_json::Value| value.as_str().expect("is text").len();
            let last = ids.get(99).map_or(0, length);
            (length(&body["user_id"]), ids.len(), last, case.rule.within_operation())
        });
        assert_eq!(
            sizes.collect::<Vec<_>>(),
            [
                (32, 100, 32, "body.instance_ids/items/maxLength"),
                (32, 101, 32, "body.instance_ids/maxItems"),
                (32, 100, 33, "body.instance_ids/items/maxLength"),
                (33, 100, 32, "body.user_id/maxLength"),
            ]
        );
    }
}
