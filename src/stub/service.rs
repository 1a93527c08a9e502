//! Requests in, answers out, without a socket.

use std::sync::Arc;

use crate::contract::extension::Envelope;
use crate::contract::{Compiler, Contract, Operation};

use super::answer::{self, Answers, Reply};
use super::behaviour::{Behaviour, Exchange};
use super::credential::Tokens;
use super::headers;
use super::history::{Arrival, History};
use super::incoming::Incoming;
use super::judge::{Judge, Judgement, Refusal};
use super::route::Route;

/// A service that keeps the contract.
pub(super) struct Service {
    operations: Vec<Arc<Operation>>,
    endpoints: Vec<Endpoint>,
    tokens: Tokens,
    envelope: Option<Arc<Envelope>>,
    /// What it does otherwise than the contract says.
    behaviour: Option<Behaviour>,
    history: History,
}

/// What became of a request, and which operation it was for.
struct Judged<'s> {
    operation: Option<&'s Operation>,
    judgement: Judgement,
}

/// What is compiled for one operation.
struct Endpoint {
    judge: Judge,
    answers: Answers,
}

impl Service {
    /// Compiles the contract. An error names the operation and what the `jsonschema` crate says.
    pub(super) fn new(
        contract: &Contract,
        tokens: Tokens,
        known_only: bool,
        behaviour: Option<Behaviour>,
    ) -> Result<Self, (String, String)> {
        let known_only = known_only || behaviour.as_ref().is_some_and(Behaviour::known_only);
        let operations = contract.operations.clone();
        let compiler =
            Compiler::new(&contract.document).map_err(|reason| (contract.name.clone(), reason))?;
        let endpoints = operations.iter().map(|operation| {
            let judge = Judge::new(&compiler, operation, known_only)
                .map_err(|reason| (operation.id.clone(), reason))?;
            Ok(Endpoint { judge, answers: Answers::new(&compiler, operation) })
        });
        let endpoints = endpoints.collect::<Result<_, (String, String)>>()?;
        Ok(Self {
            endpoints,
            envelope: operations.iter().find_map(|operation| operation.envelope.clone()),
            operations,
            tokens,
            behaviour,
            history: History::default(),
        })
    }

    /// Answers one request at once.
    pub(super) fn answer(&self, request: &Incoming) -> Reply {
        self.answer_to(request, self.arrive(request, 0).as_ref())
    }

