//! Strategies for the requests of the operation.

use std::sync::{Arc, LazyLock};

use proptest::prop_oneof;
use proptest::strategy::Strategy;
use serde_json::Value;

use super::{ValidRequest, ViolatingRequest, Violation};
use crate::contract::{Contract, Operation};
use crate::generate::{Labelled, ViolatingBody, valid_body, violating_body};

/// The built-in operation, loaded once.
static OPERATION: LazyLock<Arc<Operation>> = LazyLock::new(|| {
    let contract = Contract::builtin("koophone").expect("the built-in contract loads");
    Arc::clone(contract.operations.first().expect("the built-in contract has one operation"))
});

/// Requests that any server must accept: ids of 1 to 32 letters and digits, 1 to 100 of them.
///
/// A server may still say that it knows no such instance; it must not call the request wrong.
pub fn valid_request() -> impl Strategy<Value = ValidRequest> {
    valid_body(&OPERATION).prop_map(typed)
}

/// Requests that each break one documented rule, all rules equally often.
pub fn violating_request() -> impl Strategy<Value = ViolatingRequest> {
    let in_body = violating_body(&OPERATION);
    let weight = u32::try_from(in_body.kinds().len()).unwrap_or(1);
    prop_oneof![weight => named(in_body), 1 => missing_token()]
}

/// Requests that break this rule.
pub fn violating(violation: Violation) -> impl Strategy<Value = ViolatingRequest> {
    let strategy = match violation {
        Violation::TokenMissing => missing_token().boxed(),
        in_body => named(violating_body(&OPERATION).only(in_body.rule())).boxed(),
    };
    strategy.prop_filter("breaks the rule", move |request| request.violation == violation)
}

/// Requests with one id of exactly 33 characters: the user's or one of the instances'.
pub fn id_33_chars() -> impl Strategy<Value = ViolatingRequest> {
    named(violating_body(&OPERATION).only("maxLength")).prop_filter(
        "an id of 33 characters",
        |one| {
            let user = one.body["user_id"].as_str();
            let instances = one.body["instance_ids"].as_array().into_iter().flatten();
            user.into_iter()
                .chain(instances.filter_map(Value::as_str))
                .any(|id| id.chars().count() == 33)
        },
    )
}

/// Requests with exactly 101 instances.
pub fn instances_101() -> impl Strategy<Value = ViolatingRequest> {
    named(violating_body(&OPERATION).only("maxItems")).prop_filter("101 instances", |one| {
        one.body["instance_ids"].as_array().is_some_and(|ids| ids.len() == 101)
    })
}

/// Requests without the `X-Auth-Token` header, valid otherwise.
pub fn missing_token() -> impl Strategy<Value = ViolatingRequest> {
    valid_body(&OPERATION).prop_map(|body| ViolatingRequest {
        violation: Violation::TokenMissing,
        intent: "without X-Auth-Token".to_owned(),
        headers: headers(),
        twin: typed(body.clone()),
        body,
    })
}

fn named(strategy: ViolatingBody) -> impl Strategy<Value = ViolatingRequest> {
    strategy.prop_map(|labelled: Labelled| {
        let rule = format!("{}/{}", labelled.place, labelled.keyword);
        ViolatingRequest {
            violation: Violation::of_rule(&rule).expect("every rule of the body has a name"),
            intent: labelled.intent,
            headers: headers(),
            body: labelled.value,
            twin: typed(labelled.twin),
        }
    })
}

fn headers() -> Vec<(String, String)> {
    vec![("Content-Type".to_owned(), "application/json".to_owned())]
}

fn typed(body: Value) -> ValidRequest {
    serde_json::from_value(body).expect("a valid body has the members of the schema")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestError, TestRunner};

    use super::*;

    fn config() -> Config {
        Config { failure_persistence: None, ..Config::default() }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn a_valid_request_keeps_the_limits(request in valid_request()) {
            prop_assert!((1..=100).contains(&request.instance_ids.len()));
            for id in request.instance_ids.iter().chain([&request.user_id]) {
                prop_assert!((1..=32).contains(&id.chars().count()));
            }
        }

        #[test]
        fn id_33_chars_has_one_such_id(request in id_33_chars()) {
            let text = request.body.to_string();
            let long = text.split('"').filter(|part| part.chars().count() == 33).count();
            prop_assert_eq!(long, 1);
        }

        #[test]
        fn instances_101_has_so_many(request in instances_101()) {
            prop_assert_eq!(request.body["instance_ids"].as_array().map(Vec::len), Some(101));
        }

        #[test]
        fn missing_token_has_no_such_header(request in missing_token()) {
            prop_assert!(request.headers.iter().all(|(name, _)| name != "X-Auth-Token"));
            prop_assert_eq!(typed(request.body), request.twin);
        }
    }

    #[test]
    fn every_violation_is_drawn() {
        let mut runner = TestRunner::new(config());
        for violation in Violation::ALL {
            let result = runner.run(&violating(*violation), |request| {
                prop_assert_eq!(request.violation, *violation);
                Ok(())
            });
            assert!(result.is_ok(), "{violation}: {result:?}");
        }
    }

    #[test]
    fn a_failure_shrinks_to_ids_of_the_documented_example() {
        let mut runner = TestRunner::new(config());
        let result = runner.run(&instances_101(), |_| Err(TestCaseError::fail("not refused")));
        let Err(TestError::Fail(_, least)) = result else { panic!("{result:?}") };
        assert!(
            least.body["instance_ids"]
                .as_array()
                .is_some_and(|ids| { ids.iter().all(|id| id == "iRJEVP96") })
        );
    }
}
