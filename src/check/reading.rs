//! An answer as a strict reader takes it.

use std::cell::OnceCell;

use serde_json::Value;

use super::body::{Unreadable, read_json};
use super::outer::read_outer;
use crate::contract::{Envelope, Meaning, Node, Operation, Tape};
use crate::http::Interaction;

/// An answer, read once for all checks.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the body says as JSON, strictly read; why not, where it says nothing.
    pub tape: Result<Tape, Unreadable>,
    /// The same as a tree, once somebody asked.
    tree: OnceCell<Value>,
    /// The code in the envelope, where there is one and it is a string.
    pub code: Option<String>,
    /// What became of the request.
    pub disposition: Disposition,
    /// For each relation whether the answer echoes its request, once somebody asked.
    pub(super) echoes: OnceCell<Vec<bool>>,
}

/// What became of a request, by the contract's own account of success and refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// Accepted: the contract's success, in status and code.
    Accepted,
    /// Refused as breaking a rule.
    BadParameter,
    /// Refused as naming something that doesn't exist or may not be used.
    Unknown,
    /// Refused otherwise: with another code, or with none.
    Refused,
    /// Refused for want of a credential: 401, 403 or 407, where status is all there is.
    Denied,
    /// Answered by the gateway in front of the service.
    Gateway,
    /// Turned away for load: 429 or 503.
    Shed,
    /// The service failed: another 5xx.
    ServerError,
    /// Neither accepted nor refused: a redirect, or a success without the success's code.
    Undefined,
    /// There was no whole answer.
    NoAnswer,
}

impl Disposition {
    /// Whether the request got as far as being judged and found legal in form.
    pub fn is_legal(self) -> bool {
        matches!(self, Self::Accepted | Self::Unknown)
    }

    /// Whether the request was refused by the service, whatever the reason.
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::BadParameter | Self::Unknown | Self::Refused | Self::Denied)
    }
}

impl Reading {
    /// Reads what came of a request to `operation`.
    pub fn of(operation: &Operation, interaction: &Interaction) -> Self {
        let Ok(answer) = &interaction.result else {
            return Self {
                tape: Err(Unreadable::Empty),
                tree: OnceCell::new(),
                code: None,
                disposition: Disposition::NoAnswer,
                echoes: OnceCell::new(),
            };
        };
        let tape = read_json(&answer.body);
        let envelope = operation.envelope.as_deref();
        let code = envelope.and_then(|envelope| match &tape {
            Ok(tape) => envelope.code.read_on_tape(tape.root())?.as_str().map(str::to_owned),
            Err(Unreadable::Beyond) => {
                let outer = read_outer(&answer.body)?;
                envelope.code.read(&outer)?.as_str().map(str::to_owned)
            }
            Err(_) => None,
        });
        let disposition = match envelope {
            Some(envelope) => by_envelope(envelope, answer.status, code.as_deref()),
            None if answer.status / 100 == 3 && operation.documents(answer.status) => {
                Disposition::Accepted
            }
            None => by_status(answer.status),
        };
        Self { tape, tree: OnceCell::new(), code, disposition, echoes: OnceCell::new() }
    }

    /// What the body says as JSON.
    pub fn root(&self) -> Option<Node<'_>> {
        self.tape.as_ref().ok().map(Tape::root)
    }

    /// The same as a tree, for what is no good answer.
    pub fn json(&self) -> Option<&Value> {
        let tape = self.tape.as_ref().ok()?;
        Some(self.tree.get_or_init(|| tape.to_value()))
    }

    /// The documented meaning of the answer's code.
    pub fn meaning(&self, operation: &Operation) -> Option<Meaning> {
        let code = self.code.as_deref()?;
        operation.envelope.as_deref()?.meaning(code)
    }
}

fn by_envelope(envelope: &Envelope, status: u16, code: Option<&str>) -> Disposition {
    if matches!(status, 429 | 503) {
        return Disposition::Shed;
    }
    if code.is_some_and(|code| envelope.meaning(code).is_none() && envelope.is_gateway(code)) {
        return Disposition::Gateway;
    }
    let is_success_status = envelope.success.status.contains(&status);
    match (status, code) {
        (500.., _) => Disposition::ServerError,
        (_, Some(code)) if envelope.is_success(code) => {
            // A server that gives success's code with another 2xx did accept.
            if is_success_status || (200..300).contains(&status) {
                Disposition::Accepted
            } else {
                Disposition::Undefined
            }
        }
        (200..300 | 400..500, Some(code)) => match envelope.meaning(code) {
            Some(Meaning::BadParameter) => Disposition::BadParameter,
            Some(Meaning::Unknown) => Disposition::Unknown,
            _ => Disposition::Refused,
        },
        // No code, and a status that speaks of the caller: nothing of the request was judged.
        (401 | 403 | 407, None) => Disposition::Denied,
        (400..500, None) => Disposition::Refused,
        _ => Disposition::Undefined,
    }
}

fn by_status(status: u16) -> Disposition {
    match status {
        429 | 503 => Disposition::Shed,
        401 | 403 | 407 => Disposition::Denied,
        404 | 409 | 410 | 412 => Disposition::Unknown,
        400..500 => Disposition::BadParameter,
        500.. => Disposition::ServerError,
        200..300 => Disposition::Accepted,
        _ => Disposition::Undefined,
    }
}
