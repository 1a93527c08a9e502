//! Parameters in path, query, headers and cookies.

use serde_json::Value;

use crate::contract::{Broken, Compiler, Parameter, ParameterLocation, Place, Schema, Validator};

use super::incoming::Incoming;
use super::offence::{self, Offence};
use super::width::too_wide;

/// Holds one parameter against its schema.
pub(super) struct ParameterJudge {
    parameter: Parameter,
    /// `query.limit`
    at: String,
    validator: Validator,
}

impl ParameterJudge {
    /// Compiles the parameter's schema.
    pub(super) fn new(compiler: &Compiler<'_>, parameter: &Parameter) -> Result<Self, String> {
        Ok(Self {
            parameter: parameter.clone(),
            at: format!("{}.{}", parameter.location.as_str(), parameter.name),
            validator: compiler.compile(&parameter.schema)?,
        })
    }

    /// Whether the parameter's value in this request keeps its schema.
    pub(super) fn check(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
    ) -> Result<(), Broken> {
        let Some(value) = self.value(path_parameters, request)? else { return Ok(()) };
        let wide = || {
            let offences = too_wide(&self.parameter.schema, &Place::body(), &value);
            offences.into_iter().next().map(|offence| offence.broken)
        };
        match self.validator.first_broken(&Place::body(), &value).or_else(wide) {
            Some(broken) => Err(self.renamed(broken)),
            None => Ok(()),
        }
    }

    /// Every constraint that the parameter's value in this request breaks.
    pub(super) fn offences(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
    ) -> Vec<Offence> {
        let value = match self.value(path_parameters, request) {
            Ok(None) => return Vec::new(),
            Ok(Some(value)) => value,
            Err(broken) => {
                return vec![Offence { broken, pointer: String::new(), value: Value::Null }];
            }
        };
        let mut offences = offence::offences(&self.validator, &Place::body(), &value);
        offences.extend(too_wide(&self.parameter.schema, &Place::body(), &value));
        let renamed =
            |offence: Offence| Offence { broken: self.renamed(offence.broken), ..offence };
        offences.into_iter().map(renamed).collect()
    }

    fn renamed(&self, broken: Broken) -> Broken {
        let below = broken.location.strip_prefix("body").unwrap_or_default();
        Broken { location: format!("{}{below}", self.at), ..broken }
    }

    /// The JSON value that is held against the schema; `None` where there is none to hold.
    fn value(
        &self,
        path_parameters: &[(String, String)],
        request: &Incoming,
    ) -> Result<Option<Value>, Broken> {
        let texts = self.texts(path_parameters, request);
        if texts.is_empty() {
            return if self.parameter.required {
                Err(Broken::new(&self.at, "required"))
            } else {
                Ok(None)
            };
        }
        let schema = &self.parameter.schema;
        // How objects are spread over a query is not read: they are let through.
        if !schema.types().is_empty() && schema.types().iter().all(|name| *name == "object") {
            return Ok(None);
        }
        Ok(Some(if schema.allows_type("array") && !schema.types().is_empty() {
            let entry = schema.items();
            Value::Array(texts.iter().map(|text| read(entry.as_ref(), text)).collect())
        } else {
            read(Some(schema), &texts[0])
        }))
    }

    /// The texts that stand for the value: several only for a list.
    fn texts(&self, path_parameters: &[(String, String)], request: &Incoming) -> Vec<String> {
        let name = &self.parameter.name;
        let texts: Vec<String> = match self.parameter.location {
            ParameterLocation::Path => {
                let held = path_parameters.iter().find(|(held, _)| held == name);
                held.map(|(_, value)| value.clone()).into_iter().collect()
            }
            ParameterLocation::Query => request.query(name).map(str::to_owned).collect(),
            ParameterLocation::Header => {
                request.header(name).map(std::borrow::Cow::into_owned).into_iter().collect()
            }
            ParameterLocation::Cookie => request.cookie(name).into_iter().collect(),
        };
        let is_list = self.parameter.schema.types().contains(&"array");
        match self.parameter.lists.delimiter().filter(|_| is_list) {
            Some(delimiter) => {
                texts.iter().flat_map(|text| text.split(delimiter)).map(str::to_owned).collect()
            }
            None => texts,
        }
    }
}

/// The JSON value that a text stands for where `schema` is expected; a string where no other type
/// fits.
fn read(schema: Option<&Schema>, text: &str) -> Value {
    let types = schema.map(Schema::types).unwrap_or_default();
    if types.is_empty() || types.contains(&"string") {
        return Value::String(text.to_owned());
    }
    let fits = |value: &Value| match value {
        Value::Bool(_) => types.contains(&"boolean"),
        Value::Number(_) => types.contains(&"number") || types.contains(&"integer"),
        Value::Null => types.contains(&"null"),
        _ => false,
    };
    serde_json::from_str(text).ok().filter(fits).unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::{Compiler, Incoming, ParameterJudge};
    use crate::contract::{ListStyle, Parameter, ParameterLocation, Schema};

    fn verdict(schema: serde_json::Value, query: &[&str]) -> Result<(), String> {
        let document = Arc::new(schema);
        let parameter = Parameter {
            name: "limit".into(),
            location: ParameterLocation::Query,
            required: true,
            schema: Schema::at(&document, ""),
            examples: Vec::new(),
            lists: ListStyle::Repeated,
        };
        let compiler = Compiler::new(&document).expect("is taken in");
        let judge = ParameterJudge::new(&compiler, &parameter);
        let request = Incoming {
            method: "GET".into(),
            path: "/".into(),
            query: query.iter().map(|value| ("limit".to_owned(), (*value).to_owned())).collect(),
            headers: Vec::new(),
            body: Vec::new(),
            spelled: Vec::new(),
        };
        let verdict = judge.expect("compiles").check(&[], &request);
        verdict.map_err(|broken| format!("{}/{}", broken.location, broken.keyword))
    }

    #[test]
    fn a_text_is_read_as_the_type_that_is_expected() {
        let limit = json!({"type": "integer", "maximum": 9});
        assert_eq!(verdict(limit.clone(), &["9"]), Ok(()));
        assert_eq!(verdict(limit.clone(), &["10"]), Err("query.limit/maximum".into()));
        assert_eq!(verdict(limit.clone(), &["x"]), Err("query.limit/type".into()));
        assert_eq!(verdict(limit, &[]), Err("query.limit/required".into()));
        assert_eq!(verdict(json!({"type": "string"}), &["9"]), Ok(()));
    }

    #[test]
    fn a_repeated_parameter_is_a_list() {
        let list = json!({"type": "array", "maxItems": 2, "items": {"type": "integer"}});
        assert_eq!(verdict(list.clone(), &["1", "2"]), Ok(()));
        assert_eq!(verdict(list.clone(), &["1", "2", "3"]), Err("query.limit/maxItems".into()));
        assert_eq!(verdict(list, &["x"]), Err("query.limit/items/type".into()));
    }
}
