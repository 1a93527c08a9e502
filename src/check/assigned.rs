//! Which check decides what: for selecting some of them.

use super::CheckName;
use super::expectation::check_of;
use crate::case::Case;
use crate::contract::{Operation, RuleId, Strength, header_at};

impl CheckName {
    /// The check that judges whether a case was rightly accepted or refused.
    pub fn of_case(case: &Case) -> Self {
        check_of(case.scenario, &case.expectation)
    }

    /// The check that decides a rule about answers; `None` for rules about requests, and for what
    /// is only observed.
    pub fn of_answers(operation: &Operation, rule: &RuleId) -> Option<Self> {
        let location = rule.location();
        let rest = location.strip_prefix("response")?;
        if !rest.is_empty() && !rest.starts_with(['.', '/']) {
            return None;
        }
        let code = operation.envelope.as_deref().map(super::error_code::code_location);
        let is_code = code.as_deref() == Some(location);
        Some(match rule.keyword() {
            "latency" if rest.is_empty() && limits_latency(operation, rule) => {
                Self::MaxResponseTime
            }
            "latency" | "order" | "inErrors" => return None,
            "noAnswer" if rest.is_empty() => Self::Answered,
            "serverError" if rest.is_empty() => Self::NotAServerError,
            "status" if rest.is_empty() => Self::StatusCodeConformance,
            "contentType" if rest.is_empty() => Self::ContentTypeConformance,
            "syntax" if rest.is_empty() => Self::StrictReading,
            "success" if rest.is_empty() => Self::ErrorCodeConformance,
            "status" | "letterCase" | "enum" if is_code => Self::ErrorCodeConformance,
            "answered" | "multiplicity" | "unrequested" => Self::Relations,
            _ if header_at(location).is_some() => Self::ResponseHeadersConformance,
            keyword if keyword.ends_with("Leak") => Self::Leaks,
            _ => Self::ResponseSchemaConformance,
        })
    }

    /// Whether it looks at every answer, whatever was asked.
    pub fn is_of_answers(self) -> bool {
        !matches!(
            self,
            Self::PositiveDataAcceptance
                | Self::NegativeDataRejection
                | Self::IgnoredAuth
                | Self::UnsupportedMethod
        )
    }
}

/// Whether the user set a limit to the time that answers take, which makes a must of it.
fn limits_latency(operation: &Operation, rule: &RuleId) -> bool {
    operation.rule(rule).is_some_and(|rule| rule.strength == Strength::Must)
}

#[cfg(test)]
mod tests {
    use super::CheckName;
    use crate::contract::Contract;

    #[test]
    fn every_rule_about_answers_has_its_check() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let operation = &contract.operations[0];
        let of = |location: &str, keyword: &str| {
            CheckName::of_answers(operation, &operation.rule_id(location, keyword))
        };
        assert_eq!(of("response", "status"), Some(CheckName::StatusCodeConformance));
        assert_eq!(of("response.error_code", "status"), Some(CheckName::ErrorCodeConformance));
        assert_eq!(of("response", "tokenLeak"), Some(CheckName::Leaks));
        assert_eq!(of("response.data", "type"), Some(CheckName::ResponseSchemaConformance));
        assert_eq!(of("response.data.status_list", "answered"), Some(CheckName::Relations));
        assert_eq!(of("response", "latency"), None);
        assert_eq!(of("body.user_id", "type"), None);
    }
}
