//! OpenAPI runtime expressions, as far as bodies go.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Node;

/// Which of the two messages an expression reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `$request.body`
    Request,
    /// `$response.body`
    Response,
}

/// A runtime expression: `$response.body#/error_code`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    source: Source,
    pointer: String,
}

impl Expression {
    /// The message it reads.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The JSON pointer into that message's body; empty for the whole body.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The value it names in a body.
    pub fn read<'v>(&self, body: &'v Value) -> Option<&'v Value> {
        super::reference::value_at(body, &self.pointer)
    }

    /// The same, of a body on a tape.
    pub fn read_on_tape<'t>(&self, body: Node<'t>) -> Option<Node<'t>> {
        body.pointer(&self.pointer)
    }
}

impl FromStr for Expression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (source, rest) = if let Some(rest) = text.strip_prefix("$request.body") {
            (Source::Request, rest)
        } else if let Some(rest) = text.strip_prefix("$response.body") {
            (Source::Response, rest)
        } else {
            return Err(format!(
                "`{text}` is no expression that Fencepost reads: write `$request.body#/…` or \
                 `$response.body#/…`"
            ));
        };
        let pointer = match rest.strip_prefix('#') {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => pointer,
            None if rest.is_empty() => "",
            _ => {
                return Err(format!(
                    "`{text}`: behind `body` comes `#` and a JSON pointer such as `#/error_code`"
                ));
            }
        };
        Ok(Self { source, pointer: pointer.to_owned() })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            Source::Request => "$request.body",
            Source::Response => "$response.body",
        };
        write!(f, "{source}#{}", self.pointer)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Expression;

    #[test]
    fn an_expression_reads_the_place_it_names() {
        let code: Expression = "$response.body#/error_code".parse().expect("is an expression");
        assert_eq!(code.read(&json!({"error_code": "0"})), Some(&json!("0")));
        assert_eq!(code.to_string(), "$response.body#/error_code");
    }

    #[test]
    fn what_is_no_expression_is_refused_with_the_way_to_write_one() {
        for text in ["error_code", "$url", "$response.body/error_code", "$response.header.X"] {
            let error = text.parse::<Expression>().expect_err("is no expression");
            assert!(error.contains(text), "{error}");
        }
    }
}
