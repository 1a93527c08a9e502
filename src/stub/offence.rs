//! Every constraint that a request breaks, with the values that break them.

use serde_json::Value;

use crate::contract::{Broken, Place, Validator};

/// A constraint that a value breaks, with the value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offence {
    /// The constraint.
    pub(super) broken: Broken,
    /// Where the value stands: a JSON pointer into the body, or into the parameter's value. For a
    /// missing member it is where the member would stand.
    pub(super) pointer: String,
    /// The value; null for a missing member.
    pub(super) value: Value,
}

impl Offence {
    /// Whether it is against this constraint.
    pub(super) fn is_against(&self, broken: &Broken) -> bool {
        is_same(&self.broken, broken)
    }
}

/// Whether two are the same constraint, whatever was found there.
pub(super) fn is_same(one: &Broken, other: &Broken) -> bool {
    one.location == other.location && one.keyword == other.keyword
}

/// Every constraint that `value`, which stands at `root`, breaks, in the validator's order.
pub(super) fn offences(validator: &Validator, root: &Place, value: &Value) -> Vec<Offence> {
    let found = validator.all_broken(root, value).into_iter();
    found
        .map(|(broken, pointer)| {
            let value = value.pointer(&pointer).cloned().unwrap_or_default();
            Offence { broken, pointer, value }
        })
        .collect()
}
