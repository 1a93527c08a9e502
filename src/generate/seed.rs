//! One seed for a run, and from it one for every case.

use std::fmt;
use std::str::FromStr;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::contract::hash::fnv1a;

/// The random numbers of one case.
pub type CaseRng = ChaCha8Rng;

/// The seed of a run, printed as eight or sixteen hexadecimal digits.
///
/// Every case draws from a generator of its own, keyed by the run's seed, the operation, a label
/// and the case's number, so that any case can be made again alone and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The generator of case `number` under `label` of `operation`.
    pub fn rng(self, operation: &str, label: &str, number: u64) -> CaseRng {
        let mut key = [0; 32];
        let words = [self.0, fnv1a(operation), fnv1a(label), number];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text.trim_start_matches("0x"), 16)
            .map(Self)
            .map_err(|_| format!("`{text}` is no seed: a seed is 1 to 16 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::Seed;

    #[test]
    fn a_seed_reads_as_it_is_printed() {
        let seed = Seed(0x7f3a_91c2);
        assert_eq!(seed.to_string(), "7f3a91c2");
        assert_eq!("7f3a91c2".parse(), Ok(seed));
        assert!("seven".parse::<Seed>().is_err());
    }

    #[test]
    fn cases_differ_by_operation_label_and_number() {
        let first = |operation, label, number| Seed(1).rng(operation, label, number).next_u64();
        let base = first("prepare", "a", 0);
        assert_eq!(base, first("prepare", "a", 0));
        for other in [first("reboot", "a", 0), first("prepare", "b", 0), first("prepare", "a", 1)] {
            assert_ne!(base, other);
        }
    }
}
