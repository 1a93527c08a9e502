//! What differs from run to run.

use std::hash::{BuildHasher, RandomState};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::contract::Contract;
use crate::generate::Seed;

/// The characters of a made-up token.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// The length of a made-up token, in characters.
const TOKEN_LENGTH: usize = 32;

/// A seed that no other run has, short enough to be typed again.
pub fn random_seed() -> Seed {
    Seed(chance().next_u64() >> 32)
}

/// A seed that all processes agree on which test this contract.
pub fn common_seed(contract: &Contract) -> Seed {
    let hash = contract.content_hash();
    hash.get(..8).and_then(|digits| digits.parse().ok()).unwrap_or(Seed(0))
}

/// A token that nobody else has: letters of both cases and digits, never hexadecimal alone.
pub fn random_token() -> String {
    let mut chance = chance();
    let letter = |number: u32| char::from(LETTERS[number as usize % LETTERS.len()]);
    // Both cases and a letter that is no hexadecimal digit, whatever the dice say.
    let drawn = (3..TOKEN_LENGTH).map(|_| letter(chance.next_u32()));
    "Fps".chars().chain(drawn).collect()
}

/// Numbers from the system's randomness, by way of what the standard library takes of it.
fn chance() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(RandomState::new().hash_one(std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::{TOKEN_LENGTH, random_seed, random_token};

    #[test]
    fn a_token_has_letters_of_both_cases_and_is_not_hexadecimal() {
        let token = random_token();
        assert_eq!(token.len(), TOKEN_LENGTH);
        assert!(token.contains(char::is_uppercase) && token.contains(char::is_lowercase));
        assert!(!token.chars().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(token, random_token());
    }

    #[test]
    fn a_seed_has_eight_digits() {
        assert_eq!(random_seed().to_string().len(), 8);
    }
}
