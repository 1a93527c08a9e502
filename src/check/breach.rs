//! A promise that an answer breaks, as one check sees it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::{RuleId, Strength};

macro_rules! check_names {
    ($($(#[doc = $doc:literal])+ $name:ident => $text:literal,)+) => {
        /// The name of a check, in Schemathesis' words where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CheckName { $($(#[doc = $doc])+ $name,)+ }

        impl CheckName {
            /// Every check, in the order in which they are run.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as flags and reports spell it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

check_names! {
    /// Every request is answered, whole and in time.
    Answered => "answered",
    /// No request makes the service fail.
    NotAServerError => "not_a_server_error",
    /// The status is documented.
    StatusCodeConformance => "status_code_conformance",
    /// The media type is documented.
    ContentTypeConformance => "content_type_conformance",
    /// The body is what its headers say, to a strict reader.
    StrictReading => "strict_reading",
    /// The body is what the documented schema asks for.
    ResponseSchemaConformance => "response_schema_conformance",
    /// The headers are there and hold what is documented.
    ResponseHeadersConformance => "response_headers_conformance",
    /// The error code is documented, spelled as documented and fits the status.
    ErrorCodeConformance => "error_code_conformance",
    /// A legal request is not refused.
    PositiveDataAcceptance => "positive_data_acceptance",
    /// A request that breaks a rule is refused, as documented.
    NegativeDataRejection => "negative_data_rejection",
    /// A request without a valid credential is refused.
    IgnoredAuth => "ignored_auth",
    /// A method that is not documented is never accepted.
    UnsupportedMethod => "unsupported_method",
    /// The answer is bound to its request as documented.
    Relations => "relations",
    /// No answer gives away secrets or the server's insides.
    Leaks => "leaks",
    /// No answer takes longer than the user allows, where there is such a limit.
    MaxResponseTime => "max_response_time",
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for CheckName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|check| check.as_str() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|check| check.as_str()).collect();
            format!("there is no check `{text}`; the checks are {}", names.join(", "))
        })
    }
}

impl Serialize for CheckName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CheckName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// What a breach amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A `should` is broken: fails a run only with `--strict`.
    Warning,
    /// A `must` is broken.
    Failure,
}

impl Severity {
    /// What breaking something of this strength amounts to; `None` for what is open.
    pub fn of(strength: Strength) -> Option<Self> {
        match strength {
            Strength::Must => Some(Self::Failure),
            Strength::Should => Some(Self::Warning),
            Strength::Open => None,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Failure => "failure",
        })
    }
}

/// A promise that one answer breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The check that saw it.
    pub check: CheckName,
    /// The promise.
    pub rule: RuleId,
    /// What breaking it amounts to.
    pub severity: Severity,
    /// The way it is broken, the same for all breaches of one cause: `not enforced`.
    pub kind: &'static str,
    /// What was promised of this answer.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// What makes two breaches the same finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint {
    /// The promise.
    pub rule: RuleId,
    /// The check.
    pub check: CheckName,
    /// The way it is broken.
    pub kind: &'static str,
}

impl Breach {
    /// What this breach has in common with others of its cause.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint { rule: self.rule.clone(), check: self.check, kind: self.kind }
    }
}
