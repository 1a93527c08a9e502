//! A schema compiled for drawing.

use serde_json::Value;

use super::dice::Dice;
use super::format;
use super::numeric::Numeric;
use super::pattern::Pattern;
use super::plant::{self, Bug};
use super::text::{Texts, string};

/// Draws that may fail (a pattern within limits, one more different entry) are tried so often.
pub(super) const TRIES: usize = 24;

/// Strings without an upper limit have rarely more characters than this.
const USUAL_LENGTH: usize = 40;

/// What a value may be at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Values that a caller wants used here.
    pub(super) known: Vec<Value>,
    /// The branches of `anyOf` and `oneOf`; one where there are none.
    pub(super) choices: Vec<Choice>,
}

/// What a value may be, keyword by keyword.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) enumeration: Option<Vec<Value>>,
    /// The types that are drawn.
    pub(super) types: Vec<Type>,
    /// Whether `type` names them.
    pub(super) typed: bool,
    pub(super) text: Text,
    pub(super) number: Option<Numeric>,
    pub(super) list: List,
    pub(super) members: Members,
}

/// The JSON types, integers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) format: Option<String>,
    /// The form of texts that are sent as legal, where a format asks for it that forbids nothing.
    pub(super) hint: Option<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct List {
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    pub(super) prefix: Vec<Node>,
    /// What entries behind the prefix are; `None` where there can't be any.
    pub(super) items: Option<Box<Node>>,
    pub(super) unique: bool,
    /// Entries hold lists themselves: full ones within full ones grow without bound.
    pub(super) nested: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    pub(super) named: Vec<Member>,
    pub(super) extra: Extra,
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    /// Every name that `properties` has, also of members that can't be drawn.
    pub(super) names: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) node: Node,
    pub(super) required: bool,
}

/// Members beyond the named ones.
#[derive(Clone, Debug, Default)]
pub(super) enum Extra {
    #[default]
    Free,
    Forbidden,
    Of(Box<Node>),
}

impl Node {
    /// A legal value; `None` where luck failed.
    pub(super) fn draw(&self, texts: Texts, dice: &mut Dice) -> Option<Value> {
        if !self.known.is_empty()
            && let Some(known) = dice.pick(&self.known)
        {
            return Some(known.clone());
        }
        match self.choices.as_slice() {
            [only] => only.draw(texts, dice),
            many => dice.pick(many)?.draw(texts, dice),
        }
    }
}

impl Node {
    /// Whether there can be a list in the value.
    pub(super) fn has_list(&self) -> bool {
        let below = |members: &Members| {
            let extra = matches!(&members.extra, Extra::Of(node) if node.has_list());
            extra || members.named.iter().any(|member| member.node.has_list())
        };
        self.choices.iter().any(|choice| {
            choice.types.contains(&Type::Array)
                || (choice.types.contains(&Type::Object) && below(&choice.members))
        })
    }
}

impl Choice {
    pub(super) fn draw(&self, texts: Texts, dice: &mut Dice) -> Option<Value> {
        if let Some(values) = &self.enumeration {
            return dice.pick(values).cloned();
        }
        let kind = match self.types.as_slice() {
            [only] => *only,
            many => *dice.pick(many)?,
        };
        self.draw_as(kind, texts, dice)
    }

    pub(super) fn draw_as(&self, kind: Type, texts: Texts, dice: &mut Dice) -> Option<Value> {
        Some(match kind {
            Type::Null => Value::Null,
            Type::Boolean => dice.one_in(2).into(),
            Type::Integer | Type::Number => self.number.as_ref()?.draw(dice),
            Type::String => self.text.draw(texts, dice)?.into(),
            Type::Array => Value::Array(self.list.draw(None, texts, dice)?.0),
            Type::Object => Value::Object(self.members.draw(None, texts, dice)?),
        })
    }
}

impl Text {
    pub(super) fn draw(&self, texts: Texts, dice: &mut Dice) -> Option<String> {
        let least = texts.least(self.min, self.max);
        let wanted = dice.size(least, self.max, USUAL_LENGTH);
        let planted = plant::is(Bug::ValidTooLong) && dice.one_in(4) && self.max.is_some();
        if planted && self.is_free() {
            return Some(string(self.max? + 1, texts, dice));
        }
        // Where any length will do, a form need not be drawn until it has the wanted one.
        let exact = if self.max.is_some() || self.is_free() {
            self.of_length(wanted, texts, dice)
        } else {
            None
        };
        let formed = exact.or_else(|| {
            (0..TRIES).find_map(|_| {
                let text = self.form(dice.size(least, self.max, USUAL_LENGTH), texts, dice);
                let count = text.chars().count();
                let fits = count >= self.min && self.max.is_none_or(|max| count <= max);
                (fits && self.takes(&text)).then_some(text)
            })
        });
        formed.or_else(|| self.is_hinted().then(|| string(wanted, texts, dice)))
    }

    /// A string of exactly `length` code points that fits pattern and format.
    pub(super) fn of_length(&self, length: usize, texts: Texts, dice: &mut Dice) -> Option<String> {
        if self.is_free() {
            return Some(string(length, texts, dice));
        }
        (0..TRIES / 2)
            .map(|_| self.form(length, texts, dice))
            .find(|text| text.chars().count() == length && self.takes(text))
    }

    fn form(&self, length: usize, texts: Texts, dice: &mut Dice) -> String {
        match (self.patterns.first(), self.format.as_deref().or(self.hint)) {
            (Some(pattern), _) => {
                // Some lengths are out of the pattern's reach.
                let (low, high) = pattern.span();
                let length = length.max(low);
                let anywhere = if self.max.is_none() { high.unwrap_or(length) } else { length };
                pattern.draw(length.min(anywhere.max(low)), dice)
            }
            (None, Some(format)) => format::draw(format, length, dice),
            (None, None) => string(length, texts, dice),
        }
    }

    /// A string of exactly `length` code points, whether or not there is one of the form that is only
    /// hinted at.
    pub(super) fn of_any_form(
        &self,
        length: usize,
        texts: Texts,
        dice: &mut Dice,
    ) -> Option<String> {
        let formed = self.of_length(length, texts, dice);
        formed.or_else(|| self.is_hinted().then(|| string(length, texts, dice)))
    }

    /// Whether neither pattern nor format is asked for.
    pub(super) fn is_free(&self) -> bool {
        self.patterns.is_empty() && self.format.is_none() && self.hint.is_none()
    }

    /// Whether a form is hinted at, and none asked for.
    fn is_hinted(&self) -> bool {
        self.patterns.is_empty() && self.format.is_none() && self.hint.is_some()
    }

    /// Whether a text that was drawn from the first pattern matches all of them.
    fn takes(&self, text: &str) -> bool {
        let drawn = usize::from(self.patterns.first().is_some_and(Pattern::is_exact));
        self.patterns.iter().skip(drawn).all(|pattern| pattern.is_found(text))
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.patterns.iter().all(|pattern| pattern.is_found(text))
    }
}
