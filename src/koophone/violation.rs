//! The documented rules that a request can break alone, by name.

use std::fmt;

macro_rules! violations {
    ($($(#[doc = $doc:literal])+ $name:ident = $rule:literal,)+) => {
        /// A documented rule that a request breaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Violation { $($(#[doc = $doc])+ $name,)+ }

        impl Violation {
            /// Every documented violation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The rule within the operation: `body.user_id/maxLength`.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)+ }
            }
        }
    };
}

violations! {
    /// The body is no object.
    BodyMistyped = "body/type",
    /// No `user_id`.
    UserIdMissing = "body.user_id/required",
    /// `user_id` is no string.
    UserIdMistyped = "body.user_id/type",
    /// `user_id` has more than 32 characters.
    UserIdTooLong = "body.user_id/maxLength",
    /// No `instance_ids`.
    InstanceIdsMissing = "body.instance_ids/required",
    /// `instance_ids` is no list.
    InstanceIdsMistyped = "body.instance_ids/type",
    /// `instance_ids` has more than 100 entries.
    TooManyInstanceIds = "body.instance_ids/maxItems",
    /// An entry of `instance_ids` is no string.
    InstanceIdMistyped = "body.instance_ids/items/type",
    /// An entry of `instance_ids` has more than 32 characters.
    InstanceIdTooLong = "body.instance_ids/items/maxLength",
    /// No `X-Auth-Token` header.
    TokenMissing = "header.X-Auth-Token/required",
}

impl Violation {
    /// Whether the request must carry a valid token, so that nothing else is wrong with it.
    pub fn wants_token(self) -> bool {
        self != Self::TokenMissing
    }

    /// The violation of this rule.
    pub(super) fn of_rule(rule: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|violation| violation.rule() == rule)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.rule())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Violation;
    use crate::contract::Contract;
    use crate::generate::violating_body;

    #[test]
    fn every_violation_is_a_rule_of_the_contract() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let operation = &contract.operations[0];
        for violation in Violation::ALL {
            let (location, keyword) = violation.rule().rsplit_once('/').expect("has a keyword");
            assert!(operation.rule(&operation.rule_id(location, keyword)).is_some(), "{violation}");
        }
    }

    #[test]
    fn every_rule_of_the_body_that_can_be_broken_alone_has_a_name() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let strategy = violating_body(&contract.operations[0]);
        let rules = strategy.kinds().iter().map(|kind| format!("{}/{}", kind.place, kind.keyword));
        let named = Violation::ALL.iter().filter(|one| one.wants_token()).map(ToString::to_string);
        assert_eq!(rules.collect::<BTreeSet<_>>(), named.collect());
    }
}
