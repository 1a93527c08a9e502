//! The engine: a plan is sent, answers are judged, failures confirmed and reduced.

mod answers;
mod block;
mod cause;
mod company;
mod conclude;
mod confirm;
mod engine;
mod event;
mod evidence;
mod join;
mod known;
mod lapse;
mod latency;
mod ledger;
mod load;
mod outcome;
mod patience;
mod plans;
mod rate;
mod reduce;
mod session;
mod settings;
mod shape;
mod shed;
mod slow;
mod slow_kind;
mod stateful;
mod stop;
mod stream;
mod suspect;
#[cfg(test)]
mod tests;
mod twice;
mod wait;
mod wire;
pub(crate) mod word;

pub use answers::{AnswerShapes, KindOfAnswer, KindsOfAnswers};
pub use engine::RunPlan;
pub use event::{BlockCounts, Event, Listener, Silent};
pub use evidence::{Evidence, Position, RuleEvidence, Sighting};
pub use join::{OperationPart, ShardPart, SharedParts};
pub use latency::Histogram;
pub use ledger::Tally;
pub use load::{ConcurrencyChange, Load};
pub use outcome::{
    Controls, EndedEarly, Extent, Finding, Latency, OperationOutcome, Outcome, RealLimit,
    Reproduced, RuleOutcome, RuleVerdict, RunVerdict, Traffic,
};
pub use rate::Rate;
pub use settings::RunSettings;
pub use shape::Shape;
pub use stateful::Reach;
pub use stop::StopHandle;
