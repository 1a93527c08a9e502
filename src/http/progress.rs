//! How far an answer has come, for the words about one that doesn't come any further.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stands for the number of bytes where none is known.
const UNKNOWN: u64 = u64::MAX;

/// How far the answer to a request has come.
#[derive(Debug)]
pub(super) struct Progress {
    /// Bytes of the body, once there is a head.
    read: AtomicU64,
    /// Bytes that the head says the body has.
    announced: AtomicU64,
}

impl Progress {
    /// Nothing has come.
    pub(super) fn none() -> Self {
        Self { read: AtomicU64::new(UNKNOWN), announced: AtomicU64::new(UNKNOWN) }
    }

    /// The head came, and says that so many bytes follow.
    pub(super) fn head(&self, announced: Option<u64>) {
        self.announced.store(announced.unwrap_or(UNKNOWN), Ordering::Relaxed);
        self.read.store(0, Ordering::Relaxed);
    }

    /// So many bytes more of the body came.
    pub(super) fn body(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |held: &AtomicU64| Some(held.load(Ordering::Relaxed)).filter(|h| *h != UNKNOWN);
        match (known(&self.read), known(&self.announced)) {
            (None, _) => f.write_str("and nothing came, or no whole head"),
            (Some(read), Some(all)) => {
                write!(f, "and the head came with {read} of the {all} bytes that it announces")
            }
            (Some(read), None) => {
                write!(f, "and the head came with {read} bytes of a body, but not its end")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn it_tells_what_came_of_what_was_announced() {
        let progress = Progress::none();
        assert_eq!(progress.to_string(), "and nothing came, or no whole head");
        progress.head(Some(164));
        progress.body(100);
        progress.body(63);
        let expected = "and the head came with 163 of the 164 bytes that it announces";
        assert_eq!(progress.to_string(), expected);
        progress.head(None);
        let expected = "and the head came with 0 bytes of a body, but not its end";
        assert_eq!(progress.to_string(), expected, "another answer begins anew");
    }
}