    /// Notes that a request has arrived, with its number on its connection: it is under way until
    /// what this returns is dropped.
    pub(super) fn arrive(&self, request: &Incoming, on_connection: usize) -> Option<Arrival<'_>> {
        self.behaviour.as_ref().map(|_| self.history.arrive(request, on_connection))
    }

    /// What it does otherwise than the contract says.
    pub(super) fn behaviour(&self) -> Option<&Behaviour> {
        self.behaviour.as_ref()
    }

    /// Answers a request that has arrived.
    pub(super) fn answer_to(&self, request: &Incoming, arrival: Option<&Arrival<'_>>) -> Reply {
        let (Some(behaviour), Some(arrival)) = (&self.behaviour, arrival) else {
            return self.judged(request, None).0;
        };
        let mut arrived = request.clone();
        behaviour.arriving(&mut arrived);
        let moment = arrival.moment();
        let (mut reply, outcome) = self.judged(&arrived, Some(behaviour));
        let Judged { operation, judgement } = outcome;
        if matches!(judgement, Judgement::Accepted(_)) {
            arrival.accept(&request.body);
        }
        let exchange = Exchange {
            request,
            operation,
            judgement: &judgement,
            tokens: &self.tokens,
            moment,
            answer_to: &|body| {
                let (reply, other) =
                    self.judged(&Incoming { body: body.to_owned(), ..request.clone() }, None);
                (matches!(other.judgement, Judgement::Accepted(_)), reply)
            },
        };
        behaviour.answer(&exchange, &mut reply);
        reply
    }

    /// Of operations with one method and path the first whose parameters the request keeps.
    fn told_apart(
        &self,
        mut fitting: Vec<(usize, Vec<(String, String)>)>,
        request: &Incoming,
    ) -> (usize, Vec<(String, String)>) {
        let keeps = |(index, parameters): &(usize, Vec<(String, String)>)| {
            self.endpoints[*index].judge.keeps_parameters(parameters, request)
        };
        let chosen = if fitting.len() > 1 { fitting.iter().position(keeps) } else { None };
        fitting.swap_remove(chosen.unwrap_or(0))
    }

    fn judged(&self, request: &Incoming, behaviour: Option<&Behaviour>) -> (Reply, Judged<'_>) {
        let unrouted = |refusal| {
            let reply = answer::unrouted(self.envelope.as_deref(), &refusal);
            (reply, Judged { operation: None, judgement: Judgement::Refused(refusal) })
        };
        match Route::of(&self.operations, &request.method, &request.path) {
            Route::UnknownPath => unrouted(Refusal::UnknownPath),
            Route::UnsupportedMethod(allowed) => unrouted(Refusal::UnsupportedMethod(allowed)),
            Route::Operations(fitting) => {
                let (index, parameters) = self.told_apart(fitting, request);
                let Endpoint { judge, answers } = &self.endpoints[index];
                let operation = &self.operations[index];
                let behaviour = behaviour.filter(|behaviour| behaviour.is_of(operation));
                let judgement =
                    judge.judge(operation, &self.tokens, &parameters, request, behaviour);
                let mut reply = match &judgement {
                    Judgement::Accepted(body) => answers.accepted(body.as_ref()),
                    Judgement::Refused(refusal) => answers.refused(operation, refusal),
                };
                headers::add(operation, &mut reply);
                (reply, Judged { operation: Some(operation), judgement })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Incoming, Reply, Service, Tokens};
    use crate::contract::Contract;

    /// No envelope: statuses alone tell, and parameters stand everywhere.
    const SHELF: &str = r##"
openapi: 3.1.0
info: {title: Shelf, version: "1"}
paths:
  /shelves/{shelf}/books:
    post:
      operationId: addBook
      security: [{key: []}]
      x-fencepost:
        id: add
        identifiers: [{name: title, at: body.title, known: [Emma]}]
      parameters:
        - {name: shelf, in: path, required: true, schema: {type: integer, maximum: 99}}
        - {name: dry, in: query, schema: {type: boolean}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [title]
              properties: {title: {type: string, maxLength: 5}}
      responses:
        "201":
          description: added
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Book"}
        "404": {description: no such shelf}
        "422":
          description: refused
          content:
            application/problem+json:
              schema:
                type: object
                required: [title]
                properties: {title: {type: string, minLength: 3}, detail: {type: string}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Book:
      type: object
      required: [isbn]
      properties: {isbn: {type: string, pattern: "^978-[0-9]{3}$"}}
"##;

    /// An envelope without a gateway, and an outcome of its own for one keyword.
    const WRAPPED: &str = r##"
openapi: 3.1.0
info: {title: Wrapped, version: "1"}
x-fencepost:
  envelope:
    code: $response.body#/status/code
    success: {status: [200], code: OK}
    codes:
      - {code: OK, meaning: success, status: [200]}
      - {code: BAD, meaning: bad-parameter, status: [400]}
      - {code: LONG, meaning: bad-parameter, status: [413]}
paths:
  /names:
    put:
      operationId: names
      x-fencepost:
        outcomes:
          - {at: [body.list/items], keyword: [maxLength], code: [LONG]}
        relations:
          - {asked: "$request.body#/list", answered: "$response.body#/found", key: /name/text}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties: {list: {type: array, items: {type: string, maxLength: 3}}}
      responses:
        "200":
          description: found
          content:
            application/json:
              schema:
                type: object
                properties:
                  found:
                    type: array
                    items:
                      type: object
                      properties:
                        age: {type: integer, minimum: 4}
                        name: {$ref: "#/components/schemas/Name"}
                  status: {$ref: "#/components/schemas/Status"}
        default:
          description: refused
          content:
            application/json:
              schema:
                type: object
                properties: {status: {$ref: "#/components/schemas/Status"}}
components:
  schemas:
    Name: {type: object, properties: {text: {type: string}}}
    Status: {type: object, properties: {code: {type: string}}}
"##;

    fn service(text: &str, known_only: bool) -> Service {
        let contract = Contract::parse("test.yaml", text).expect("loads");
        Service::new(&contract, Tokens::new(["Secret".to_owned()]), known_only, None)
            .expect("compiles")
    }

    fn ask(service: &Service, line: &str, token: &str, body: &str) -> Reply {
        let (method, target) = line.split_once(' ').expect("method and target");
        let url = url::Url::parse(&format!("http://stub{target}")).expect("a target");
        service.answer(&Incoming {
            method: method.to_owned(),
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: vec![("authorization".to_owned(), format!("Bearer {token}").into_bytes())],
            body: body.as_bytes().to_vec(),
            spelled: Vec::new(),
        })
    }

    fn body(reply: &Reply) -> Value {
        reply.body.as_ref().map(|(_, body)| body.clone()).unwrap_or_default()
    }

    #[test]
    fn without_an_envelope_the_status_tells() {
        let service = service(SHELF, false);
        let good = r#"{"title":"Emma"}"#;
        for (line, token, body, status) in [
            ("POST /shelves/7/books", "Secret", good, 201),
            ("POST /shelves/8/books?dry=true", "Secret", good, 201),
            ("POST /shelves/7/books", "Secret", "", 201),
            ("POST /shelves/7/books", "secret", good, 401),
            ("POST /shelves/100/books", "Secret", good, 422),
            ("POST /shelves/seven/books", "Secret", good, 422),
            ("POST /shelves/7/books?dry=maybe", "Secret", good, 422),
            ("POST /shelves/7/books", "Secret", r#"{"title":"Middlemarch"}"#, 422),
            ("POST /shelves/7/books", "Secret", r#"{"title":"Emma"}x"#, 422),
            ("POST /shelves/7/books", "Secret", "{}", 422),
            ("POST /shelves/7/book", "Secret", good, 404),
            ("GET /shelves/7/books", "Secret", good, 405),
        ] {
            assert_eq!(ask(&service, line, token, body).status, status, "{line} {token} {body}");
        }
    }

    #[test]
    fn a_body_is_in_the_documented_shape_and_media_type() {
        let service = service(SHELF, false);
        let added = ask(&service, "POST /shelves/7/books", "Secret", "");
        assert_eq!(body(&added), json!({"isbn": "978-000"}));
        let refused = ask(&service, "POST /shelves/7/books", "Secret", "{}");
        let (media_type, problem) = refused.body.expect("a documented body");
        assert_eq!(media_type, "application/problem+json");
        assert_eq!(problem, json!({"title": "oka"}));
    }

    #[test]
    fn another_method_names_the_documented_one() {
        let reply = ask(&service(SHELF, false), "GET /shelves/7/books", "Secret", "");
        assert_eq!(reply.headers, [("allow".to_owned(), "POST".to_owned())]);
    }

    #[test]
    fn only_known_identifiers_exist_where_that_is_asked_for() {
        let service = service(SHELF, true);
        for (title, status) in [("Emma", 201), ("Evie", 404), ("Evelina", 422)] {
            let text = json!({"title": title}).to_string();
            let reply = ask(&service, "POST /shelves/7/books", "Secret", &text);
            assert_eq!(reply.status, status, "{title}");
        }
    }

    #[test]
    fn every_asked_value_is_answered_with_an_entry_of_the_documented_shape() {
        let reply = ask(&service(WRAPPED, false), "PUT /names", "", r#"{"list":["a","b"]}"#);
        let entry = |name: &str| json!({"age": 4, "name": {"text": name}});
        assert_eq!(
            body(&reply),
            json!({"found": [entry("a"), entry("b")], "status": {"code": "OK"}})
        );
    }

    #[test]
    fn a_violation_has_the_code_that_its_rule_documents() {
        let service = service(WRAPPED, false);
        for (text, status, code) in [
            (r#"{"list":["abcd"]}"#, 413, "LONG"),
            (r#"{"list":[4]}"#, 400, "BAD"),
            ("", 400, "BAD"),
        ] {
            let reply = ask(&service, "PUT /names", "", text);
            let found = body(&reply)["status"]["code"].clone();
            assert_eq!((reply.status, found), (status, json!(code)), "{text}");
        }
    }
}
