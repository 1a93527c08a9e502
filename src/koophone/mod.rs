//! The built-in KooPhone operation, typed: requests, answers and proptest strategies.
//!
//! `POST /v1/instances/prepare` makes cloud phones ready for streaming. [`valid_request`] draws what
//! a server must accept, [`violating_request`] what it must refuse, each breaking one documented
//! rule; [`id_33_chars`], [`instances_101`] and [`missing_token`] are single ones by name. All work
//! in `proptest!` like any other strategy, with `PROPTEST_CASES` and regression files.
//!
//! ```
//! use fencepost::koophone::{ValidRequest, valid_request, violating_request};
//! use proptest::prelude::*;
//!
//! /// Stands for the service: gives the HTTP status.
//! fn prepare(token: Option<&str>, body: &str) -> u16 {
//!     let long = |id: &String| id.chars().count() > 32;
//!     match serde_json::from_str::<ValidRequest>(body) {
//!         _ if token.is_none() => 401,
//!         Err(_) => 400,
//!         Ok(request) if long(&request.user_id) => 400,
//!         Ok(request) if request.instance_ids.iter().any(long) => 400,
//!         Ok(request) if request.instance_ids.len() > 100 => 400,
//!         Ok(_) => 200,
//!     }
//! }
//!
//! proptest!(ProptestConfig { failure_persistence: None, ..Default::default() }, |(
//!     request in valid_request(),
//!     wrong in violating_request(),
//! )| {
//!     let body = serde_json::to_string(&request).expect("is JSON");
//!     prop_assert_eq!(prepare(Some("token"), &body), 200);
//!     let token = wrong.violation.wants_token().then_some("token");
//!     prop_assert!(prepare(token, &wrong.body.to_string()) >= 400, "{}", wrong.violation);
//! });
//! ```

mod answer;
mod request;
mod strategies;
mod violation;

pub use answer::{Answer, InstanceStatus, StatusWrapper};
pub use request::{ValidRequest, ViolatingRequest};
pub use strategies::{
    id_33_chars, instances_101, missing_token, valid_request, violating, violating_request,
};
pub use violation::Violation;
