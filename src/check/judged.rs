//! Which promises about answers does an answer say something about?

use super::{Disposition, Exchange};
use crate::contract::{Operation, Place, RuleId, Strength, header_at};

/// The rules of an operation that speak of answers.
#[derive(Clone, Debug)]
pub(crate) struct AnswerRules {
    rules: Vec<AnswerRule>,
    /// Where they speak of, each place once.
    places: Vec<Place>,
}

/// A rule about answers, with what an answer must have for it to apply.
#[derive(Clone, Debug)]
struct AnswerRule {
    id: RuleId,
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
    /// To answers of the service whose status is documented to have this header, or which have it.
    Header { name: String, required: bool },
    /// To answers of the service in which something stands at the place with this index.
    Present(usize),
}

/// What an exchange has that rules may speak of.
#[expect(clippy::struct_excessive_bools, reason = "they don't depend on each other")]
struct Seen {
    /// The request was sent, and we were there to hear the answer.
    is_heard: bool,
    is_answered: bool,
    is_of_service: bool,
    has_code: bool,
    is_related: bool,
    /// Whether something stands at each place in an answer of the service.
    is_present: Vec<bool>,
}

impl Seen {
    fn of(exchange: &Exchange<'_>, places: &[Place]) -> Self {
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
            is_present: match reading.root().filter(|_| is_of_service) {
                Some(root) => places.iter().map(|place| place.is_in(root)).collect(),
                None => Vec::new(),
            },
        }
    }
}

impl AnswerRules {
    pub(crate) fn of(operation: &Operation) -> Self {
        let mut places = Vec::new();
        let rules = answer_rules(operation, &mut places);
        Self { rules, places }
    }

    /// Their names.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &RuleId> {
        self.rules.iter().map(|rule| &rule.id)
    }

    /// Those that the exchange says something about, each with its index.
    pub(crate) fn judged(&self, exchange: &Exchange<'_>) -> impl Iterator<Item = (usize, &RuleId)> {
        let seen = Seen::of(exchange, &self.places);
        let rules = self.rules.iter().enumerate();
        rules
            .filter(move |(_, rule)| rule.applies(&seen, exchange))
            .map(|(index, rule)| (index, &rule.id))
    }
}

fn answer_rules(operation: &Operation, places: &mut Vec<Place>) -> Vec<AnswerRule> {
    let mut present = |place: Place| {
        let known = places.iter().position(|held| *held == place);
        Applies::Present(known.unwrap_or_else(|| {
            places.push(place);
            places.len() - 1
        }))
    };
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
            if let Some(name) = header_at(location) {
                let (name, required) = (name.to_owned(), keyword == "required");
                return Some(AnswerRule {
                    id: rule.id.clone(),
                    applies: Applies::Header { name, required },
                });
            }
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
                "required" => present(parse(location).parent()?),
                _ => present(parse(location)),
            };
            Some(AnswerRule { id: rule.id.clone(), applies })
        })
        .collect()
}

impl AnswerRule {
    /// Whether the exchange says something about this rule.
    fn applies(&self, seen: &Seen, exchange: &Exchange<'_>) -> bool {
        match &self.applies {
            Applies::Always => seen.is_heard,
            Applies::Answer => seen.is_answered,
            Applies::Service => seen.is_of_service,
            Applies::Code => seen.is_of_service && seen.has_code,
            Applies::Related => seen.is_related,
            Applies::Header { name, required } => {
                seen.is_of_service && has_header(exchange, name, *required)
            }
            Applies::Present(place) => seen.is_present.get(*place).is_some_and(|held| *held),
        }
    }
}

/// Whether the answer's status is documented to have the header and, unless it is `required`, whether it
/// has it.
fn has_header(exchange: &Exchange<'_>, name: &str, required: bool) -> bool {
    let Some(answer) = exchange.answer() else { return false };
    let response = exchange.operation().response(answer.status);
    let mut documented = response.into_iter().flat_map(|response| &response.headers);
    documented.any(|header| header.name == name && (header.required || !required))
        && (required || answer.headers.contains_key(name))
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
