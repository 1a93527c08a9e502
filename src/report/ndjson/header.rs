//! The first line: what is run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::generate::{Shard, ShardError};

/// What is run, and all that makes two runs shards of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the lines' shape.
    pub schema_version: u32,
    /// The version of Fencepost.
    pub tool_version: String,
    /// The contract.
    pub contract: ContractRow,
    /// The URL that paths are appended to.
    pub target: String,
    /// What leads curl there, as words for bash.
    #[serde(default)]
    pub curl_flags: Vec<String>,
    /// What to call the target.
    pub target_name: String,
    /// The seed that makes the same plan again.
    pub seed: String,
    /// Which part of the run this is; `None` where it is all of it.
    pub shard: Option<ShardRow>,
    /// What decides the plan and the verdicts: the same for all shards.
    pub settings: Map<String, Value>,
    /// What bounds this process: each shard may have its own.
    pub limits: Map<String, Value>,
    /// Requests of the whole plan, over all shards; controls of one process among them. A guess where
    /// there are very many.
    pub planned_requests: u64,
    /// The operations of the plan, in its order.
    pub operations: Vec<OperationHead>,
    /// Operations that are not tested.
    pub skipped: Vec<SkippedHead>,
}

/// A contract by name and content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// Its name.
    pub name: String,
    /// A hash of its document, 16 hexadecimal digits.
    pub hash: String,
}

/// One of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRow {
    /// Which, counted from 1.
    pub index: u32,
    /// How many there are.
    pub of: u32,
}

/// An operation of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationHead {
    /// The id that its rules begin with.
    pub id: String,
    /// Its method and path.
    pub title: String,
}

/// An operation that is not tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedHead {
    /// Its method and path.
    pub operation: String,
    /// Why.
    pub reason: String,
}

impl Header {
    /// Which part of the run it heads; the whole run is the only one of its shards.
    ///
    /// # Errors
    /// If there is no such part.
    pub fn shard(&self) -> Result<Shard, ShardError> {
        let ShardRow { index, of } = self.shard.unwrap_or(ShardRow { index: 1, of: 1 });
        Shard::new(index.into(), of.into(), 1)
    }

    /// Why the two head no parts of the same run: what differs, and both values; `None` where they
    /// do.
    pub fn difference(&self, other: &Self) -> Option<(String, String, String)> {
        let text = |name: &str, this: &str, that: &str| {
            (this != that).then(|| (name.to_owned(), this.to_owned(), that.to_owned()))
        };
        let contract = |of: &Self| format!("{} (content {})", of.contract.name, of.contract.hash);
        let shards = |of: &Self| of.shard.map_or(1, |shard| shard.of).to_string();
        text("version", &self.tool_version, &other.tool_version)
            .or_else(|| text("contract", &contract(self), &contract(other)))
            .or_else(|| text("seed", &self.seed, &other.seed))
            .or_else(|| text("number of shards", &shards(self), &shards(other)))
            .or_else(|| text("target", &self.target_name, &other.target_name))
            .or_else(|| self.differing_setting(other))
            .or_else(|| {
                let (this, that) = (&self.operations, &other.operations);
                let ids = |heads: &[OperationHead]| {
                    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
                    ids.join(", ")
                };
                text("operations", &ids(this), &ids(that))
            })
    }

    fn differing_setting(&self, other: &Self) -> Option<(String, String, String)> {
        let names = self.settings.keys().chain(other.settings.keys());
        let shown =
            |of: &Self, name: &str| of.settings.get(name).unwrap_or(&Value::Null).to_string();
        names
            .map(|name| (name.clone(), shown(self, name), shown(other, name)))
            .find(|(_, this, that)| this != that)
    }
}
