//! What a finding comes down to: the smallest body that shows it, and where the real limit lies.

use proptest::strategy::ValueTree;
use serde_json::Value;

use super::RealLimit;
use super::session::Session;
use crate::case::{Case, Expectation};
use crate::contract::Place;
use crate::generate::{Bounds, JsonTree, Label};

/// The largest value that the search for a real limit tries.
const FARTHEST: usize = 4_096;

impl Session<'_> {
    /// Reduces the body of a suspect's case, keeping its fingerprint and its label; returns the
    /// requests that took.
    pub(super) async fn shrink(&mut self, index: usize) -> u32 {
        let suspect = self.suspects.get(index);
        let Some(mut tree) = self.tree(&suspect.case) else { return 0 };
        let mut requests = 0;
        let mut smallest = suspect.case.clone();
        let mut more = tree.simplify();
        while more && requests < self.settings.shrink_requests {
            let candidate = smaller(&smallest, tree.value());
            let Some(interaction) = self.wire.send_to_reduce(&candidate.request).await else {
                break;
            };
            requests += 1;
            let reading = self.oracle.read(&interaction);
            self.suspects.get_mut(index).case = candidate.clone();
            if let Some(breach) = self.shows(index, &interaction, &reading) {
                smallest = candidate;
                let suspect = &mut self.suspects.get_mut(index).breach;
                (suspect.expected, suspect.actual) = (breach.expected, breach.actual);
                more = tree.simplify();
            } else {
                more = tree.complicate();
            }
            // At its end the tree goes back to what is known to fail.
            more &= !tree.is_known();
        }
        self.suspects.get_mut(index).case = smallest;
        requests
    }

    /// The tree of bodies below a case's, where its body is what is special about it.
    fn tree(&self, case: &Case) -> Option<JsonTree> {
        let body = case.body.clone()?;
        if Some(&body) == self.bounds.template() || case.expectation == Expectation::SameAsTwin {
            return None;
        }
        let schema = &self.oracle.operation().body.as_ref()?.schema;
        let label = match (&case.expectation, &case.place) {
            (Expectation::Refused(_), Some(place)) => {
                let keyword = match case.rule.keyword() {
                    "lengthUnit" => "maxLength",
                    keyword => keyword,
                };
                Label::Breaks { place: place.clone(), keyword: keyword.to_owned() }
            }
            (Expectation::Refused(_), None) => return None,
            _ => Label::Valid,
        };
        let tree = JsonTree::new(schema, label, body);
        Some(match self.bounds.template() {
            Some(template) => tree.with_floor(template.clone()),
            None => tree,
        })
    }

    /// Feels for the limit that a server keeps in place of the documented one.
    pub(super) async fn real_limit(&self, index: usize) -> Option<RealLimit> {
        let suspect = self.suspects.get(index);
        let breach = &suspect.breach;
        let keyword @ ("maxLength" | "maxItems") = breach.rule.keyword() else { return None };
        let place = suspect.case.place.clone()?;
        let documented = self.bounds.documented(&place, keyword)?;
        let mut requests = 0;
        let mut accepts = async |size: usize| {
            requests += 1;
            self.accepts(&suspect.case, &place, keyword, size).await
        };
        let (mut low, mut high) = match breach.kind {
            "not enforced" => {
                let mut low = documented;
                let mut high = documented + 1;
                while accepts(high).await? {
                    low = high;
                    if high >= FARTHEST {
                        break;
                    }
                    high = (high * 2).min(FARTHEST);
                }
                (low, high)
            }
            // The plain form may be accepted where the case's own characters are not.
            "legal request refused" if !accepts(documented).await? => (0, documented),
            _ => return None,
        };
        let found = low != high;
        let is_refused = breach.kind == "legal request refused";
        while high > low + 1 {
            let middle = low.midpoint(high);
            if accepts(middle).await? { low = middle } else { high = middle }
        }
        let (documented, enforced) = (u64::try_from(documented).ok()?, u64::try_from(low).ok()?);
        // A limit that holds for the plain form is broken in some other respect; so it is where
        // nothing at all is accepted, or less than what was refused.
        let is_its_cause = !is_refused || enforced > 0 && size(&suspect.case, &place) == low + 1;
        (documented != enforced && is_its_cause).then_some(RealLimit {
            documented,
            enforced,
            found,
            requests,
        })
    }

    async fn accepts(
        &self,
        case: &Case,
        place: &Place,
        keyword: &str,
        size: usize,
    ) -> Option<bool> {
        let body = self.bounds.sized(place, keyword, size)?;
        let interaction = self.wire.send_to_reduce(&Bounds::with_body(case, &body)).await?;
        Some(self.oracle.read(&interaction).disposition.is_legal())
    }
}

/// The characters or entries of the value at `place`: of the largest where there are several.
fn size(case: &Case, place: &Place) -> usize {
    let values = case.body.iter().flat_map(|body| place.values(body));
    let sizes = values.map(|value| match value {
        Value::String(text) => text.chars().count(),
        Value::Array(entries) => entries.len(),
        _ => 0,
    });
    sizes.max().unwrap_or(0)
}

/// The case with another body.
fn smaller(case: &Case, body: &Value) -> Case {
    Case { body: Some(body.clone()), request: Bounds::with_body(case, body), ..case.clone() }
}
