//! Is a case what it says? Asked where a schema is more than members, lists and limits.

use std::borrow::Cow;

use serde_json::Value;

use super::draft::Draft;
use super::sites::Site;
use crate::case::label::broken;
use crate::case::{Expectation, Request, Scenario};
use crate::contract::Schema;

/// Keywords that say the same at every place they stand: cases made from them are what they say.
/// `required` is one of them at the root alone: deeper objects may be made for a case.
const PLAIN: [&str; 21] = [
    "type",
    "title",
    "description",
    "properties",
    "items",
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "format",
    "default",
    "example",
    "examples",
    "deprecated",
    "nullable",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "$comment",
    "$schema",
];

/// Holds bodies against the whole schema before they are planned.
///
/// With `allOf`, `oneOf`, `not` and the like, a value that is legal at its place may be forbidden
/// by what stands around it, and one that breaks a rule may break others as well. Such a case is
/// no case of the rule that it names.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    schema: Schema,
}

impl Proof {
    /// `None` where the schema says nothing that needs a proof.
    pub(crate) fn new(schema: &Schema, sites: &[Site]) -> Option<Self> {
        let is_plain = |site: &Site, keyword: &str| {
            PLAIN.contains(&keyword)
                || keyword.starts_with("x-")
                || (keyword == "required" && site.place.steps().is_empty())
        };
        let needed = sites.iter().any(|site| match site.schema.raw() {
            Value::Object(keywords) => {
                !keywords.keys().all(|keyword| is_plain(site, keyword))
                    || keywords.get("type").is_some_and(Value::is_array)
            }
            _ => true,
        });
        needed.then(|| Self { schema: schema.clone() })
    }

    /// Whether the request does what the draft says of it; true where that can't be told.
    pub(crate) fn holds(&self, draft: &Draft, request: &Request, body: Option<&Value>) -> bool {
        let location = draft.location.as_str();
        match &draft.expectation {
            Expectation::Accepted | Expectation::SameAsTwin => {
                let read = || serde_json::from_slice(request.body.as_deref()?).ok().map(Cow::Owned);
                match body.map(Cow::Borrowed).or_else(read) {
                    Some(value) => broken(&self.schema, &value).is_empty(),
                    None => true,
                }
            }
            Expectation::Refused(_) if location.starts_with("body") => {
                let Some(value) = body else { return true };
                if draft.scenario == Scenario::ObjectMissingRequiredProperty
                    && self.lacks_siblings(value, location)
                {
                    return true;
                }
                self.breaks(value, location, draft.keyword)
            }
            _ => true,
        }
    }

    /// Whether the member at `location` and others of its object are missing, and nothing else is
    /// wrong: one stands for all.
    fn lacks_siblings(&self, value: &Value, location: &str) -> bool {
        let found = broken(&self.schema, value);
        let named = found.iter().find(|one| one.place.to_string() == location);
        let object = named.and_then(|one| one.place.parent());
        object.is_some_and(|object| found.iter().all(|one| one.is_missing_from(&object)))
    }

    /// Whether `value` breaks `keyword` at `location`, and nothing elsewhere.
    pub(crate) fn breaks(&self, value: &Value, location: &str, keyword: &str) -> bool {
        let keyword = if keyword == "lengthUnit" { "maxLength" } else { keyword };
        let found = broken(&self.schema, value);
        // A wrong type is none of the listed values either: the place is one and the same.
        found.iter().any(|one| one.keyword == keyword)
            && found.iter().all(|one| one.place.to_string() == location)
    }
}
