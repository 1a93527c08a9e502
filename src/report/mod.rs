//! Readers of outcomes and events; each is pure, and somebody else prints what it makes.

mod finding;
mod json;
mod load;
mod ndjson;
mod progress;
mod rules;
mod style;
mod table;
mod terminal;

pub use json::{JsonReport, SCHEMA_VERSION};
pub use ndjson::{
    ContractRow, Header, NDJSON_VERSION, NdjsonError, NdjsonReader, NdjsonReport, OperationHead,
    ShardReport, ShardRow, SkippedHead,
};
pub use progress::Progress;
pub use rules::rules;
pub use terminal::{Detail, TerminalReport};
