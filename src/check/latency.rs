//! No answer takes longer than the user allows.

use std::time::Duration;

use super::{Breach, CheckName, Exchange, Severity};

/// The way in which a slow answer breaks its promise.
pub const TOO_SLOW: &str = "slower than allowed";

/// The breach of an answer that took longer than `limit`. For how long our own event loop was late
/// is no part of the time that an exchange took.
pub fn too_slow(exchange: &Exchange<'_>, limit: Duration) -> Option<Breach> {
    let elapsed = exchange.interaction.elapsed;
    exchange.answer().filter(|_| elapsed > limit)?;
    Some(Breach {
        check: CheckName::MaxResponseTime,
        rule: exchange.operation().rule_id("response", "latency"),
        severity: Severity::Failure,
        kind: TOO_SLOW,
        expected: format!("a whole answer within {limit:?}"),
        actual: format!("{} after {} ms", exchange.describe_answer(), elapsed.as_millis()),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::too_slow;
    use crate::check::Exchange;
    use crate::check::tests::{case, operation, oracle, short};

    #[test]
    fn an_answer_may_take_as_long_as_the_limit_and_no_answer_is_reported_elsewhere() {
        let (oracle, case) = (oracle(), case(&operation()));
        let slow = |answer, milliseconds| {
            let mut interaction = short(answer);
            interaction.elapsed = Duration::from_millis(milliseconds);
            let reading = oracle.read(&interaction);
            let exchange = Exchange {
                oracle: &oracle,
                case: &case,
                interaction: &interaction,
                reading: &reading,
            };
            too_slow(&exchange, Duration::from_millis(300)).map(|breach| breach.actual)
        };
        assert_eq!(slow("ok", 300), None);
        assert!(slow("ok", 301).is_some_and(|actual| actual.ends_with("after 301 ms")));
        assert_eq!(slow("closed", 301), None);
    }
}
