//! Lists and objects, drawn around a value that must be in them.

use serde_json::{Map, Value};

use super::dice::Dice;
use super::node::{Extra, List, Member, Members, TRIES};
use super::text::{Texts, string};

/// Lists without an upper limit have rarely more entries than this.
const USUAL_ITEMS: usize = 8;

impl List {
    /// A legal list, with `forced` as one of its entries behind the prefix, and where that stands.
    pub(super) fn draw(
        &self,
        forced: Option<Value>,
        texts: Texts,
        dice: &mut Dice,
    ) -> Option<(Vec<Value>, usize)> {
        let max = match &self.items {
            Some(_) => self.max,
            None => Some(self.max.unwrap_or(usize::MAX).min(self.prefix.len())),
        };
        let least = texts.least(self.min, max);
        let least = if forced.is_some() { least.max(self.prefix.len() + 1) } else { least };
        if max.is_some_and(|max| max < least) {
            return (least <= 1 && forced.is_none()).then(|| (Vec::new(), 0));
        }
        let most = if self.nested {
            Some(max.unwrap_or(usize::MAX).min(least + USUAL_ITEMS))
        } else {
            max
        };
        let size = dice.size(least, most, USUAL_ITEMS);
        let size = if dice.is_large() { least } else { size };
        self.of_size(size, forced, texts, dice)
    }

    /// A list of exactly `size` entries, or as many different ones as luck finds.
    pub(super) fn of_size(
        &self,
        size: usize,
        forced: Option<Value>,
        texts: Texts,
        dice: &mut Dice,
    ) -> Option<(Vec<Value>, usize)> {
        let mut entries = Vec::with_capacity(size);
        for node in self.prefix.iter().take(size) {
            entries.push(node.draw(texts, dice)?);
        }
        let at = match &forced {
            Some(_) if size > entries.len() => dice.between(entries.len(), size - 1),
            Some(_) => return None,
            None => usize::MAX,
        };
        let mut forced_at = 0;
        let mut forced = forced;
        while entries.len() < size {
            if entries.len() >= at.min(size - 1)
                && let Some(value) = forced.take()
            {
                forced_at = entries.len();
                entries.push(value);
                continue;
            }
            let Some(entry) = self.entry(&entries, forced.as_ref(), texts, dice) else { break };
            entries.push(entry);
        }
        if let Some(value) = forced {
            forced_at = entries.len();
            entries.push(value);
        }
        (entries.len() >= self.min).then_some((entries, forced_at))
    }

    /// One more entry, different from those there are where it must be.
    pub(super) fn entry(
        &self,
        there: &[Value],
        and: Option<&Value>,
        texts: Texts,
        dice: &mut Dice,
    ) -> Option<Value> {
        let node = self.items.as_ref()?;
        if !self.unique {
            return node.draw(texts, dice);
        }
        (0..TRIES)
            .filter_map(|_| node.draw(texts, dice))
            .find(|entry| !there.contains(entry) && and != Some(entry))
    }
}

impl Members {
    /// A legal object, with `forced` as one of its members.
    pub(super) fn draw(
        &self,
        forced: Option<(&str, Value)>,
        texts: Texts,
        dice: &mut Dice,
    ) -> Option<Map<String, Value>> {
        let mut drawn = Map::with_capacity(self.named.len());
        let (forced_name, mut forced) = forced.map_or((None, None), |(n, v)| (Some(n), Some(v)));
        // All optional members, none, or each by itself.
        let habit = dice.below(8);
        let mut room = self.max.map_or(usize::MAX, |max| {
            let needed =
                |member: &&Member| member.required || forced_name == Some(member.name.as_str());
            max.saturating_sub(self.named.iter().filter(needed).count())
        });
        let mut wanted = self.min;
        for member in &self.named {
            if forced_name == Some(member.name.as_str()) {
                drawn.insert(member.name.clone(), forced.take()?);
                wanted = wanted.saturating_sub(1);
                continue;
            }
            if !member.required {
                let comes = match habit {
                    0 => true,
                    1 => false,
                    _ => dice.one_in(2),
                };
                if room == 0 || ((!comes || dice.is_large()) && wanted == 0) {
                    continue;
                }
                room -= 1;
            }
            dice.count_member();
            drawn.insert(member.name.clone(), member.node.draw(texts, dice)?);
            wanted = wanted.saturating_sub(1);
        }
        if let Extra::Of(node) = &self.extra {
            let more = if self.named.is_empty() { dice.below(4).max(wanted) } else { wanted };
            for _ in 0..more.min(room) {
                let name = string(dice.between(1, 8), Texts::Plain, dice);
                if !self.names.contains(&name) {
                    drawn.insert(name, node.draw(texts, dice)?);
                }
            }
        } else if matches!(self.extra, Extra::Free) {
            for index in drawn.len()..self.min {
                drawn.insert(format!("member{index}"), Value::from(1));
            }
        }
        (drawn.len() >= self.min).then_some(drawn)
    }

    /// The named member.
    pub(super) fn member(&self, name: &str) -> Option<&Member> {
        self.named.iter().find(|member| member.name == name)
    }
}
