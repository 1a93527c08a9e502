//! What a service does otherwise than the contract says, one typed step at a time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::contract::{Credential, Operation};

use super::answer::Reply;
use super::credential::Tokens;
use super::incoming::Incoming;
use super::judge::Judgement;
use super::offence::Offence;
use crate::contract::Broken;

/// How a service deviates: one promise broken, or something that is open done in another way.
///
/// It is made by [`mutants`](super::mutants) and [`variants`](super::variants), and handed to
/// [`StubOptions`](super::StubOptions).
#[derive(Clone)]
pub struct Behaviour {
    /// The id of the operation that it is about; all when `None`.
    operation: Option<String>,
    /// Only the identifiers that the contract names exist.
    known_only: bool,
    /// It needs the raw TCP front.
    on_wire: bool,
    steps: Arc<[Step]>,
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Behaviour({} steps)", self.steps.len())
    }
}

/// What a body reads as: no value for no body.
pub(super) type Read = Result<Option<Value>, Broken>;

type ArrivingStep = dyn Fn(&mut Incoming) + Send + Sync;
type AccessStep = dyn Fn(&Access<'_>) -> bool + Send + Sync;
type ReadingStep = dyn Fn(&[u8], Read) -> Read + Send + Sync;
type JudgingStep = dyn Fn(&Judging<'_>, &mut Vec<Offence>) + Send + Sync;
type AnsweringStep = dyn Fn(&Exchange<'_>, &mut Reply) + Send + Sync;

/// One step of the service that is taken otherwise.
pub(super) enum Step {
    /// Changes a request before it is routed.
    Arriving(Box<ArrivingStep>),
    /// Says whether the caller is proved.
    Access(Box<AccessStep>),
    /// Reads the body's bytes, given the faithful reading.
    Reading(Box<ReadingStep>),
    /// Forgives constraints that are broken, and invents others.
    Judging(Box<JudgingStep>),
    /// Changes the answer, or how it travels.
    Answering(Box<AnsweringStep>),
}

/// Who is calling?
pub(super) struct Access<'a> {
    pub(super) credential: &'a Credential,
    pub(super) request: &'a Incoming,
    pub(super) tokens: &'a Tokens,
}

/// A request that is being judged.
pub(super) struct Judging<'a> {
    pub(super) request: &'a Incoming,
    /// The JSON value that the body holds.
    pub(super) body: Option<&'a Value>,
    /// The constraints that another body would break.
    pub(super) broken_by: &'a dyn Fn(&Value) -> Vec<Offence>,
}

/// A judged request whose answer is ready.
pub(super) struct Exchange<'a> {
    /// The request as it arrived.
    pub(super) request: &'a Incoming,
    /// The operation that it was for; `None` for an unknown path or method.
    pub(super) operation: Option<&'a Operation>,
    pub(super) judgement: &'a Judgement,
    pub(super) tokens: &'a Tokens,
    pub(super) moment: Moment,
}

impl Exchange<'_> {
    /// The body of an accepted request.
    pub(super) fn accepted(&self) -> Option<&Value> {
        match self.judgement {
            Judgement::Accepted(body) => Some(body.as_ref().unwrap_or(&Value::Null)),
            Judgement::Refused(_) => None,
        }
    }
}

/// What went before a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Moment {
    /// The request's number, from 1.
    pub(super) number: usize,
    /// How many requests with the same method, path and body went before.
    pub(super) repeats: usize,
    /// The body of the request before.
    pub(super) previous: Vec<u8>,
}

/// What went before.
#[derive(Default)]
pub(super) struct History(Mutex<(HashMap<u64, usize>, Moment)>);

impl History {
    /// Notes a request, and says what went before it.
    pub(super) fn note(&self, request: &Incoming) -> Moment {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, last) = &mut *held;
        let repeats = seen.entry(fingerprint(request)).or_default();
        let moment = Moment {
            number: last.number + 1,
            repeats: *repeats,
            previous: std::mem::take(&mut last.previous),
        };
        *repeats += 1;
        *last = Moment { number: moment.number, repeats: 0, previous: request.body.clone() };
        moment
    }
}

/// FNV-1a of method, path and body.
fn fingerprint(request: &Incoming) -> u64 {
    let parts = [request.method.as_bytes(), request.path.as_bytes(), &request.body];
    parts.concat().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Behaviour {
    /// A deviation of one operation, in these steps.
    pub(super) fn of(operation: &Operation, steps: Vec<Step>) -> Self {
        Self { operation: Some(operation.id.clone()), ..Self::everywhere(steps) }
    }

    /// A deviation of the whole service.
    pub(super) fn everywhere(steps: Vec<Step>) -> Self {
        Self { operation: None, known_only: false, on_wire: false, steps: steps.into() }
    }

    /// The same where only known identifiers exist.
    pub(super) fn with_known_only(self) -> Self {
        Self { known_only: true, ..self }
    }

    /// The same behind the raw TCP front.
    pub(super) fn on_wire(self) -> Self {
        Self { on_wire: true, ..self }
    }

    pub(super) fn known_only(&self) -> bool {
        self.known_only
    }

    pub(super) fn needs_wire(&self) -> bool {
        self.on_wire
    }

    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        self.operation.as_ref().is_none_or(|id| *id == operation.id)
    }

    pub(super) fn arriving(&self, request: &mut Incoming) {
        for step in self.steps.iter() {
            if let Step::Arriving(change) = step {
                change(request);
            }
        }
    }

    pub(super) fn proves(&self, access: &Access<'_>, faithful: bool) -> bool {
        self.steps.iter().fold(faithful, |proved, step| match step {
            Step::Access(proves) => proves(access),
            _ => proved,
        })
    }

    pub(super) fn read(&self, bytes: &[u8], faithful: Read) -> Read {
        self.steps.iter().fold(faithful, |read, step| match step {
            Step::Reading(reading) => reading(bytes, read),
            _ => read,
        })
    }

    pub(super) fn judge(&self, judging: &Judging<'_>, offences: &mut Vec<Offence>) {
        for step in self.steps.iter() {
            if let Step::Judging(change) = step {
                change(judging, offences);
            }
        }
    }

    pub(super) fn answer(&self, exchange: &Exchange<'_>, reply: &mut Reply) {
        if exchange.operation.is_some_and(|operation| !self.is_of(operation)) {
            return;
        }
        for step in self.steps.iter() {
            if let Step::Answering(change) = step {
                change(exchange, reply);
            }
        }
    }
}
