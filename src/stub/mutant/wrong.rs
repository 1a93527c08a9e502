//! For the tests of the families: does a mutant answer otherwise than the faithful stub?

use super::mutants;
use crate::contract::Contract;
use crate::stub::answer::Reply;
use crate::stub::behaviour::Behaviour;
use crate::stub::credential::Tokens;
use crate::stub::incoming::Incoming;
use crate::stub::service::Service;

/// The token that callers prove themselves by.
pub(super) const TOKEN: &str = "Token-ab12";

/// A request to the built-in operation with this body.
pub(super) fn asking(body: &str) -> Incoming {
    Incoming {
        method: "POST".to_owned(),
        path: "/v1/instances/prepare".to_owned(),
        headers: vec![
            ("content-type".to_owned(), b"application/json".to_vec()),
            ("x-auth-token".to_owned(), TOKEN.into()),
        ],
        body: body.into(),
        ..Incoming::default()
    }
}

/// The same for this user and these instances.
pub(super) fn asking_for(user: &str, instances: &[&str]) -> Incoming {
    asking(&serde_json::json!({"user_id": user, "instance_ids": instances}).to_string())
}

/// The same by a caller with another token, or none.
pub(super) fn called_by(token: Option<&str>, request: Incoming) -> Incoming {
    let mut headers = request.headers;
    headers.retain(|(name, _)| name != "x-auth-token");
    headers.extend(token.map(|token| ("x-auth-token".to_owned(), token.into())));
    Incoming { headers, ..request }
}

/// Whether the last of these requests is answered otherwise by the mutant of the built-in contract
/// with this id.
pub(super) fn is_wrong(id: &str, requests: &[Incoming]) -> bool {
    let contract = Contract::builtin("koophone").expect("is built in");
    let mutant = mutants(&contract).into_iter().find(|mutant| mutant.id == format!("prepare/{id}"));
    let last = |behaviour: Option<Behaviour>| {
        let tokens = Tokens::new([TOKEN.to_owned()]);
        let service = Service::new(&contract, tokens, false, behaviour).expect("compiles");
        let replies = requests.iter().map(|request| service.answer(request));
        said(&replies.last().expect("there is a request"))
    };
    last(Some(mutant.expect("is derived").behaviour)) != last(None)
}

/// All of an answer but the time that it takes.
fn said(reply: &Reply) -> String {
    let Reply { status, headers, body, written, delivery, .. } = reply;
    format!("{status} {headers:?} {body:?} {written:?} {delivery:?}")
}
