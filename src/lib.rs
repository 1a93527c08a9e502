//! Fencepost tests whether an HTTP API keeps what its document promises.
pub mod case;
pub mod check;
pub mod contract;
pub mod generate;
pub mod http;
pub mod stub;
