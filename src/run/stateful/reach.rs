//! How far a run went: what it could have found.

use serde::{Deserialize, Serialize};

/// How far a run went with one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Valid requests whose answers were judged.
    pub valid: u64,
    /// The most requests that were under way at once in a burst; 0 without one.
    pub together: u64,
}

impl Reach {
    /// The probability that a fault which strikes one of a hundred valid requests, each by chance,
    /// struck at least one.
    pub fn power(self) -> f64 {
        // Far more than there will ever be say no more.
        1.0 - 0.99_f64.powi(i32::try_from(self.valid).unwrap_or(i32::MAX))
    }

    /// Adds what another shard reached.
    pub(in crate::run) fn add(&mut self, other: Self) {
        self.valid += other.valid;
        self.together = self.together.max(other.together);
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn four_hundred_and_fifty_nine_requests_find_a_fault_in_one_of_a_hundred() {
        let power = |valid| Reach { valid, together: 0 }.power();
        assert!(power(459) >= 0.99 && power(458) < 0.99);
        assert!(power(0).abs() < f64::EPSILON);
    }
}
