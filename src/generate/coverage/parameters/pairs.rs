//! Violations of a parameter beside their legal twins, each sent once.

use serde_json::Value;

use super::super::bench::{Bench, Builder};
use super::super::draft::Draft;
use super::reading;
use crate::case::Scenario;
use crate::contract::{Parameter, Place, Strength};
use crate::generate::written::Written;

/// A value that breaks a rule, and a legal one that differs from it in one place.
pub(super) struct Pair {
    twin: Value,
    value: Value,
    place: Place,
    keyword: &'static str,
    scenario: Scenario,
    intent: String,
    is_at_limit: bool,
    most: Strength,
}

impl Pair {
    pub(super) fn new(
        twin: Value,
        value: Value,
        place: &Place,
        keyword: &'static str,
        scenario: Scenario,
    ) -> Self {
        let (place, intent) = (place.clone(), String::new());
        let most = Strength::Must;
        Self { twin, value, place, keyword, scenario, intent, is_at_limit: false, most }
    }

    /// What is special about the violation, in words.
    pub(super) fn saying(self, intent: String) -> Self {
        Self { intent, ..self }
    }

    /// The twin is the limit itself.
    pub(super) fn at_the_limit(self) -> Self {
        Self { is_at_limit: true, ..self }
    }

    /// Worth at most this.
    pub(super) fn at_most(self, most: Strength) -> Self {
        Self { most, ..self }
    }

    pub(super) fn has_equal_entries(&self) -> bool {
        let Some(entries) = self.value.as_array() else { return false };
        entries.iter().enumerate().any(|(index, entry)| entries[..index].contains(entry))
    }
}

/// The cases of one parameter as they are collected.
pub(super) struct Pairs<'p, 'b, 'a> {
    block: &'p mut Builder<'b, 'a>,
    parameter: &'p Parameter,
    location: String,
    /// The legal values that are sent, each with its case.
    twins: Vec<(Written, String)>,
    sent: Vec<Written>,
}

impl<'p, 'b, 'a> Pairs<'p, 'b, 'a> {
    pub(super) fn new(
        block: &'p mut Builder<'b, 'a>,
        parameter: &'p Parameter,
        location: String,
    ) -> Self {
        Self { block, parameter, location, twins: Vec::new(), sent: Vec::new() }
    }

    pub(super) fn bench(&self) -> &'b Bench<'a> {
        self.block.bench
    }

    pub(super) fn parameter(&self) -> &'p Parameter {
        self.parameter
    }

    /// What rules at this place of the value are called.
    pub(super) fn location(&self, place: &Place) -> String {
        let below = if place.steps().is_empty() { "" } else { "/items" };
        format!("{}{below}", self.location)
    }

    /// Whether every list with too many entries has equal ones: there are too few values.
    fn must_repeat(&self) -> bool {
        let schema = &self.parameter.schema;
        let values = schema.items().and_then(|items| Some(items.enumeration()?.len()));
        values.zip(schema.max_items()).is_some_and(|(values, most)| values <= most)
    }

    /// Whether the value is legal, and can be sent.
    pub(super) fn is_legal(&self, value: &Value) -> bool {
        let written = Written::new(self.parameter, value);
        written.is_some_and(|written| reading::is_legal(self.parameter, &written))
    }

    /// Adds a legal value that probes `keyword`, unless it is there.
    pub(super) fn legal(
        &mut self,
        scenario: Scenario,
        place: &Place,
        keyword: &'static str,
        value: &Value,
        intent: &str,
    ) {
        let draft = Draft::new(scenario, &self.location(place), keyword, intent).accepted();
        if let Some(written) = Written::new(self.parameter, value) {
            self.add_legal(draft, written);
        }
    }

    fn add_legal(&mut self, draft: Draft, written: Written) -> Option<String> {
        if let Some((_, id)) = self.twins.iter().find(|(held, _)| *held == written) {
            return Some(id.clone());
        }
        if !reading::is_legal(self.parameter, &written) {
            return None;
        }
        let (operation, parameter) = (self.block.bench.operation, self.parameter);
        let id = self.block.request(draft, |request| written.put(operation, request, parameter));
        self.twins.push((written, id.clone()));
        Some(id)
    }

    /// Adds a violation and its twin, unless one of them isn't what it says, can't be sent, or is
    /// sent already.
    pub(super) fn add(&mut self, pair: Pair) {
        let (bench, parameter) = (self.block.bench, self.parameter);
        let Some(legal) = Written::new(parameter, &pair.twin) else { return };
        let Some(written) = Written::new(parameter, &pair.value) else { return };
        if self.sent.contains(&written)
            || !reading::breaks(parameter, &written, &pair.place, pair.keyword)
        {
            return;
        }
        let location = self.location(&pair.place);
        let limit = limit(pair.keyword).filter(|_| pair.is_at_limit);
        let twin = if let Some(scenario) = limit {
            let intent = format!("the last legal value before {}", pair.intent);
            Draft::new(scenario, &location, pair.keyword, intent)
        } else {
            let intent = format!("the legal twin of {}", pair.intent);
            Draft::new(Scenario::ValidRequest, &"request", "valid", intent)
        };
        let Some(twin) = self.add_legal(twin.accepted(), legal) else { return };
        let repeats = pair.keyword == "maxItems" && pair.has_equal_entries() && !self.must_repeat();
        // Many a server takes an empty value for none, or merges equal entries before it counts.
        let most = if written.is_empty() || repeats { Strength::Should } else { pair.most };
        let draft = Draft::new(pair.scenario, &location, pair.keyword, pair.intent)
            .refused(bench)
            .twin(&twin)
            .at_most(most);
        self.block.request(draft, |request| written.put(bench.operation, request, parameter));
        self.sent.push(written);
    }
}

/// What a value at the limit is called.
fn limit(keyword: &str) -> Option<Scenario> {
    Some(match keyword {
        "maxLength" | "minLength" => Scenario::StringWithinLengthLimits,
        "maxItems" | "minItems" => Scenario::ArrayWithinItemsLimits,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            Scenario::NumberWithinLimits
        }
        _ => return None,
    })
}
