//! Requests in, answers out, without a socket.

use std::sync::Arc;

use crate::contract::extension::Envelope;
use crate::contract::{Contract, Operation};

use super::answer::{self, Answers, Reply};
use super::credential::Tokens;
use super::incoming::Incoming;
use super::judge::{Judge, Judgement, Refusal};
use super::route::Route;

/// A service that keeps the contract.
pub(super) struct Service {
    operations: Vec<Arc<Operation>>,
    endpoints: Vec<Endpoint>,
    tokens: Tokens,
    envelope: Option<Arc<Envelope>>,
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
    ) -> Result<Self, (String, String)> {
        let operations = contract.operations.clone();
        let endpoints = operations.iter().map(|operation| {
            let judge = Judge::new(operation, known_only)
                .map_err(|reason| (operation.id.clone(), reason))?;
            Ok(Endpoint { judge, answers: Answers::new(operation) })
        });
        let endpoints = endpoints.collect::<Result<_, (String, String)>>()?;
        Ok(Self {
            endpoints,
            envelope: operations.iter().find_map(|operation| operation.envelope.clone()),
            operations,
            tokens,
        })
    }

    /// Answers one request.
    pub(super) fn answer(&self, request: &Incoming) -> Reply {
        let unrouted = |refusal| answer::unrouted(self.envelope.as_deref(), &refusal);
        match Route::of(&self.operations, &request.method, &request.path) {
            Route::UnknownPath => unrouted(Refusal::UnknownPath),
            Route::UnsupportedMethod(allowed) => unrouted(Refusal::UnsupportedMethod(allowed)),
            Route::Operation(index, parameters) => {
                let Endpoint { judge, answers } = &self.endpoints[index];
                let operation = &self.operations[index];
                match judge.judge(operation, &self.tokens, &parameters, request) {
                    Judgement::Accepted(body) => answers.accepted(body.as_ref()),
                    Judgement::Refused(refusal) => answer::refused(operation, &refusal),
                }
            }
        }
    }
}
