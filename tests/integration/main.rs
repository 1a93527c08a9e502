//! Everything that is tested from outside, in one binary.

mod curl;
mod opponents;
mod probes;
mod stub;
mod wire;
