//! Everything that is tested from outside, in one binary.

mod curl;
mod labels;
mod fuzz_seeds;
mod opponents;
mod probes;
mod proof;
mod rooms;
mod socket;
mod stub;
mod verdicts;
mod wire;
mod random_schemas;
