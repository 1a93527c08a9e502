//! What becomes of a shop's answers.

use serde_json::Value;

use super::pets::{PLAIN, Ways};
use crate::opponents::{Reply, Seen};

/// The same with another status where the plain one is `from`.
pub(super) fn status(mut reply: Reply, from: u16, to: u16) -> Reply {
    if reply.status == from {
        reply.status = to;
    }
    reply
}

/// The same with the pets in an answer changed.
pub(super) fn pets_changed(mut reply: Reply, change: fn(&mut Value)) -> Reply {
    if matches!(reply.status, 200 | 201) {
        match reply.value() {
            Value::Array(pets) => pets.iter_mut().for_each(change),
            pet => change(pet),
        }
    }
    reply
}

/// Whether the path is a pet's.
pub(super) fn is_pet(path: &str) -> bool {
    path.strip_prefix("/pets/").is_some_and(|id| id.parse::<u64>().is_ok())
}

pub(super) const fn changed(change: fn(&Seen, Reply) -> Reply) -> Ways {
    Ways { change, ..PLAIN }
}

pub(super) const fn lax(lax: &'static [&'static str]) -> Ways {
    Ways { lax, ..PLAIN }
}
