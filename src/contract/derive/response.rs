//! Rules of the answers.

use std::collections::HashSet;

use serde_json::Value;

use super::body::UNIONS;
use super::descent::Descent;
use super::ledger::{HOUSE, HOUSE_ADVICE, Ledger, MUST, OPEN, PROTOCOL, SHOULD, Source, Weight};
use super::parts::Parts;
use super::words;
use crate::contract::extension::Relation;
use crate::contract::{
    AdditionalProperties, Basis, Expression, Operation, Place, Response, Schema, StatusPattern,
    Strength, header_location, media_type,
};

const OTHER_LIMITS: [&str; 4] = ["maxItems", "minItems", "maxProperties", "minProperties"];

/// Keywords with subschemas whose own rules would not show which of them is meant.
const CHOICES: [(&str, &str); 3] = [UNIONS[0], UNIONS[1], ("not", "is not what is excluded")];

/// Keywords that speak of members and entries without naming them: what lies below is held against
/// the rule here.
const CONTAINERS: [(&str, &str); 8] = [
    ("additionalProperties", "further members are as documented"),
    ("patternProperties", "members of such names are as documented"),
    ("propertyNames", "names of members are as documented"),
    ("dependentRequired", "some members ask for others"),
    ("dependentSchemas", "some members ask for more"),
    ("unevaluatedProperties", "further members are as documented"),
    ("prefixItems", "the first entries are as documented, in this order"),
    ("contains", "some entries are as documented"),
];

/// Adds the rules of all answers.
pub(super) fn whole(ledger: &mut Ledger<'_>, operation: &Operation) {
    if !operation.responses.is_empty() {
        ledger.add("response", "status", MUST, "the status is a documented one");
    }
    if operation.responses.iter().any(|response| !response.content.is_empty()) {
        ledger.add("response", "contentType", MUST, "the media type is the documented one");
        ledger.add("response", "syntax", PROTOCOL, "the body is what its headers say");
    }
    ledger.add("response", "serverError", HOUSE, "no request makes the server fail");
    ledger.add("response", "noAnswer", HOUSE, "every request is answered");
    if !operation.credentials.is_empty() {
        ledger.add("response", "tokenLeak", HOUSE, "no answer holds the credential");
    }
    ledger.add("response", "stackTraceLeak", HOUSE, "no answer holds a stack trace");
    ledger.add("response", "databaseErrorLeak", HOUSE, "no answer holds a database's error");
    ledger.add("response", "filePathLeak", HOUSE_ADVICE, "no answer holds a path of the server");
    let open_house = (Strength::Open, Basis::House);
    ledger.add("response", "latency", open_house, "the time that an answer takes");
    if let Some(envelope) = &operation.envelope {
        let summary = "success's code comes with success's status, and the reverse";
        ledger.add("response", "success", MUST, summary);
        let code = place_of(&envelope.code).to_string();
        ledger.add(&code, "status", SHOULD, "each code comes with its documented status");
        ledger.add(&code, "letterCase", SHOULD, "codes are spelled as documented");
    }
}

/// Adds the rules of every documented schema of an answer, each once. Returns the places whose
/// schema is that of a place above.
pub(super) fn schemas(ledger: &mut Ledger<'_>, operation: &Operation) -> Vec<(String, String)> {
    let mut recursions = Vec::new();
    let mut is_whole = true;
    for schema in operation.responses.iter().filter_map(json_schema) {
        let mut walk = Walk {
            ledger,
            descent: Descent::default(),
            above: Vec::new(),
            recursions: &mut recursions,
            is_whole: true,
        };
        walk.node(&Place::response(), schema, &Source::root(schema));
        is_whole &= walk.is_whole;
    }
    if !is_whole {
        // What no rule of its own describes is asked for all the same.
        ledger.add("response", "schema", MUST, "the body is what its schema asks for");
    }
    in_errors(ledger, operation);
    recursions
}

