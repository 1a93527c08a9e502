//! Numbers by their exact decimal value.

use std::cmp::Ordering;

use serde_json::Number;

/// `digits × 10^exponent`, as the number is written.
struct Decimal {
    digits: i128,
    exponent: i32,
}

impl Decimal {
    /// `None` where the digits don't fit.
    fn of(number: &Number) -> Option<Self> {
        // The shortest text that reads back as the same number is what a person would write.
        let text = number.to_string();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text.as_str(), 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { digits, exponent: exponent - i32::try_from(fraction.len()).ok()? })
    }

    /// The digits at a smaller exponent.
    fn at(&self, exponent: i32) -> Option<i128> {
        let power = u32::try_from(self.exponent - exponent).ok()?;
        10_i128.checked_pow(power)?.checked_mul(self.digits)
    }
}

/// Both numbers as whole multiples of one power of ten.
fn aligned(a: &Number, b: &Number) -> Option<(i128, i128)> {
    let (a, b) = (Decimal::of(a)?, Decimal::of(b)?);
    let exponent = a.exponent.min(b.exponent);
    Some((a.at(exponent)?, b.at(exponent)?))
}

/// Compares by value; as binary fractions where the exact values are beyond reach.
pub(super) fn compare(a: &Number, b: &Number) -> Ordering {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return a.cmp(&b);
    }
    match aligned(a, b) {
        Some((a, b)) => a.cmp(&b),
        None => a
            .as_f64()
            .zip(b.as_f64())
            .and_then(|(a, b)| a.partial_cmp(&b))
            .unwrap_or(Ordering::Equal),
    }
}

/// Whether `number` is a whole number of steps.
pub(super) fn is_multiple(number: &Number, step: &Number) -> bool {
    match aligned(number, step) {
        Some((_, 0)) => true,
        Some((number, step)) => number % step == 0,
        // Far apart in size: binary fractions are all there is.
        None => {
            number.as_f64().zip(step.as_f64()).is_none_or(|(number, step)| number % step == 0.0)
        }
    }
}

/// Whether `number` has no fraction, however it is written.
pub(super) fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

/// Whether `number` lies within a signed integer of so many bits; fractions are not judged.
pub(super) fn fits_bits(number: &Number, bits: u32) -> bool {
    let limit = 1_i128 << (bits - 1);
    match Decimal::of(number) {
        Some(decimal) if decimal.exponent < 0 => true,
        Some(decimal) => decimal.at(0).is_some_and(|whole| (-limit..limit).contains(&whole)),
        None => false,
    }
}
