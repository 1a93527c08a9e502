//! Settings as resolved: flags and environment, held against the contract.

mod chance;
mod environment;
mod error;
mod header;
mod identifiers;
mod names;
mod settings;
mod shard;
mod wire;

pub use chance::{common_seed, random_seed, random_token};
pub use environment::Environment;
pub use error::ConfigError;
pub use header::{Header, HeaderError, headers, secrets_of_arguments};
pub use settings::{MAX_REQUESTS_ELSEWHERE, Settings, load_contract, reports};
pub use shard::{NamedShard, ShardVariables};
pub use wire::WireSettings;
