//! A handle that ends a run from outside.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends a run before its plan does: nothing more is sent, requests under way are given two seconds,
/// and what was seen so far is reported.
#[derive(Clone, Debug)]
pub struct StopHandle(Arc<watch::Sender<bool>>);

impl Default for StopHandle {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl StopHandle {
    /// Ends the run, now.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether the run is to end.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the run is to end.
    pub async fn stopped(&self) {
        // An error would mean that the sender is gone, which this handle itself is.
        let _ = self.0.subscribe().wait_for(|is_stopped| *is_stopped).await;
    }
}

#[cfg(test)]
mod tests {
    use super::StopHandle;

    #[tokio::test]
    async fn a_clone_stops_its_original() {
        let handle = StopHandle::default();
        assert!(!handle.is_stopped());
        handle.clone().stop();
        handle.stopped().await;
        assert!(handle.is_stopped());
    }
}
