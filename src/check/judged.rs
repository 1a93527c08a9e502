//! Which promises about answers does an answer say something about?

use serde_json::Value;

use super::{Disposition, Exchange};
use crate::contract::{Operation, Place, RuleId, Strength};

/// A rule about answers, with what an answer must have for it to apply.
#[derive(Clone, Debug)]
pub(crate) struct AnswerRule {
    pub(crate) id: RuleId,
    applies: Applies,
}

#[derive(Clone, Debug)]
enum Applies {
    /// To every request.
    Always,
    /// To every answer.
    Answer,
    /// To every answer of the service itself.
    Service,
    /// To answers of the service with a code.
    Code,
    /// To accepting answers with a related list.
    Related,
    /// To answers of the service in which something stands at this place.
    Present(Place),
}

/// What an exchange has that rules may speak of.
#[expect(clippy::struct_excessive_bools, reason = "they don't depend on each other")]
pub(crate) struct Seen<'e> {
    /// The request was sent, and we were there to hear the answer.
    is_heard: bool,
    is_answered: bool,
    is_of_service: bool,
    has_code: bool,
    is_related: bool,
    /// The body of an answer of the service.
    json: Option<&'e Value>,
}

impl<'e> Seen<'e> {
    pub(crate) fn of(exchange: &Exchange<'e>) -> Self {
        let reading = exchange.reading;
        let is_of_service = exchange.service_answer().is_some();
        Self {
            is_heard: match &exchange.interaction.result {
                Ok(_) => true,
                Err(failure) => failure.kind.is_of_the_target(),
            },
            is_answered: exchange.answer().is_some(),
            is_of_service,
            has_code: reading.code.is_some(),
            is_related: reading.disposition == Disposition::Accepted
                && exchange.case.body.is_some(),
            json: reading.json.as_ref().ok().filter(|_| is_of_service),
        }
    }
}

/// The rules of `operation` that speak of answers.
pub(crate) fn answer_rules(operation: &Operation) -> Vec<AnswerRule> {
    let code = operation.envelope.as_deref().map(super::error_code::code_location);
    let related: Vec<String> =
        operation.relations.iter().map(super::relations::answered_location).collect();
    let rules = operation.rules.iter().filter(|rule| {
        let location = rule.id.location();
        location == "response"
            || location.starts_with("response.")
            || location.starts_with("response/")
    });
    rules
        .filter_map(|rule| {
            let (location, keyword) = (rule.id.location(), rule.id.keyword());
            let applies = match keyword {
                "noAnswer" | "serverError" if location == "response" => Applies::Always,
                "tokenLeak" | "stackTraceLeak" | "databaseErrorLeak" | "filePathLeak" => {
                    Applies::Answer
                }
                "status" | "contentType" | "syntax" if location == "response" => Applies::Service,
                "success" if location == "response" => Applies::Code,
                "latency" if rule.strength == Strength::Must => Applies::Answer,
                "latency" | "order" | "inErrors" => return None,
                "status" | "letterCase" | "enum" if Some(location) == code.as_deref() => {
                    Applies::Code
                }
                "answered" | "multiplicity" | "unrequested"
                    if related.iter().any(|r| r == location) =>
                {
                    Applies::Related
                }
                "required" => Applies::Present(parse(location).parent()?),
                _ => Applies::Present(parse(location)),
            };
            Some(AnswerRule { id: rule.id.clone(), applies })
        })
        .collect()
}

impl AnswerRule {
    /// Whether the exchange says something about this rule.
    pub(crate) fn applies(&self, seen: &Seen<'_>) -> bool {
        match &self.applies {
            Applies::Always => seen.is_heard,
            Applies::Answer => seen.is_answered,
            Applies::Service => seen.is_of_service,
            Applies::Code => seen.is_of_service && seen.has_code,
            Applies::Related => seen.is_related,
            Applies::Present(place) => seen.json.is_some_and(|json| place.is_in(json)),
        }
    }
}

/// The place that a rule's location names: `response.data.status_list/items.status`.
fn parse(location: &str) -> Place {
    let rest = location.strip_prefix("response").unwrap_or(location);
    rest.split_inclusive("/items").fold(Place::response(), |place, part| {
        let (members, is_list) = match part.strip_suffix("/items") {
            Some(members) => (members, true),
            None => (part, false),
        };
        let place = members
            .split('.')
            .filter(|name| !name.is_empty())
            .fold(place, |p, name| p.member(name));
        if is_list { place.items() } else { place }
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_location_is_read_back_as_the_place_it_names() {
        for location in
            ["response", "response.data.status_list/items.status", "response/items/items"]
        {
            assert_eq!(parse(location).to_string(), location);
        }
    }
}
