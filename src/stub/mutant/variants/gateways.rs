//! A gateway in front of the service, and codes that are tolerated.
//!
//! Example: `gateway-413` refuses bodies over 64 KiB before the service sees them.

use serde_json::{Value, json};

use super::derive::{answering, push};
use crate::contract::{Broken, Meaning, Operation};
use crate::stub::answer::{gateway, put, refused as refusal_of};
use crate::stub::behaviour::{Behaviour, Step};
use crate::stub::judge::{Judgement, Refusal};
use crate::stub::mutant::Variant;
use crate::stub::mutant::maker::invented;
use crate::stub::mutant::node::any_text;
use crate::stub::mutant::when::value;

/// A gateway in front of the service, and codes that are tolerated.
pub(super) fn gateways(made: &mut Vec<Variant>, operation: &Operation) {
    let Some(envelope) = operation.envelope.clone() else { return };
    if gateway(&envelope, 401).is_some() {
        for status in [401, 403, 404, 413, 414, 429, 494, 502, 504] {
            let envelope = envelope.clone();
            let steps = answering(move |exchange, reply| {
                if exchange.moment.number % 61 == 30
                    && let Some(answer) = gateway(&envelope, status)
                {
                    *reply = answer;
                }
            });
            let id = format!("gateway-{status}-now-and-then");
            let description = format!("now and then the gateway answers {status}");
            push(made, &id, &description, Behaviour::of(operation, steps));
        }
        let front = envelope.clone();
        let steps = answering(move |exchange, reply| {
            if exchange.request.body.len() > 65_536
                && let Some(answer) = gateway(&front, 413)
            {
                *reply = answer;
            }
        });
        let description = "the gateway refuses bodies over 64 KiB";
        push(made, "gateway-413", description, Behaviour::of(operation, steps));
    }
    let shared = operation.clone();
    let steps = answering(move |exchange, reply| {
        if matches!(exchange.judgement, Judgement::Refused(Refusal::Unauthenticated(_))) {
            *reply = refusal_of(&shared, &Refusal::BadParameter(Broken::new("body", "type")));
        }
    });
    if !operation.credentials.is_empty() {
        let description = "callers are refused in the service's own envelope";
        push(made, "refusing-callers-itself", description, Behaviour::of(operation, steps));
    }
    let unknown = envelope.codes.iter().filter(|code| code.meaning == Meaning::Unknown);
    for code in unknown.cloned() {
        let (pointer, id) = (envelope.code.pointer().to_owned(), format!("unknown-{}", code.code));
        let steps = answering(move |exchange, reply| {
            if matches!(exchange.judgement, Judgement::Refused(Refusal::Unknown(_)))
                && let Some(body) = value(reply)
            {
                put(body, &pointer, json!(code.code));
            }
        });
        let behaviour = Behaviour::of(operation, steps).with_known_only();
        push(made, &id, "only the documented identifiers exist", behaviour);
    }
    let steps = vec![Step::Judging(Box::new(|judging, offences| {
        // What is beyond a reader is refused as a whole.
        let is_odd = judging.body.is_some_and(|body| any_text(body, &|text| text.contains('\0')));
        if is_odd && offences.is_empty() {
            let broken = Broken::new("body", "syntax");
            offences.push(invented(&broken, String::new(), &Value::Null));
        }
    }))];
    push(made, "nul-refused", "texts with NUL are refused", Behaviour::of(operation, steps));
}
