//! What an answer shows of matters that nobody decides.

use super::relations::{answered_location, related};
use super::{Disposition, Exchange};
use crate::contract::RuleId;

/// The open rules about answers that this answer says something about, each with what it says.
pub fn observations(exchange: &Exchange<'_>) -> Vec<(RuleId, String)> {
    let operation = exchange.operation();
    let Ok(json) = &exchange.reading.json else { return Vec::new() };
    let mut seen = Vec::new();
    for relation in &operation.relations {
        let Some(request) = &exchange.case.body else { continue };
        if exchange.reading.disposition != Disposition::Accepted {
            continue;
        }
        let id = operation.rule_id(&answered_location(relation), "order");
        if let Some(order) = order(relation, request, json)
            && operation.rule(&id).is_some()
        {
            seen.push((id, order.to_owned()));
        }
    }
    if exchange.reading.disposition.is_refusal() && exchange.service_answer().is_some() {
        for rule in operation.rules.iter().filter(|rule| rule.id.keyword() == "inErrors") {
            let name = rule.id.location().strip_prefix("response.").unwrap_or_default();
            let what = match json.get(name) {
                None => "absent",
                Some(serde_json::Value::Null) => "null",
                Some(_) => "present",
            };
            seen.push((rule.id.clone(), what.to_owned()));
        }
    }
    seen
}

/// Whether the entries of an answer come in the order in which they were asked for.
fn order(
    relation: &crate::contract::Relation,
    request: &serde_json::Value,
    response: &serde_json::Value,
) -> Option<&'static str> {
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
        .filter_map(|entry| entry.pointer(&relation.key)?.as_str())
        .collect();
    let mut seen = std::collections::HashSet::new();
    asked.retain(|value| seen.insert(*value));
    seen.clear();
    answered.retain(|value| seen.insert(*value));
    (asked.len() > 1).then_some(if asked == answered { "as asked" } else { "another order" })
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
