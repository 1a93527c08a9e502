//! What a case is to say, before it has a request.

use super::bench::Bench;
use crate::case::{Expectation, Scenario};
use crate::contract::{Place, Strength};
use crate::generate::Labelled;

/// What makes a case, apart from its request.
pub(crate) struct Draft {
    pub(crate) scenario: Scenario,
    pub(crate) location: String,
    pub(crate) keyword: &'static str,
    pub(crate) intent: String,
    pub(crate) expectation: Expectation,
    /// At most this; the rule's own strength when `None`.
    pub(crate) strength: Option<Strength>,
    pub(crate) place: Option<Place>,
    pub(crate) twin: Option<String>,
}

impl Draft {
    /// A draft of a case that probes `keyword` at `location`, with an open end.
    pub(crate) fn new(
        scenario: Scenario,
        location: &impl ToString,
        keyword: &'static str,
        intent: impl Into<String>,
    ) -> Self {
        Self {
            scenario,
            location: location.to_string(),
            keyword,
            intent: intent.into(),
            expectation: Expectation::Open,
            strength: None,
            place: None,
            twin: None,
        }
    }

    /// The request is legal.
    pub(crate) fn accepted(mut self) -> Self {
        self.expectation = Expectation::Accepted;
        self
    }

    /// The request says what its twin says.
    pub(crate) fn same_as(mut self, twin: &str) -> Self {
        self.expectation = Expectation::SameAsTwin;
        self.twin = Some(twin.to_owned());
        self
    }

    /// A draft of a violation that was drawn at random.
    pub(crate) fn of(labelled: &Labelled, bench: &Bench<'_>) -> Self {
        let intent = labelled.intent.clone();
        Self::new(labelled.scenario, &labelled.place, labelled.keyword, intent)
            .refused(bench)
            .at(&labelled.place)
    }

    /// The request breaks the rule and is refused as the contract says.
    pub(crate) fn refused(mut self, bench: &Bench<'_>) -> Self {
        let rule = bench.operation.rule_id(&self.location, self.keyword);
        self.expectation = Expectation::Refused(bench.operation.outcome(&rule));
        self
    }

    /// Refused in whatever words: what stands in front of the service may be first to refuse it.
    pub(crate) fn in_any_words(mut self) -> Self {
        if let Expectation::Refused(outcome) = &mut self.expectation {
            outcome.any = true;
        }
        self
    }

    /// The case that this one is held against.
    pub(crate) fn twin(mut self, twin: &str) -> Self {
        self.twin = Some(twin.to_owned());
        self
    }

    /// Worth at most this.
    pub(crate) fn at_most(mut self, strength: Strength) -> Self {
        self.strength = Some(strength);
        self
    }

    /// Chosen for this place in the body.
    pub(crate) fn at(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }
}