fn in_errors(ledger: &mut Ledger<'_>, operation: &Operation) {
    let names = |success: bool| -> Vec<String> {
        let of_kind = operation.responses.iter().filter(|r| is_success(operation, r) == success);
        let schemas = of_kind.filter_map(json_schema);
        let members = |schema: &Schema| -> Vec<String> {
            let parts = Parts::sometimes(schema);
            let members = parts.iter().flat_map(Schema::properties);
            members.map(|(name, _)| name.to_owned()).collect()
        };
        schemas.flat_map(members).collect()
    };
    let refusals: HashSet<_> = names(false).into_iter().collect();
    if refusals.is_empty() {
        return;
    }
    for name in names(true).into_iter().filter(|name| !refusals.contains(name)) {
        let place = Place::response().member(&name).to_string();
        ledger.add(&place, "inErrors", OPEN, "what it is in a refusal is not documented");
    }
}

/// Adds the rules of the documented headers of all answers.
pub(super) fn headers(ledger: &mut Ledger<'_>, operation: &Operation) {
    for header in operation.responses.iter().flat_map(|response| &response.headers) {
        let location = header_location(&header.name);
        let source = Source::at(&header.pointer);
        let mut add = |keyword, summary| {
            let citation = source.citation_of(ledger, keyword);
            ledger.cited(&location, keyword, MUST, summary, citation);
        };
        if header.required {
            add("required", "the header is there where it is documented");
        }
        if header.schema.is_some() {
            add("schema", "the header holds what its schema asks for");
        }
    }
}

/// Adds the rules of a relation between request and answer.
pub(super) fn relation(ledger: &mut Ledger<'_>, relation: &Relation) {
    let place = place_of(&relation.answered).to_string();
    let weight = |strength| -> Weight { (strength, Basis::Metamorphic) };
    let rows = [
        ("answered", weight(Strength::Must), "every requested value is answered, as sent"),
        ("multiplicity", weight(Strength::Must), "none is answered more often than asked"),
        ("unrequested", weight(Strength::Should), "nothing is answered that was not asked"),
        ("order", OPEN, "the order of the answers"),
    ];
    for (keyword, weight, summary) in rows {
        ledger.add(&place, keyword, weight, summary);
    }
}

/// The place in an answer that an expression names.
fn place_of(expression: &Expression) -> Place {
    let tokens = expression.pointer().split('/').skip(1);
    tokens.fold(Place::response(), |place, token| {
        place.member(&token.replace("~1", "/").replace("~0", "~"))
    })
}

fn is_success(operation: &Operation, response: &Response) -> bool {
    match (response.status, &operation.envelope) {
        (StatusPattern::Exactly(status), Some(envelope)) => {
            envelope.success.status.contains(&status)
        }
        (StatusPattern::Exactly(status), None) => status / 100 == 2,
        (StatusPattern::Class(digit), _) => digit == 2,
        (StatusPattern::Default, _) => false,
    }
}

/// Whether a schema asks for something that no rule of its own is made of.
fn has_more(schema: &Schema) -> bool {
    let others = ["unevaluatedItems", "minContains", "maxContains"];
    schema.raw() == &Value::Bool(false)
        || schema.keyword("items") == Some(&Value::Bool(false))
        || CONTAINERS.iter().map(|(keyword, _)| *keyword).chain(others).any(|keyword| {
            schema.keyword(keyword).is_some_and(|value| value != &Value::Bool(true))
                && !(keyword == "additionalProperties"
                    && schema.keyword(keyword) == Some(&Value::Bool(false)))
        })
}

fn json_schema(response: &Response) -> Option<&Schema> {
    let content: Vec<_> =
        response.content.iter().map(|(name, schema)| (name.as_str(), schema)).collect();
    media_type::preferred_json(&content)?.1.as_ref()
}

