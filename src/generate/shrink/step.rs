//! The single steps that make a value smaller.

/// One way to make the value smaller.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// Everything as small as the label allows.
    Whole,
    /// Take members away.
    Members { pointer: String, names: Vec<String> },
    /// A list as short as the label allows.
    List { pointer: String },
    /// Keep so many of the first entries: the least number lies from `low` to `high`.
    Front { pointer: String, low: usize, high: usize },
    /// Keep so many of the last entries.
    Back { pointer: String, low: usize, high: usize },
    /// Take one entry away.
    Entry { pointer: String, index: usize },
    /// Smallest forms for these values.
    Leaves { pointers: Vec<String> },
    /// The same length of simplest characters.
    Letters { pointer: String },
    /// Letters and digits become the simplest ones, all else stays.
    Plain { pointer: String },
    /// Keep so many of the first characters.
    Length { pointer: String, low: usize, high: usize },
    /// Keep so many of the last characters.
    Tail { pointer: String, low: usize, high: usize },
    /// The number is divided by two.
    Half { pointer: String },
}

impl Edit {
    /// Whether it goes as far as the label allows, so that no part of it can do more.
    pub(super) fn is_least(&self) -> bool {
        matches!(self, Self::Whole | Self::Members { .. } | Self::List { .. } | Self::Leaves { .. })
    }
}

/// Half of the span that a middle was tried of; `None` where nothing is left of it.
pub(super) fn narrow(low: usize, high: usize, accepted: bool) -> Option<(usize, usize)> {
    let middle = low + high.saturating_sub(low) / 2;
    let (low, high) = if accepted { (low, middle) } else { (middle + 1, high) };
    (low < high).then_some((low, high))
}
