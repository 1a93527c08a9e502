//! Everything that is tested from outside, in one binary.

mod audit;
mod cli;
mod curl;
mod deploy;
mod fuzz_seeds;
mod labels;
mod named;
mod opponents;
mod outgoing;
mod plan_labels;
mod planned;
mod probes;
mod proof;
mod random_schemas;
mod reduction;
mod renamed;
mod rooms;
mod runs;
mod shards;
mod snapshots;
mod socket;
mod stub;
mod traps;
mod verdicts;
mod wire;
