//! One documented promise: its name, its source and its weight.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Basis, Strength};

/// The stable name of a rule: `operation/location/keyword`.
///
/// Examples: `prepare/body.user_id/maxLength`, `prepare/body.instance_ids/items/type`,
/// `prepare/header.X-Auth-Token/required`, `prepare/response.error_code/enum`. The limit itself is
/// never part of the name, since names outlive values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Names the rule `keyword` at `location` of `operation`.
    pub fn new(operation: &str, location: &str, keyword: &str) -> Self {
        Self([operation, "/", location, "/", keyword].concat().into())
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The operation's id: all before the first slash.
    pub fn operation(&self) -> &str {
        self.0.split_once('/').map_or("", |(operation, _)| operation)
    }

    /// The name without the operation: `body.user_id/maxLength`.
    pub fn within_operation(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(_, rest)| rest)
    }

    /// Where the rule applies: `body.instance_ids/items`.
    pub fn location(&self) -> &str {
        let rest = self.within_operation();
        rest.rsplit_once('/').map_or("", |(location, _)| location)
    }

    /// What is asked there: `maxLength`.
    pub fn keyword(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, keyword)| keyword)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|id| Self(id.into()))
    }
}

/// The place in a document that a rule rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document: `page`, or the contract's file name.
    pub document: String,
    /// The table or section in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The field in the table, or a JSON pointer into the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.document)?;
        for part in [&self.table, &self.field].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        Ok(())
    }
}

/// One promise of the contract that a run can hold a server against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The stable name.
    pub id: RuleId,
    /// The promise in words, with its limit: `at most 32 characters`.
    pub summary: String,
    /// What breaking it amounts to.
    pub strength: Strength,
    /// What it rests on.
    pub basis: Basis,
    /// Where that is written.
    pub citation: Citation,
}

#[cfg(test)]
mod tests {
    use super::RuleId;

    #[test]
    fn an_id_takes_itself_apart_at_its_first_and_last_slash() {
        let id = RuleId::new("prepare", "body.instance_ids/items", "maxLength");
        assert_eq!(id.as_str(), "prepare/body.instance_ids/items/maxLength");
        assert_eq!(id.operation(), "prepare");
        assert_eq!(id.location(), "body.instance_ids/items");
        assert_eq!(id.keyword(), "maxLength");
        assert_eq!(id.within_operation(), "body.instance_ids/items/maxLength");
    }
}
