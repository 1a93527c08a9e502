//! What an answer shows of matters that nobody decides.

use serde_json::Value;

use super::relations::{answered_location, echoes, related};
use super::{Disposition, Exchange};
use crate::contract::{Operation, Relation, RuleId};

/// The entries of an answer come in the order in which they were asked for.
const AS_ASKED: &str = "as asked";

/// The open rules about answers that something is observed of.
#[derive(Clone, Debug)]
pub(super) struct ObservedRules {
    /// The rule about the order of each relation's entries.
    orders: Vec<Option<RuleId>>,
    /// The rules about members that only success has, with those members' names.
    in_errors: Vec<(RuleId, String)>,
}

impl ObservedRules {
    pub(super) fn of(operation: &Operation) -> Self {
        let relations = operation.relations.iter();
        let order = |relation| operation.rule_id(&answered_location(relation), "order");
        let known = |id: &RuleId| operation.rule(id).is_some();
        let orders = relations.map(|relation| Some(order(relation)).filter(known)).collect();
        let in_errors = operation.rules.iter().filter(|rule| rule.id.keyword() == "inErrors");
        let name = |id: &RuleId| id.location().strip_prefix("response.").map(str::to_owned);
        let in_errors = in_errors.map(|rule| (rule.id.clone(), name(&rule.id).unwrap_or_default()));
        Self { orders, in_errors: in_errors.collect() }
    }
}

/// The open rules about answers that this answer says something about, each with what it says.
pub fn observations<'e>(exchange: &'e Exchange<'_>) -> Vec<(&'e RuleId, &'static str)> {
    let Some(root) = exchange.reading.root() else { return Vec::new() };
    let rules = exchange.oracle.observed();
    let mut seen = Vec::new();
    if let Some(request) = &exchange.case.body
        && exchange.reading.disposition == Disposition::Accepted
    {
        let relations = exchange.operation().relations.iter().zip(echoes(exchange));
        for ((relation, is_echo), rule) in relations.zip(&rules.orders) {
            let Some(rule) = rule else { continue };
            let order = if *is_echo {
                order_of_echo(relation, request)
            } else {
                order(relation, request, exchange.reading.json())
            };
            seen.extend(order.map(|order| (rule, order)));
        }
    }
    if exchange.reading.disposition.is_refusal() && exchange.service_answer().is_some() {
        for (rule, name) in &rules.in_errors {
            let what = match root.get(name) {
                None => "absent",
                Some(held) if held.is_null() => "null",
                Some(_) => "present",
            };
            seen.push((rule, what));
        }
    }
    seen
}

/// The order of entries that are known to come as asked.
fn order_of_echo(relation: &Relation, request: &Value) -> Option<&'static str> {
    let asked = relation.asked.read(request)?.as_array()?;
    // Where only one value is asked for, however often, there is no order.
    asked.iter().any(|value| *value != asked[0]).then_some(AS_ASKED)
}

/// Whether the entries of an answer come in the order in which they were asked for.
fn order(relation: &Relation, request: &Value, response: Option<&Value>) -> Option<&'static str> {
    let response = response?;
    let all_answered = related(relation, request, response)?;
    if !all_answered.missing.is_empty() || !all_answered.unrequested.is_empty() {
        return None;
    }
    let mut asked: Vec<&str> =
        relation.asked.read(request)?.as_array()?.iter().filter_map(|v| v.as_str()).collect();
    let mut answered: Vec<&str> = relation
        .answered
        .read(response)?
        .as_array()?
        .iter()
        .filter_map(|entry| relation.key_of(entry)?.as_str())
        .collect();
    let mut seen = std::collections::HashSet::new();
    asked.retain(|value| seen.insert(*value));
    seen.clear();
    answered.retain(|value| seen.insert(*value));
    (asked.len() > 1).then_some(if asked == answered { AS_ASKED } else { "another order" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::observations;
    use crate::check::Exchange;
    use crate::check::tests::{case, json_answer, oracle, success};

    fn seen(status: u16, body: &serde_json::Value) -> Vec<String> {
        let oracle = oracle();
        let (case, interaction) = (case(oracle.operation()), json_answer(status, body));
        let reading = oracle.read(&interaction);
        let exchange =
            Exchange { oracle: &oracle, case: &case, interaction: &interaction, reading: &reading };
        let seen = observations(&exchange).into_iter();
        seen.map(|(rule, what)| format!("{}: {what}", rule.within_operation())).collect()
    }

    #[test]
    fn order_and_data_in_refusals_are_observed() {
        const ORDER: &str = "response.data.status_list/order: ";
        assert_eq!(seen(200, &success()), [format!("{ORDER}as asked")]);
        let mut body = success();
        body["data"]["status_list"].as_array_mut().expect("is a list").reverse();
        assert_eq!(seen(200, &body), [format!("{ORDER}another order")]);
        let mut refusal = json!({"error_code": "KOOPHONE.API.1000", "error_msg": ""});
        assert_eq!(seen(400, &refusal), ["response.data/inErrors: absent"]);
        refusal["data"] = json!(null);
        assert_eq!(seen(400, &refusal), ["response.data/inErrors: null"]);
    }
}
