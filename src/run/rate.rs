//! No more requests a second than were asked for.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// Requests a second: `20`, `20/s`, or `30/m` for one in two seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

/// The most requests a second that a rate may name.
const MOST: f64 = 100_000.0;

/// The least: one request an hour.
const LEAST: f64 = 1.0 / 3600.0;

/// Lateness up to this is made up for, so that ten seconds have no more than 2 % too many requests.
const MADE_UP: Duration = Duration::from_millis(200);

/// What is late is made up for at no more than this times the rate,
const CATCHING_UP: u32 = 2;

/// as far as timers, which are late by up to two milliseconds themselves, can tell.
const GRAIN: Duration = Duration::from_millis(5);

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
    /// First come, first served.
    turn: Mutex<[Schedule; 2]>,
}

/// When requests are due: evenly from the first on, however late one of them is.
#[derive(Debug)]
struct Schedule {
    interval: Duration,
    /// Lateness beyond this is not made up for.
    made_up: Duration,
    /// When the next one is due.
    due: Instant,
}

impl Schedule {
    fn pass(&mut self, now: Instant) {
        let earliest = now.checked_sub(self.made_up).unwrap_or(now);
        self.due = self.due.max(earliest) + self.interval;
    }
}

impl Pacer {
    pub(super) fn new(rate: Rate) -> Self {
        let (interval, due) = (Duration::from_secs_f64(1.0 / rate.0), Instant::now());
        let made_up = MADE_UP.saturating_sub(interval).max(MADE_UP / 10);
        let rate = Schedule { interval, made_up, due };
        let most = Schedule { interval: interval / CATCHING_UP, made_up: GRAIN, due };
        Self { turn: Mutex::new([rate, most]) }
    }

    /// Waits until the next request may go out.
    pub(super) async fn turn(&self) {
        let mut turn = self.turn.lock().await;
        let due = turn[0].due.max(turn[1].due);
        if due > Instant::now() {
            tokio::time::sleep_until(due.into()).await;
        }
        let now = Instant::now();
        turn.iter_mut().for_each(|schedule| schedule.pass(now));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Pacer, Rate, Schedule};

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
        assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
    }

    #[test]
    fn what_is_late_is_made_up_for_without_a_burst() {
        let begun = Instant::now();
        let at = |millis: u64| begun + Duration::from_millis(millis);
        let milliseconds = Duration::from_millis;
        let mut schedule =
            Schedule { interval: milliseconds(10), made_up: milliseconds(50), due: begun };
        // Timers are late, the schedule is not.
        for now in [0, 12, 21, 33] {
            schedule.pass(at(now));
        }
        assert_eq!(schedule.due, at(40));
        // A pause of which no more than so much is made up for.
        schedule.pass(at(500));
        assert_eq!(schedule.due, at(460));
        schedule.pass(at(500));
        assert_eq!(schedule.due, at(470));
        let pacer = Pacer::new(Rate(100.0));
        let [rate, most] = pacer.turn.into_inner();
        assert_eq!((rate.made_up, most.interval), (milliseconds(190), milliseconds(5)));
    }
}