struct Walk<'a, 'o> {
    ledger: &'a mut Ledger<'o>,
    descent: Descent,
    /// The schemas above with the places where they stand.
    above: Vec<(String, String)>,
    recursions: &'a mut Vec<(String, String)>,
    /// Whether every keyword met so far has a rule.
    is_whole: bool,
}

impl Walk<'_, '_> {
    fn node(&mut self, place: &Place, schema: &Schema, source: &Source) {
        if self.ledger.is_full() || !self.descent.enter(schema) {
            self.is_whole = false;
            let same = self.above.iter().rfind(|(pointer, _)| pointer == schema.pointer());
            if let Some((_, above)) = same {
                self.recursions.push((place.to_string(), above.clone()));
                let parts = Parts::always(schema);
                let types = parts.types();
                if !types.is_empty() {
                    self.ledger.stated(place, "type", MUST, &words::types(&types), source);
                }
            }
            return;
        }
        self.above.push((schema.pointer().to_owned(), place.to_string()));
        let parts = Parts::sometimes(schema);
        self.is_whole &= !parts.iter().any(has_more);
        let mut weighed = |keyword: &str, weight, summary: &str| {
            self.ledger.stated(place, keyword, weight, summary, source);
        };
        let mut add = |keyword: &str, summary: &str| weighed(keyword, MUST, summary);
        let types = parts.types();
        if !types.is_empty() {
            add("type", &words::types(&types));
        }
        if let Some(values) = parts.iter().find_map(Schema::enumeration) {
            add("enum", &words::one_of(&values));
        }
        for keyword in words::SCALAR_LIMITS.into_iter().chain(OTHER_LIMITS) {
            if let Some((_, value)) = parts.keyword(keyword)
                && let Some(summary) = words::limit(keyword, value)
            {
                add(keyword, &summary);
            }
        }
        if parts.flag("uniqueItems") {
            add("uniqueItems", "no entry stands twice");
        }
        for (keyword, summary) in CHOICES {
            if parts.keyword(keyword).is_some() {
                add(keyword, summary);
            }
        }
        let forbidden =
            |p: &Schema| matches!(p.additional_properties(), AdditionalProperties::Forbidden);
        if parts.iter().any(forbidden) {
            add("additionalProperties", "no members but the documented ones");
        }
        for (keyword, summary) in CONTAINERS {
            if parts.keyword(keyword).is_some_and(|(_, value)| !value.is_boolean()) {
                add(keyword, summary);
            }
        }
        if parts.has_known_format()
            && let Some((_, format)) = parts.keyword("format")
            && let Some(summary) = words::limit("format", format)
        {
            // A note in JSON Schema, which many a server leaves at that.
            weighed("format", SHOULD, &summary);
        }
        self.members(place, &parts, source);
        for items in parts.iter().filter_map(Schema::items) {
            self.node(&place.items(), &items, &source.below(&items));
        }
        self.above.pop();
        self.descent.leave();
    }

    fn members(&mut self, place: &Place, parts: &Parts, source: &Source) {
        let mut missing: Vec<&str> = parts.iter().flat_map(Schema::required).collect();
        let required: HashSet<&str> = missing.iter().copied().collect();
        let always: HashSet<&str> = parts.unconditional().flat_map(Schema::required).collect();
        let summary = |name: &str| {
            if always.contains(name) {
                "must be present"
            } else {
                "must be present where the schema's condition holds"
            }
        };
        for (name, member) in parts.iter().flat_map(Schema::properties) {
            let (below, source) = (place.member(name), source.below(&member));
            // What only requests carry is not asked of an answer.
            if Parts::always(&member).flag("writeOnly") {
                missing.retain(|held| *held != name);
            } else if required.contains(name) {
                self.ledger.stated(&below, "required", MUST, summary(name), &source);
                missing.retain(|held| *held != name);
            }
            self.node(&below, &member, &source);
        }
        for name in missing {
            self.ledger.stated(&place.member(name), "required", MUST, summary(name), source);
        }
    }
}
