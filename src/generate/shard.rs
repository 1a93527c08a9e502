//! One part of a run that is split over several processes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::contract::hash::fnv1a;

/// The most shards of one run.
const MOST_SHARDS: u32 = 10_000;

/// Where each shard gets as many blocks of random cases as this, they are dealt out whole.
const LEAST_BLOCKS: usize = 8;

/// One of the parts that a plan is dealt out to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    of: u32,
}

/// Why a text or two numbers name no shard.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShardError {
    /// Not two numbers.
    #[error("`{0}` names no shard; write INDEX/TOTAL, the first of three as 1/3")]
    Form(String),
    /// No shards, or very many.
    #[error("a run can't be split into {0} shards; give 1 to {MOST_SHARDS}")]
    Total(u64),
    /// An index outside the total.
    #[error("there is no shard {index} of {of}; shards count from {first} to {last}")]
    Index {
        /// The index as given.
        index: u64,
        /// The number of shards.
        of: u32,
        /// The index of the first one.
        first: u32,
        /// The index of the last one.
        last: u32,
    },
}

impl Shard {
    /// The shard `index` of `of`, where the first has the index `first`: 0 or 1.
    ///
    /// # Errors
    /// If there is no such shard.
    pub fn new(index: u64, of: u64, first: u32) -> Result<Self, ShardError> {
        let total = u32::try_from(of).ok().filter(|total| (1..=MOST_SHARDS).contains(total));
        let total = total.ok_or(ShardError::Total(of))?;
        let counted = index.checked_sub(u64::from(first)).filter(|at| *at < u64::from(total));
        let last = total - 1 + first;
        counted
            .and_then(|at| u32::try_from(at).ok())
            .map(|at| Self { index: at + 1, of: total })
            .ok_or(ShardError::Index { index, of: total, first, last })
    }

    /// Which one it is, counted from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether what has this name falls to this shard: to exactly one of them, on every machine the
    /// same.
    pub fn takes(self, name: &str) -> bool {
        let hash = fnv1a(name);
        // The lower bits of FNV-1a alone are those of the text's last characters.
        let folded = (hash >> 32) ^ (hash & 0xffff_ffff);
        folded % u64::from(self.of) == u64::from(self.index - 1)
    }

    /// Whether so many blocks of random cases are dealt out whole, in turn, so that no shard makes
    /// what others send, nor sends a control for a few cases.
    pub(super) fn deals_whole(self, blocks: usize) -> bool {
        let of = usize::try_from(self.of).unwrap_or(usize::MAX);
        blocks / of >= LEAST_BLOCKS
    }

    /// Whether the block with this index falls to this shard where blocks are dealt out whole.
    pub(super) fn has_turn(self, index: usize) -> bool {
        let (of, own) = (usize::try_from(self.of), usize::try_from(self.index - 1));
        matches!((of, own), (Ok(of), Ok(own)) if index % of == own)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    /// Reads `2/3`, counted from 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || ShardError::Form(text.to_owned());
        let number = |part: &str| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u64>().ok().filter(|_| is_number).ok_or_else(form)
        };
        let (index, of) = text.trim().split_once('/').ok_or_else(form)?;
        Self::new(number(index)?, number(of)?, 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {} of {}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Shard, ShardError};

    #[test]
    fn a_shard_is_written_with_its_total() {
        let shard: Shard = "2/3".parse().expect("is one");
        assert_eq!((shard.index(), shard.of()), (2, 3));
        assert_eq!(shard.to_string(), "shard 2 of 3");
        assert_eq!(Shard::new(0, 3, 0), "1/3".parse());
        assert_eq!(Shard::new(2, 3, 0), "3/3".parse());
        for wrong in ["", "2", "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/3/5", "a/b", "1/99999"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        let error = Shard::new(3, 3, 0).expect_err("counts from 0");
        assert_eq!(error, ShardError::Index { index: 3, of: 3, first: 0, last: 2 });
    }

    #[test]
    fn each_name_falls_to_one_shard_and_each_shard_gets_its_share() {
        for of in [1, 2, 3, 7] {
            let mut dealt = vec![0_u32; of];
            for number in 0..7_000 {
                // As the ids of pairs are: every other number.
                let name =
                    format!("fuzzing/ValidRequest/request/valid/random 0/{}", 2 * number + 1);
                let taken = (1..=of).filter(|index| {
                    let shard = Shard::new(*index as u64, of as u64, 1).expect("is one");
                    shard.takes(&name)
                });
                let taken: Vec<usize> = taken.collect();
                assert_eq!(taken.len(), 1);
                dealt[taken[0] - 1] += 1;
            }
            let share = 7_000 / u32::try_from(of).expect("is small");
            assert!(dealt.iter().all(|count| count.abs_diff(share) < share / 10), "{dealt:?}");
        }
    }
}
