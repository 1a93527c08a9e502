//! How long answers take, in constant space.

use std::time::Duration;

use super::Latency;

/// Counts of answers by the power of two of their microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    counts: [u64; 40],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; 40] }
    }
}

impl Histogram {
    /// Counts one answer.
    pub(super) fn add(&mut self, elapsed: Duration) {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1);
        let power = usize::try_from(micros.ilog2()).unwrap_or(0);
        self.counts[power.min(39)] += 1;
    }

    /// The counts from one microsecond up, without the zeros behind the last answer.
    pub fn counts(&self) -> &[u64] {
        let used = self.counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        &self.counts[..used]
    }

    /// The histogram of such [`counts`](Self::counts); `None` where there are too many.
    pub fn of_counts(counts: &[u64]) -> Option<Self> {
        let mut held = Self::default();
        held.counts.get_mut(..counts.len())?.copy_from_slice(counts);
        Some(held)
    }

    /// Adds the answers of another histogram.
    pub fn add_all(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
    }

    /// The median and the 99th percentile, as the upper ends of their counts' ranges.
    pub(super) fn summary(&self) -> Option<Latency> {
        Some(Latency { median: self.at(50)?, p99: self.at(99)? })
    }

    /// The upper end of the range that this share of the answers is within.
    pub(super) fn at(&self, percent: u64) -> Option<Duration> {
        let total: u64 = self.counts.iter().sum();
        let wanted = (total * percent).div_ceil(100);
        let mut seen = 0;
        self.counts.iter().zip(1..).find_map(|(count, power)| {
            seen += count;
            (total > 0 && seen >= wanted).then(|| Duration::from_micros(1 << power))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Histogram;

    #[test]
    fn a_summary_bounds_its_share_of_the_answers() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.summary(), None);
        for _ in 0..98 {
            histogram.add(Duration::from_micros(900));
        }
        histogram.add(Duration::from_millis(50));
        histogram.add(Duration::from_millis(50));
        let latency = histogram.summary().expect("there are answers");
        assert_eq!(latency.median, Duration::from_micros(1024));
        assert!(latency.p99 >= Duration::from_millis(50));
    }
}
