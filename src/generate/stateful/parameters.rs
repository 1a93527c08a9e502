//! Valid combinations of parameters.

use rand_core::Rng;

use crate::case::Request;
use crate::contract::Parameter;
use crate::generate::coverage::Bench;
use crate::generate::written::Written;
use crate::generate::{CaseRng, Recipe, Texts};

/// Every so manieth request has the plain parameters.
const PLAIN: usize = 4;

/// The parameters of an operation that can be drawn.
pub(super) struct Combinations<'a> {
    drawn: Vec<(&'a Parameter, Recipe)>,
}

impl<'a> Combinations<'a> {
    pub(super) fn new(bench: &Bench<'a>) -> Self {
        let recipe =
            |parameter: &'a Parameter| Some((parameter, Recipe::new(&parameter.schema).ok()?));
        Self { drawn: bench.operation.parameters.iter().filter_map(recipe).collect() }
    }

    /// Gives the plain request other parameters: some of the optional ones, with values at their
    /// limits and anywhere between.
    pub(super) fn put(&self, bench: &Bench<'_>, request: &mut Request, number: usize) {
        if number.is_multiple_of(PLAIN) {
            return;
        }
        let mut rng = bench.random("long run parameters", number);
        for (parameter, recipe) in &self.drawn {
            // What is required may name something that has to exist.
            let turns = if parameter.required && !parameter.examples.is_empty() { 4 } else { 2 };
            let is_varied = rng.next_u32().is_multiple_of(turns);
            let value = value(parameter, recipe, &mut rng);
            if is_varied && let Some(written) = value {
                written.put(bench.operation, request, parameter);
            }
        }
    }
}

/// A documented example every other time, where there is one.
fn value(parameter: &Parameter, recipe: &Recipe, rng: &mut CaseRng) -> Option<Written> {
    let pick = usize::try_from(rng.next_u32()).unwrap_or(0);
    let examples = &parameter.examples;
    let example = examples.get(pick / 2 % examples.len().max(1)).filter(|_| pick % 2 == 0);
    let drawn = recipe.valid_of(Texts::Plain, rng);
    Written::new(parameter, example.unwrap_or(&drawn))
}
