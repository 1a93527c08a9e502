//! The tree of smaller values, one proposal at a time.

use std::fmt;

use proptest::strategy::ValueTree;
use serde_json::Value;

use super::label::Label;
use super::step::{Edit, narrow};
use super::{edit, least};
use crate::case::label::broken;
use crate::contract::Schema;

/// No value is worth more requests than this.
const MOST_PROPOSALS: usize = 150;
const ROUNDS: usize = 2;

/// A JSON value that shrinks in its structure and inside its label.
///
/// [`simplify`](ValueTree::simplify) and [`complicate`](ValueTree::complicate) keep to proptest's
/// contract: the current value is called a failure by the one and a success by the other. Lists
/// keep one entry and strings one character, since what is empty is often a case of its own.
#[derive(Clone)]
pub struct JsonTree {
    schema: Schema,
    label: Label,
    floor: Option<Value>,
    /// How many values of the start break the rule: candidates never break it more often.
    breaks: usize,
    /// The smallest value that is known to fail.
    best: Value,
    current: Value,
    /// The edit that led from `best` to `current`, until its fate is known.
    pending: Option<Edit>,
    /// Edits to try next, the last first.
    open: Vec<Edit>,
    stage: Stage,
    rounds: usize,
    progress: bool,
    proposals: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Whole,
    Structure,
    Leaves,
    Done,
}

impl JsonTree {
    /// A tree that starts at `value`, which is what `label` says of it.
    ///
    /// A value of which the label isn't true doesn't shrink.
    pub fn new(schema: &Schema, label: Label, value: Value) -> Self {
        let breaks = broken(schema, &value).len();
        Self {
            schema: schema.clone(),
            label,
            floor: None,
            breaks,
            best: value.clone(),
            current: value,
            pending: None,
            open: Vec::new(),
            stage: Stage::Whole,
            rounds: 0,
            progress: false,
            proposals: 0,
        }
    }

    /// Prefers the parts of a minimal valid value to made-up ones, since they exist on the server.
    #[must_use]
    pub fn with_floor(mut self, floor: Value) -> Self {
        self.floor = Some(floor);
        self
    }

    /// What stays true of the value.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The current value, without a copy.
    pub fn value(&self) -> &Value {
        &self.current
    }

    /// The smallest value known to fail.
    pub fn best(&self) -> &Value {
        &self.best
    }

    /// Whether the current value is already known to fail, so that it needs no test.
    pub fn is_known(&self) -> bool {
        self.pending.is_none()
    }

    /// How many smaller values were proposed so far.
    pub fn proposals(&self) -> usize {
        self.proposals
    }

    fn keeps(&self, value: &Value) -> bool {
        let found = broken(&self.schema, value);
        found.len() <= self.breaks && self.label.is_true(&found)
    }

    /// Goes to the next smaller value that keeps the label.
    fn advance(&mut self) -> bool {
        while self.proposals < MOST_PROPOSALS {
            let Some(edit) = self.open.pop() else {
                if self.next_stage() {
                    continue;
                }
                break;
            };
            let edit = self.within(edit);
            match self.candidate(&edit) {
                // What is already as small as its label allows is not taken apart.
                Some(value) if value == self.best && edit.is_least() => self.follow(edit, true),
                Some(value) if value != self.best && self.keeps(&value) => {
                    self.current = value;
                    self.pending = Some(edit);
                    self.proposals += 1;
                    return true;
                }
                _ => self.follow(edit, false),
            }
        }
        self.open.clear();
        self.stage = Stage::Done;
        false
    }

    fn next_stage(&mut self) -> bool {
        match self.stage {
            Stage::Whole => {
                self.open.push(Edit::Whole);
                self.stage = Stage::Structure;
            }
            Stage::Structure => {
                self.progress = false;
                self.rounds += 1;
                let lists = edit::lists(&self.best).into_iter();
                // The innermost lie at the bottom, to be cut last.
                self.open.extend(lists.map(|pointer| Edit::List { pointer }).rev());
                for pointer in edit::objects(&self.best).into_iter().rev() {
                    let names = edit::names(&self.best, &pointer);
                    self.open.push(Edit::Members { pointer, names });
                }
                self.stage = Stage::Leaves;
            }
            Stage::Leaves => {
                self.open.push(Edit::Leaves { pointers: edit::leaves(&self.best) });
                self.stage = Stage::Done;
            }
            Stage::Done if self.progress && self.rounds < ROUNDS => {
                self.stage = Stage::Structure;
            }
            Stage::Done => return false,
        }
        true
    }

    /// The front of a list may have been cut since the search for its back was planned.
    fn within(&self, edit: Edit) -> Edit {
        match edit {
            Edit::Back { pointer, low, high } => {
                let high = high.min(edit::len(&self.best, &pointer)).max(low);
                Edit::Back { pointer, low, high }
            }
            other => other,
        }
    }

