//! No more requests a second than were asked for.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;

/// Requests a second: `20`, `20/s`, or `30/m` for one in two seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

/// The most requests a second that a rate may name.
const MOST: f64 = 100_000.0;

/// The least: one request an hour.
const LEAST: f64 = 1.0 / 3600.0;

/// A request is this many cells of the limiter, so that it can be late by parts of a request.
const CELLS: u32 = 100;

/// A timer's lateness that is made up for: more would be a burst.
const MADE_UP: f64 = 0.02;

impl Rate {
    /// Requests a second, from one an hour to 100,000.
    pub fn per_second(requests: f64) -> Option<Self> {
        (LEAST..=MOST).contains(&requests).then_some(Self(requests))
    }

    /// The most requests at once that leave the rate exact within 2 % over ten seconds.
    pub fn most_at_once(self) -> usize {
        let fits = |most: &u8| f64::from(*most) <= self.0 * 0.2;
        [32, 16, 8, 4, 2].into_iter().find(fits).unwrap_or(1).into()
    }

    /// The share of one of `parts` that send at once.
    #[must_use]
    pub fn shared(self, parts: u64) -> Self {
        let parts = u32::try_from(parts.max(1)).unwrap_or(u32::MAX);
        Self((self.0 / f64::from(parts)).max(LEAST))
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err("the units are /s, /m and /h: 20/s".to_owned()),
        };
        let is_number = number.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let requests = number.trim().parse().ok().filter(|_| is_number);
        requests.and_then(|requests: f64| Self::per_second(requests / seconds)).ok_or_else(|| {
            "write requests a second, such as 20 or 20/s; from one an hour to 100000/s".to_owned()
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

/// Lets requests through one by one, at a rate.
pub(super) struct Pacer {
    limiter: RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware>,
    clock: MonotonicClock,
    /// First come, first served.
    turn: Mutex<()>,
}

impl Pacer {
    pub(super) fn new(rate: Rate) -> Self {
        let cell = Duration::from_secs_f64(1.0 / (rate.0 * f64::from(CELLS)));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is bounded by `MOST` and above nothing"
        )]
        let made_up = ((rate.0 * MADE_UP * f64::from(CELLS)) as u32).max(1);
        let clock = MonotonicClock;
        let quota = Quota::with_period(cell.max(Duration::from_nanos(1)))
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(NonZeroU32::MIN.saturating_add(CELLS - 1 + made_up));
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        // Nothing was late yet, so that nothing is to be made up for.
        let _ = limiter.check_n(NonZeroU32::MIN.saturating_add(made_up - 1));
        Self { limiter, clock, turn: Mutex::new(()) }
    }

    /// Waits until the next request may go out.
    pub(super) async fn turn(&self) {
        let _turn = self.turn.lock().await;
        let request = NonZeroU32::MIN.saturating_add(CELLS - 1);
        // It never asks for more than the limiter holds.
        while let Ok(Err(not_yet)) = self.limiter.check_n(request) {
            tokio::time::sleep(not_yet.wait_time_from(self.clock.now())).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Pacer, Rate};

    #[test]
    fn a_rate_is_a_number_of_requests_in_a_time() {
        let rate = |text: &str| text.parse::<Rate>();
        assert_eq!(rate("20"), Ok(Rate(20.0)));
        assert_eq!(rate("20/s"), rate("20"));
        assert_eq!(rate("30/m"), rate("0.5"));
        assert_eq!(rate("20").map(|rate| rate.shared(4)), rate("5"));
        for wrong in ["", "0", "-1", "many", "20/d", "1e9", "inf", "NaN", "1/2/3"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn requests_go_out_one_by_one_from_the_first_on() {
        let begun = Instant::now();
        let pacer = Pacer::new(Rate(50.0));
        for _ in 0..6 {
            pacer.turn().await;
        }
        // Five intervals of 20 ms, less the lateness of 20 ms that may be made up for.
        assert!(begun.elapsed() >= Duration::from_millis(79), "{:?}", begun.elapsed());
    }
}
