//! Everything that is tested from outside, in one binary.

mod cli;
mod curl;
mod fuzz_seeds;
mod labels;
mod opponents;
mod plan_labels;
mod probes;
mod proof;
mod random_schemas;
mod rooms;
mod socket;
mod stub;
mod verdicts;
mod wire;
