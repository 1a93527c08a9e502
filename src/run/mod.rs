//! The engine: a plan is sent, answers are judged, failures confirmed and reduced.

mod block;
mod cause;
mod confirm;
mod engine;
mod event;
mod known;
mod latency;
mod ledger;
mod outcome;
mod reduce;
mod session;
mod settings;
mod shed;
mod stop;
mod suspect;
#[cfg(test)]
mod tests;
mod wire;

pub use engine::RunPlan;
pub use event::{Event, Listener, Silent};
pub use outcome::{
    Controls, EndedEarly, Finding, Latency, OperationOutcome, Outcome, RealLimit, Reproduced,
    RuleOutcome, RuleVerdict, RunVerdict, Traffic,
};
pub use settings::RunSettings;
pub use stop::StopHandle;
