//! Requests that the engine makes up while it runs: one value alone, a limit felt for.

use serde_json::Value;

use super::coverage::Bench;
use super::text;
use crate::case::{Case, Request};
use crate::contract::Place;

/// Makes single requests beside the plan, by the same template.
pub struct Bounds<'b>(Bench<'b>);

impl<'b> Bounds<'b> {
    pub(super) fn new(bench: Bench<'b>) -> Self {
        Self(bench)
    }

    /// The plain valid body.
    pub fn template(&self) -> Option<&Value> {
        self.0.template.as_ref()
    }

    /// The plain valid request.
    pub fn plain_request(&self) -> Request {
        self.0.request_of(self.0.template.as_ref())
    }

    /// Whether the contract or the user names a value as one that may exist on the server.
    pub fn knows(&self, value: &str) -> bool {
        let mut identifiers = self.0.operation.identifiers.iter();
        identifiers.any(|identifier| self.0.inputs.known(identifier).iter().any(|k| k == value))
    }

    /// The request of `case` with another JSON body.
    pub fn with_body(case: &Case, body: &Value) -> Request {
        let mut request = case.request.clone();
        request.body = Some(body.to_string().into());
        request
    }

    /// A case that asks for one value alone: the list at `place` of the plain valid body has just
    /// this entry.
    pub fn alone(&self, case: &Case, list_pointer: &str, value: &str) -> Option<Case> {
        let mut body = self.0.template.clone()?;
        *body.pointer_mut(list_pointer)? = Value::Array(vec![value.into()]);
        let request = self.0.request_of(Some(&body));
        Some(Case { body: Some(body), request, twin: None, ..case.clone() })
    }

    /// The plain valid body with a string of `size` characters, or a list of `size` different
    /// entries, at `place`.
    pub fn sized(&self, place: &Place, keyword: &str, size: usize) -> Option<Value> {
        let mut rng = self.0.rng(&format!("limit/{place}/{size}"));
        let value: Value = match keyword {
            "maxLength" => text::alphanumeric(&mut rng, size).into(),
            "maxItems" => {
                let all = &self.0.sites;
                let items = all.iter().find(|site| site.place == place.items())?;
                self.0.distinct(items, size).into()
            }
            _ => return None,
        };
        Some(self.0.body_with(place, 0, value))
    }

    /// The documented limit `keyword` at `place`.
    pub fn documented(&self, place: &Place, keyword: &str) -> Option<usize> {
        let schema = self.0.schema_at(place)?;
        match keyword {
            "maxLength" => schema.max_length(),
            "maxItems" => schema.max_items(),
            _ => None,
        }
    }
}
