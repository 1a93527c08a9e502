//! Everything that is tested from outside, in one binary.

mod curl;
mod rooms;
mod socket;
mod wire;
