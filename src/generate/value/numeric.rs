//! Numbers within limits and just outside them.

use serde_json::{Number, Value};

use super::dice::Dice;
use super::plant::{self, Bug};

/// The limits of a number, counted in units of `10^-scale`.
#[derive(Clone, Debug)]
pub(super) struct Numeric {
    scale: u32,
    /// Legal values are multiples of this many units.
    step: i128,
    /// `multipleOf` asks for more than `type` does.
    has_multiple: bool,
    low: Bound,
    high: Bound,
    /// The limits of the format, in units, and whether they are narrower than the others.
    format: Option<(i128, i128)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bound {
    inclusive: Option<i128>,
    exclusive: Option<i128>,
}

/// What a number's keywords say, as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) integer: bool,
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    pub(super) multiple_of: Vec<Number>,
    pub(super) format: Option<String>,
}

/// How far from a limit numbers are drawn, in steps.
const USUAL: i128 = 1000;

impl Numeric {
    /// `None` where the limits leave no value or are beyond exact arithmetic.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        let all = [
            &limits.minimum,
            &limits.maximum,
            &limits.exclusive_minimum,
            &limits.exclusive_maximum,
        ];
        let written = all.into_iter().flatten().chain(&limits.multiple_of);
        let decimals = written.map(decimals).try_fold(0, |most, one| Some(most.max(one?)))?;
        let scale = if !limits.multiple_of.is_empty() {
            decimals + 1
        } else if limits.integer {
            decimals
        } else {
            decimals.max(2)
        };
        let one = 10_i128.checked_pow(scale)?;
        let units = |number: &Option<Number>| match number {
            Some(number) => units(number, scale).map(Some),
            None => Some(None),
        };
        let mut step = if limits.integer { one } else { 1 };
        for multiple in &limits.multiple_of {
            step = least_common_multiple(step, self::units(multiple, scale)?)?;
        }
        let bits = match limits.format.as_deref() {
            Some("int32") => Some(31),
            Some("int64") => Some(63),
            _ => None,
        };
        let format = match bits {
            Some(bits) => {
                let limit = 1_i128 << bits;
                Some(((-limit).checked_mul(one)?, (limit - 1).checked_mul(one)?))
            }
            None => None,
        };
        let numeric = Self {
            scale,
            step,
            has_multiple: !limits.multiple_of.is_empty(),
            low: Bound {
                inclusive: units(&limits.minimum)?,
                exclusive: units(&limits.exclusive_minimum)?,
            },
            high: Bound {
                inclusive: units(&limits.maximum)?,
                exclusive: units(&limits.exclusive_maximum)?,
            },
            format,
        };
        let (low, high) = numeric.steps();
        (low <= high).then_some(numeric)
    }

    /// The least legal unit, where there is one.
    fn least(&self) -> Option<i128> {
        let exclusive = self.low.exclusive.map(|bound| bound + 1);
        let format = self.format.map(|(low, _)| low);
        [self.low.inclusive, exclusive, format].into_iter().flatten().max()
    }

    /// The greatest legal unit, where there is one.
    fn greatest(&self) -> Option<i128> {
        let exclusive = self.high.exclusive.map(|bound| bound - 1);
        let format = self.format.map(|(_, high)| high);
        [self.high.inclusive, exclusive, format].into_iter().flatten().min()
    }

    /// The steps that values are drawn from: the limits, or a usual span beside the only one.
    fn steps(&self) -> (i128, i128) {
        let low = self
            .least()
            .map(|low| low.div_euclid(self.step) + i128::from(low.rem_euclid(self.step) != 0));
        let high = self.greatest().map(|high| high.div_euclid(self.step));
        match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low.saturating_add(USUAL)),
            (None, Some(high)) => (high.saturating_sub(USUAL), high),
            (None, None) => (-USUAL, USUAL),
        }
    }

    /// A legal number: at a limit, beside it, near zero or anywhere.
    pub(super) fn draw(&self, dice: &mut Dice) -> Value {
        let (low, high) = self.steps();
        let step = match dice.below(8) {
            0 => low,
            1 => high,
            2 => (low + 1).min(high),
            3 => (high - 1).max(low),
            4 => dice.wide(-2, 100).clamp(low, high),
            _ => dice.wide(low, high),
        };
        self.value(step.saturating_mul(self.step))
    }

    /// The legal number that is nearest to those that break `keyword`.
    pub(super) fn edge(&self, keyword: &str) -> Value {
        let (low, high) = self.steps();
        let step = if matches!(keyword, "maximum" | "exclusiveMaximum") { high } else { low };
        self.value(step.saturating_mul(self.step))
    }

    /// A number that breaks `keyword` and no other limit.
    pub(super) fn violate(&self, keyword: &str, dice: &mut Dice) -> Option<Value> {
        let excess = match dice.below(8) {
            _ if dice.is_near() => 0,
            0..=3 => 0,
            4 => 1,
            5 => dice.wide(2, 100),
            _ => dice.wide(2, 100_000),
        };
        let (low, high) = self.steps();
        let up =
            |from: i128| from.div_euclid(self.step).checked_add(1 + excess)?.checked_mul(self.step);
        let down = |from: i128| {
            let ceiling = from.div_euclid(self.step) + i128::from(from.rem_euclid(self.step) != 0);
            ceiling.checked_sub(1 + excess)?.checked_mul(self.step)
        };
        let limit = |bound: Option<i128>| {
            // At an exclusive limit itself, where that is a legal step, more often than not.
            let bound = bound?;
            Some((bound, bound.rem_euclid(self.step) == 0 && excess < 2))
        };
        let units = match keyword {
            "maximum" if plant::is(Bug::MaximumIsExclusive) => {
                self.high.inclusive?.div_euclid(self.step) * self.step
            }
            "maximum" => up(self.high.inclusive?)?,
            "minimum" => down(self.low.inclusive?)?,
            "exclusiveMaximum" => match limit(self.high.exclusive)? {
                (bound, true) if plant::is(Bug::ExclusiveMaximumBelow) => bound - self.step,
                (bound, true) => bound,
                (bound, false) => up(bound)?,
            },
            "exclusiveMinimum" => match limit(self.low.exclusive)? {
                (bound, true) => bound,
                (bound, false) => down(bound)?,
            },
            // A whole number, as a fraction may be cut off before the number is looked at.
            "format" if !self.has_multiple => {
                let beyond = (1 + excess).checked_mul(self.one())?;
                let (low, high) = self.format?;
                if dice.one_in(2) { high.checked_add(beyond)? } else { low.checked_sub(beyond)? }
            }
            "format" if dice.one_in(2) => up(self.format?.1)?,
            "format" => down(self.format?.0)?,
            "multipleOf" if self.has_multiple => {
                let whole = self.step.checked_rem(self.one()).is_some_and(|rest| rest == 0);
                // A whole step keeps integers whole; otherwise any unit between two steps will do.
                let unit = if whole { self.one() } else { 1 };
                let units = self.step / unit;
                if units < 2 {
                    return None;
                }
                // A step of half the size is what a wrong one would most likely be.
                let rest = if dice.one_in(2) { units / 2 } else { dice.wide(1, units - 1) };
                let rest = if dice.is_near() { unit } else { rest * unit };
                let step = dice.wide(low, (high - 1).max(low));
                let off = if plant::is(Bug::MultipleOfKept) { 0 } else { rest };
                step.checked_mul(self.step)?.checked_add(off)?
            }
            _ => return None,
        };
        let legal = self.is_within(units, keyword);
        legal.then(|| self.value(self.beyond_rounding(units, keyword)))
    }

    /// A number outside 64 bits is written in floating point, and the first of them are rounded
    /// back to what 64 bits hold.
    fn beyond_rounding(&self, units: i128, keyword: &str) -> i128 {
        const ROUNDED: i128 = 4096;
        let whole = units.div_euclid(self.one());
        if keyword == "format" && whole < i128::from(i64::MIN) {
            units.saturating_sub(ROUNDED.saturating_mul(self.one()))
        } else {
            units
        }
    }

    /// Whether every limit but that of `keyword` holds.
    fn is_within(&self, units: i128, keyword: &str) -> bool {
        let holds = |name: &str, holds: bool| name == keyword || holds;
        holds("minimum", self.low.inclusive.is_none_or(|low| units >= low))
            && holds("maximum", self.high.inclusive.is_none_or(|high| units <= high))
            && holds("exclusiveMinimum", self.low.exclusive.is_none_or(|low| units > low))
            && holds("exclusiveMaximum", self.high.exclusive.is_none_or(|high| units < high))
            && holds("format", self.format.is_none_or(|(low, high)| (low..=high).contains(&units)))
    }

    /// The keywords that can be broken here.
    pub(super) fn keywords(&self) -> Vec<&'static str> {
        [
            ("minimum", self.low.inclusive.is_some()),
            ("maximum", self.high.inclusive.is_some()),
            ("exclusiveMinimum", self.low.exclusive.is_some()),
            ("exclusiveMaximum", self.high.exclusive.is_some()),
            ("multipleOf", self.has_multiple),
            ("format", self.format.is_some()),
        ]
        .into_iter()
        .filter_map(|(keyword, asked)| asked.then_some(keyword))
        .collect()
    }

    fn one(&self) -> i128 {
        10_i128.pow(self.scale)
    }

    /// The number of so many units, whole where it has no fraction.
    fn value(&self, units: i128) -> Value {
        let one = self.one();
        if units % one == 0 {
            let whole = units / one;
            if let Ok(whole) = i64::try_from(whole) {
                return whole.into();
            }
            if let Ok(whole) = u64::try_from(whole) {
                return whole.into();
            }
        }
        let sign = if units < 0 { "-" } else { "" };
        let (whole, rest) = ((units / one).unsigned_abs(), (units % one).unsigned_abs());
        let text = format!("{sign}{whole}.{rest:0width$}", width = self.scale as usize);
        text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
    }
}

