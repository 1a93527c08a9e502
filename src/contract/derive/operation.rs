//! The order of an operation's rules.

use super::ledger::Ledger;
use super::{body, parameter, request, response};
use crate::contract::{Citation, Operation, Rule};

/// Every promise about `operation`, in the order of the document; and the places in answers whose
/// schema is that of a place above.
///
/// `file` and the places of schemas in it are cited where the document has no citation of its own;
/// `citation` is the operation's or the document's.
pub(in crate::contract) fn rules(
    operation: &Operation,
    file: &str,
    citation: Option<&Citation>,
) -> (Vec<Rule>, Vec<(String, String)>) {
    let mut ledger = Ledger::new(&operation.id, file, &operation.pointer, citation);
    request::whole(&mut ledger, operation);
    for credential in &operation.credentials {
        request::credential(&mut ledger, credential);
    }
    for documented in &operation.parameters {
        parameter::rules(&mut ledger, documented);
    }
    request::envelope(&mut ledger, operation);
    if let Some(documented) = &operation.body {
        request::bytes(&mut ledger, documented);
        body::rules(&mut ledger, operation, &documented.schema);
    }
    response::whole(&mut ledger, operation);
    response::headers(&mut ledger, operation);
    let recursions = response::schemas(&mut ledger, operation);
    for relation in &operation.relations {
        response::relation(&mut ledger, relation);
    }
    (ledger.into_rules(), recursions)
}

#[cfg(test)]
mod tests {
    use crate::contract::{Contract, Strength};

    const KOOPHONE: &[&str] = &[
        "request/examples",
        "request/valid",
        "request/repetition",
        "request/afterMalformed",
        "request/concurrency",
        "header.X-Auth-Token/required",
        "header.X-Auth-Token/empty",
        "header.X-Auth-Token/blank",
        "header.X-Auth-Token/value",
        "header.X-Auth-Token/letterCase",
        "header.X-Auth-Token/cut",
        "header.X-Auth-Token/appended",
        "header.X-Auth-Token/elsewhere",
        "header.X-Auth-Token/expired",
        "header/unknown",
        "header/nameCase",
        "method/unsupported",
        "path/unknown",
        "path/spelling",
        "header.Content-Type/charset",
        "body/required",
        "body/syntax",
        "body/trailingBytes",
        "body/utf8",
        "body/byteOrderMark",
        "body/nesting",
        "body/hugeNumbers",
        "body/surrogates",
        "body/size",
        "body/spelling",
        "body/duplicateMembers",
        "body/mediaType",
        "body/type",
        "body/additionalProperties",
        "body.user_id/required",
        "body.user_id/type",
        "body.user_id/maxLength",
        "body.user_id/minLength",
        "body.user_id/plainCharacters",
        "body.user_id/printableCharacters",
        "body.user_id/controlCharacters",
        "body.user_id/lengthUnit",
        "body.user_id/unknown",
        "body.instance_ids/required",
        "body.instance_ids/type",
        "body.instance_ids/maxItems",
        "body.instance_ids/minItems",
        "body.instance_ids/duplicates",
        "body.instance_ids/items/type",
        "body.instance_ids/items/maxLength",
        "body.instance_ids/items/minLength",
        "body.instance_ids/items/plainCharacters",
        "body.instance_ids/items/printableCharacters",
        "body.instance_ids/items/controlCharacters",
        "body.instance_ids/items/lengthUnit",
        "body.instance_ids/items/unknown",
        "body.instance_ids/items/mixed",
        "response/status",
        "response/contentType",
        "response/syntax",
        "response/serverError",
        "response/noAnswer",
        "response/tokenLeak",
        "response/stackTraceLeak",
        "response/databaseErrorLeak",
        "response/filePathLeak",
        "response/latency",
        "response/success",
        "response.error_code/status",
        "response.error_code/letterCase",
        "response/type",
        "response.error_code/required",
        "response.error_code/type",
        "response.error_code/enum",
        "response.error_msg/required",
        "response.error_msg/type",
        "response.data/required",
        "response.data/type",
        "response.data.status_list/required",
        "response.data.status_list/type",
        "response.data.status_list/items/type",
        "response.data.status_list/items.instance_id/required",
        "response.data.status_list/items.instance_id/type",
        "response.data.status_list/items.status/required",
        "response.data.status_list/items.status/type",
        "response.data.status_list/items.status/maximum",
        "response.data.status_list/items.status/minimum",
        "response.data/inErrors",
        "response.data.status_list/answered",
        "response.data.status_list/multiplicity",
        "response.data.status_list/unrequested",
        "response.data.status_list/order",
    ];

    #[test]
    fn the_rules_of_the_built_in_contract_are_these() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let [operation] = contract.operations.as_slice() else { panic!("has one operation") };
        let ids: Vec<_> = operation.rules.iter().map(|rule| rule.id.within_operation()).collect();
        assert_eq!(ids, KOOPHONE);
        let duplicates = operation.rule_id("body.instance_ids", "duplicates");
        let duplicates = operation.rule(&duplicates).expect("is derived");
        assert_eq!(duplicates.strength, Strength::Must, "overridden by the document");
        assert_eq!(duplicates.citation.to_string(), "page, example requests, instance_ids");
    }
}
