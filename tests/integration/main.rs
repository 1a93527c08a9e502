//! Everything that is tested from outside, in one binary.

mod curl;
mod fuzz_seeds;
mod opponents;
mod probes;
mod rooms;
mod socket;
mod stub;
mod wire;
