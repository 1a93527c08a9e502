//! Everything that is tested from outside, in one binary.

mod curl;
mod opponents;
mod probes;
mod rooms;
mod socket;
mod stub;
mod wire;
//! Fencepost's behaviour as its users see it, one file a topic.
mod labels;
mod proof;