    fn candidate(&self, edit: &Edit) -> Option<Value> {
        let mut value = self.best.clone();
        let keeps = |value: &Value| self.keeps(value);
        let floor = self.floor.as_ref();
        match edit {
            Edit::Whole => return Some(least::whole(&value, floor, &keeps)),
            Edit::Members { pointer, names } => {
                least::members(&mut value, pointer, names, &keeps);
            }
            Edit::List { pointer } => least::list(&mut value, pointer, &keeps),
            Edit::Front { pointer, low, high } => {
                let keep = low + (high - low) / 2;
                edit::drop_entries(&mut value, pointer, keep, usize::MAX)?;
            }
            Edit::Back { pointer, low, high } => {
                let keep = low + (high - low) / 2;
                let count = edit::len(&value, pointer);
                edit::drop_entries(&mut value, pointer, 0, count.checked_sub(keep)?)?;
            }
            Edit::Entry { pointer, index } => {
                edit::drop_entries(&mut value, pointer, *index, index + 1)?;
            }
            Edit::Leaves { pointers } => least::leaves(&mut value, pointers, floor, &keeps),
            Edit::Letters { pointer } => {
                let count = value.pointer(pointer)?.as_str()?.chars().count();
                least::set(&mut value, pointer, "a".repeat(count).into())?;
            }
            Edit::Plain { pointer } => {
                let plain = |c: char| if c.is_alphanumeric() { 'a' } else { c };
                let text: String = value.pointer(pointer)?.as_str()?.chars().map(plain).collect();
                least::set(&mut value, pointer, text.into())?;
            }
            Edit::Length { pointer, low, high } => {
                let keep = low + (high - low) / 2;
                let text: String = value.pointer(pointer)?.as_str()?.chars().take(keep).collect();
                least::set(&mut value, pointer, text.into())?;
            }
            Edit::Tail { pointer, low, high } => {
                let keep = low + (high - low) / 2;
                let text = value.pointer(pointer)?.as_str()?;
                let cut = text.chars().count().checked_sub(keep)?;
                let text: String = text.chars().skip(cut).collect();
                least::set(&mut value, pointer, text.into())?;
            }
            Edit::Half { pointer } => {
                let half = value.pointer(pointer)?.as_i64()? / 2;
                least::set(&mut value, pointer, half.into())?;
            }
        }
        Some(value)
    }

    /// What an edit's fate makes worth trying.
    fn follow(&mut self, edit: Edit, accepted: bool) {
        match (edit, accepted) {
            // Nothing is left that could be smaller.
            (Edit::Whole, true) => {
                self.open.clear();
                self.stage = Stage::Done;
                self.progress = false;
            }
            (Edit::Members { pointer, names }, false) if names.len() > 1 => {
                let (front, back) = names.split_at(names.len() / 2);
                for names in [back.to_vec(), front.to_vec()] {
                    self.open.push(Edit::Members { pointer: pointer.clone(), names });
                }
            }
            (Edit::List { pointer }, false) => {
                let count = edit::len(&self.best, &pointer);
                if count > 1 {
                    self.open.push(Edit::Back { pointer: pointer.clone(), low: 1, high: count });
                    self.open.push(Edit::Front { pointer, low: 1, high: count });
                }
            }
            (Edit::Front { pointer, low, high }, accepted) => {
                if let Some((low, high)) = narrow(low, high, accepted) {
                    self.open.push(Edit::Front { pointer, low, high });
                }
            }
            (Edit::Back { pointer, low, high }, accepted) => {
                if let Some((low, high)) = narrow(low, high, accepted) {
                    self.open.push(Edit::Back { pointer, low, high });
                    return;
                }
                let count = edit::len(&self.best, &pointer);
                let single = |index| Edit::Entry { pointer: pointer.clone(), index };
                if (2..=8).contains(&count) {
                    self.open.extend((0..count).map(single));
                }
            }
            (Edit::Leaves { pointers }, false) => match pointers.as_slice() {
                [] => {}
                [only] => self.refine(only),
                many => {
                    let (front, back) = many.split_at(many.len() / 2);
                    // Large parts before small ones, should the budget end before all are tried.
                    self.open.insert(0, Edit::Leaves { pointers: front.to_vec() });
                    self.open.insert(0, Edit::Leaves { pointers: back.to_vec() });
                }
            },
            (Edit::Length { pointer, low, high }, accepted) => {
                if let Some((low, high)) = narrow(low, high, accepted) {
                    self.open.push(Edit::Length { pointer, low, high });
                    return;
                }
                let text = self.best.pointer(&pointer).and_then(Value::as_str).unwrap_or_default();
                let high = text.chars().count();
                // Of equal characters it doesn't matter which are kept.
                if text.chars().any(|c| !text.starts_with(c)) {
                    self.open.push(Edit::Tail { pointer, low: 1, high });
                }
            }
            (Edit::Tail { pointer, low, high }, accepted) => {
                if let Some((low, high)) = narrow(low, high, accepted) {
                    self.open.push(Edit::Tail { pointer, low, high });
                }
            }
            (Edit::Letters { pointer }, false) => self.open.push(Edit::Plain { pointer }),
            (Edit::Half { pointer }, true) => self.open.push(Edit::Half { pointer }),
            _ => {}
        }
    }

    /// A single value whose smallest form won't do.
    fn refine(&mut self, pointer: &str) {
        let pointer = pointer.to_owned();
        match self.best.pointer(&pointer) {
            Some(Value::String(text)) => {
                let high = text.chars().count();
                if high > 1 {
                    self.open.push(Edit::Length { pointer: pointer.clone(), low: 1, high });
                }
                self.open.push(Edit::Letters { pointer });
            }
            Some(Value::Number(_)) => self.open.push(Edit::Half { pointer }),
            _ => {}
        }
    }
}

impl ValueTree for JsonTree {
    type Value = Value;

    fn current(&self) -> Value {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(edit) = self.pending.take() {
            self.best.clone_from(&self.current);
            self.progress = true;
            self.follow(edit, true);
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        let Some(edit) = self.pending.take() else { return false };
        self.follow(edit, false);
        if !self.advance() {
            // The last known failure; a caller that asks `is_known` needs no further test.
            self.current.clone_from(&self.best);
        }
        true
    }
}

impl fmt::Debug for JsonTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonTree")
            .field("label", &self.label)
            .field("current", &self.current)
            .field("proposals", &self.proposals)
            .finish_non_exhaustive()
    }
}
