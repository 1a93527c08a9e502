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

/// A request is this many cells of a limiter, so that it can be late by parts of a request.
const CELLS: u32 = 100;

/// Lateness up to this is made up for, in seconds, so that ten seconds have no more than 2 % too many
/// requests.
const MADE_UP: f64 = 0.2;

/// What is late is made up for at no more than this times the rate,
const CATCHING_UP: f64 = 2.0;

/// as far as timers, which are late by up to two milliseconds themselves, can tell.
const GRAIN: f64 = 0.005;

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
    /// The rate in the mean, and the rate at which what is late is made up for.
    quotas: [Limiter; 2],
    clock: MonotonicClock,
    /// First come, first served.
    turn: Mutex<()>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware>;

impl Pacer {
    pub(super) fn new(rate: Rate) -> Self {
        let interval = 1.0 / rate.0;
        let made_up = (MADE_UP - interval).max(MADE_UP / 10.0);
        let quotas = [limiter(rate.0, made_up), limiter(rate.0 * CATCHING_UP, GRAIN)];
        Self { quotas, clock: MonotonicClock, turn: Mutex::new(()) }
    }

    /// Waits until the next request may go out.
    pub(super) async fn turn(&self) {
        let _turn = self.turn.lock().await;
        for quota in &self.quotas {
            // It never asks for more than a limiter holds.
            while let Ok(Err(not_yet)) = quota.check_n(request(0)) {
                tokio::time::sleep(not_yet.wait_time_from(self.clock.now())).await;
            }
        }
    }
}

/// A request, and so many cells.
fn request(more: u32) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(CELLS - 1 + more)
}

/// So many requests a second, where lateness up to `made_up` seconds is made up for.
fn limiter(requests: f64, made_up: f64) -> Limiter {
    let cells = requests * f64::from(CELLS);
    let cell = Duration::from_secs_f64(1.0 / cells).max(Duration::from_nanos(1));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is bounded by `MOST` and above nothing"
    )]
    let made_up = ((cells * made_up) as u32).max(1);
    let quota = Quota::with_period(cell).unwrap_or(Quota::per_second(NonZeroU32::MIN));
    let quota = quota.allow_burst(request(made_up));
    let limiter = RateLimiter::direct_with_clock(quota, MonotonicClock);
    // Nothing was late yet, so that nothing is to be made up for.
    let _ = limiter.check_n(NonZeroU32::MIN.saturating_add(made_up - 1));
    limiter
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
        assert!(begun.elapsed() >= Duration::from_millis(98), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn what_is_late_is_made_up_for_in_part_and_without_a_burst() {
        let pacer = Pacer::new(Rate(50.0));
        pacer.turn().await;
        // Fifty requests late, of which no more than nine are made up for, at 10 ms each.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let begun = Instant::now();
        for _ in 0..10 {
            pacer.turn().await;
        }
        let caught_up = begun.elapsed();
        assert!(caught_up >= Duration::from_millis(80), "{caught_up:?}");
        for _ in 0..10 {
            pacer.turn().await;
        }
        assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
    }
}
