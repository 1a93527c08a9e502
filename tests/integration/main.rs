//! Everything that is tested from outside, in one binary.

mod curl;
mod fuzz_seeds;
mod labels;
mod opponents;
mod outgoing;
mod probes;
mod proof;
mod random_schemas;
mod rooms;
mod socket;
mod stub;
mod verdicts;
mod wire;