/// How many decimal places a number is written with.
fn decimals(number: &Number) -> Option<u32> {
    let text = number.to_string();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let places =
        mantissa.split_once('.').map_or(0, |(_, places)| places.trim_end_matches('0').len());
    let places = i64::try_from(places).ok()? - exponent.parse::<i64>().ok()?;
    u32::try_from(places.max(0)).ok().filter(|places| *places <= 12)
}

/// A number in units of `10^-scale`; `None` beyond exact arithmetic.
fn units(number: &Number, scale: u32) -> Option<i128> {
    let text = number.to_string();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = places.trim_end_matches('0');
    let power =
        i64::from(scale) + exponent.parse::<i64>().ok()? - i64::try_from(places.len()).ok()?;
    let power = 10_i128.checked_pow(u32::try_from(power).ok()?)?;
    let units = format!("{whole}{places}").parse::<i128>().ok()?.checked_mul(power)?;
    // Room for the steps beside it.
    (units.unsigned_abs() < 1 << 100).then_some(units)
}

fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).checked_mul(b).filter(|step| *step > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::contract::Schema;
    use crate::generate::{Recipe, Seed};

    #[test]
    fn what_64_bits_don_t_hold_is_beyond_them_in_floating_point_too() {
        let schema = json!({"type": "number", "format": "int64"});
        let recipe = Recipe::new(&Schema::at(&schema.into(), "")).expect("is simple");
        let kind = recipe.violation("body", "format").expect("it can be broken").clone();
        for number in 0..50 {
            let made = recipe.violate(&kind, &mut Seed(7).rng("test", "format", number));
            let value = made.expect("has room").value.as_f64().expect("is a number");
            // Both limits are powers of two, or round to one.
            assert!(value < -(2.0_f64.powi(63)) || value >= 2.0_f64.powi(63), "{value}");
        }
    }
}
