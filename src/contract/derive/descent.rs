//! How far down a schema is described.

use crate::contract::Schema;

/// Bodies nested deeper than this are described no further.
const DEEPEST: usize = 10;

/// The way from a body's schema down to the one that is described.
#[derive(Debug, Default)]
pub(super) struct Descent {
    /// Pointers of the schemas above: a schema below itself is not described again.
    above: Vec<String>,
}

impl Descent {
    /// Goes down into a schema; false where it is not to be described.
    pub(super) fn enter(&mut self, schema: &Schema) -> bool {
        let is_new = !self.above.iter().any(|held| held == schema.pointer());
        let enters = is_new && self.above.len() < DEEPEST;
        if enters {
            self.above.push(schema.pointer().to_owned());
        }
        enters
    }

    /// Comes back up from the schema that was entered last.
    pub(super) fn leave(&mut self) {
        self.above.pop();
    }
}
