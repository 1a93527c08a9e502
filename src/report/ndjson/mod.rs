//! `--report ndjson`: a run as it goes on, one JSON object a line, as
//! `contracts/ndjson.schema.json` describes it; and such lines read back, to join shards.

mod case;
mod evidence;
mod header;
mod line;
mod reader;
mod writer;

pub use header::{ContractRow, Header, OperationHead, ShardRow, SkippedHead};
pub use reader::{NdjsonError, NdjsonReader, ShardReport};
pub use writer::NdjsonReport;

/// The version of the lines' shape; it rises when a reader has to change.
pub const NDJSON_VERSION: u32 = 1;
