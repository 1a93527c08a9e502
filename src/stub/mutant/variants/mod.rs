//! What the contract leaves open, done otherwise: services that nobody may blame.

mod answers;
mod bodies;
mod callers;
mod deliveries;
mod derive;
mod gateways;
mod gzip;
mod open;
mod timing;

pub use derive::variants;
