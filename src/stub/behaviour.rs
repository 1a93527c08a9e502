//! What a service does otherwise than the contract says, one typed step at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::contract::{Credential, Operation};

use super::answer::Reply;
use super::credential::Tokens;
use super::history::Moment;
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
    /// How long each request is under way before it is looked at.
    thinks: Duration,
    /// The connections that are served at the same time; any number when `None`.
    connections: Option<usize>,
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
    /// Whether the operation accepts this body, and its faithful answer.
    pub(super) answer_to: &'a dyn Fn(&[u8]) -> (bool, Reply),
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

impl Behaviour {
    /// A deviation of one operation, in these steps.
    pub(super) fn of(operation: &Operation, steps: Vec<Step>) -> Self {
        Self { operation: Some(operation.id.clone()), ..Self::everywhere(steps) }
    }

    /// A deviation of the whole service.
    pub(super) fn everywhere(steps: Vec<Step>) -> Self {
        Self {
            operation: None,
            known_only: false,
            on_wire: false,
            thinks: Duration::ZERO,
            connections: None,
            steps: steps.into(),
        }
    }

    /// The same where only known identifiers exist.
    pub(super) fn with_known_only(self) -> Self {
        Self { known_only: true, ..self }
    }

    /// The same behind the raw TCP front.
    pub(super) fn on_wire(self) -> Self {
        Self { on_wire: true, ..self }
    }

    /// The same where each request takes this long, so that others can be under way beside it.
    pub(super) fn thinking(self, thinks: Duration) -> Self {
        Self { thinks, on_wire: true, ..self }
    }

    /// The same where so many connections are served at a time, and others wait.
    pub(super) fn with_connections(self, most: usize) -> Self {
        Self { connections: Some(most), on_wire: true, ..self }
    }

    pub(super) fn thinks(&self) -> Duration {
        self.thinks
    }

    pub(super) fn connections(&self) -> Option<usize> {
        self.connections
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
