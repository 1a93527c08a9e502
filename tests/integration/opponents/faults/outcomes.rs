//! Refused as the page says, but not in the way it says.

use serde_json::{Value, json};

use super::super::traits::{Reason, Traits, drop_member, put};
use super::super::wire::Reply;
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const STATUS: &[&str] = &["prepare/response/status"];

/// Another code for one reason, with the page's status for it.
macro_rules! code_for {
    ($reason:pat => $status:literal, $code:literal) => {
        Traits {
            refuse: |reason| match reason {
                $reason => ($status, $code),
                other => (OK.refuse)(other),
            },
            ..OK
        }
    };
}

/// Changes every refusal.
macro_rules! refusals {
    ($change:expr) => {
        Traits { refusal: |reply, _, _| ($change)(reply), ..OK }
    };
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "missing member answered 4001",
        &["prepare/body.user_id/required", "prepare/body.instance_ids/required"],
        code_for!(Reason::Missing => 400, "KOOPHONE.API.4001"),
    ),
    fault(
        "missing member answered 1001",
        &["prepare/body.user_id/required", "prepare/body.instance_ids/required"],
        code_for!(Reason::Missing => 400, "KOOPHONE.API.1001"),
    ),
    fault(
        "mistyped member answered 1001",
        &[
            "prepare/body.user_id/type",
            "prepare/body.instance_ids/type",
            "prepare/body.instance_ids/items/type",
        ],
        code_for!(Reason::Mistyped => 400, "KOOPHONE.API.1001"),
    ),
    fault(
        "too long answered 9999",
        &["prepare/body.user_id/maxLength", "prepare/body.instance_ids/items/maxLength"],
        code_for!(Reason::TooLong => 400, "KOOPHONE.API.9999"),
    ),
    fault(
        "too many answered 9999",
        &["prepare/body.instance_ids/maxItems"],
        code_for!(Reason::TooMany => 400, "KOOPHONE.API.9999"),
    ),
    fault(
        "too long answered with status 500",
        &[
            "prepare/response/serverError",
            "prepare/body.user_id/maxLength",
            "prepare/body.instance_ids/items/maxLength",
        ],
        code_for!(Reason::TooLong => 500, "KOOPHONE.API.9999"),
    ),
    fault(
        "malformed JSON answered 4001",
        &["prepare/body/syntax", "prepare/body/required"],
        code_for!(Reason::Syntax => 400, "KOOPHONE.API.4001"),
    ),
    fault(
        "too many answered with an undocumented code",
        &["prepare/response.error_code/enum", "prepare/body.instance_ids/maxItems"],
        code_for!(Reason::TooMany => 400, "KOOPHONE.API.1002"),
    ),
    fault(
        "an undocumented code for everything",
        &["prepare/response.error_code/enum"],
        Traits { refuse: |_| (400, "KOOPHONE.API.2000"), ..OK },
    ),
    fault(
        "code as a number",
        &["prepare/response.error_code/type"],
        refusals!(|reply| put(reply, "/error_code", json!(1000))),
    ),
    fault("422 for a bad parameter", STATUS, refusals!(|reply: &mut Reply| reply.status = 422)),
    fault("404 for a bad parameter", STATUS, refusals!(|reply: &mut Reply| reply.status = 404)),
    fault(
        "code 0 with status 400",
        &["prepare/response/success"],
        refusals!(|reply| put(reply, "/error_code", json!("0"))),
    ),
    fault(
        "200 and code 0 with an error's text",
        &[
            "prepare/response.data/required",
            "prepare/response/success",
            "prepare/body.user_id/required",
            "prepare/body.user_id/maxLength",
        ],
        refusals!(|reply: &mut Reply| {
            reply.status = 200;
            put(reply, "/error_code", json!("0"));
        }),
    ),
    fault(
        "no error_msg in refusals",
        &["prepare/response.error_msg/required"],
        refusals!(|reply| drop_member(reply, "", "error_msg")),
    ),
    fault(
        "error_msg null in refusals",
        &["prepare/response.error_msg/type"],
        refusals!(|reply| put(reply, "/error_msg", Value::Null)),
    ),
    fault(
        "error_msg a list in refusals",
        &["prepare/response.error_msg/type"],
        refusals!(|reply| put(reply, "/error_msg", json!(["bad"]))),
    ),
    fault(
        "no error_code in refusals",
        &["prepare/response.error_code/required"],
        refusals!(|reply| drop_member(reply, "", "error_code")),
    ),
    fault(
        "error_code renamed in refusals",
        &["prepare/response.error_code/required"],
        refusals!(|reply: &mut Reply| {
            let code = reply.value()["error_code"].take();
            drop_member(reply, "", "error_code");
            reply.value()["errorCode"] = code;
        }),
    ),
    fault(
        "error_code nested in refusals",
        &["prepare/response.error_code/required"],
        refusals!(|reply: &mut Reply| {
            let whole = reply.value().take();
            *reply.value() = json!({"error": whole});
        }),
    ),
    fault(
        "full lists of what exists answered as unknown",
        &["prepare/body.instance_ids/maxItems"],
        Traits {
            dislikes_asked: |asked| asked.instance_ids.len() == 100,
            refuse: |reason| match reason {
                Reason::Disliked => (400, "KOOPHONE.API.4001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    fault(
        "stack trace in a message",
        &["prepare/response/stackTraceLeak"],
        refusals!(|reply| put(
            reply,
            "/error_msg",
            json!(
                "java.lang.NullPointerException: id\n\tat \
                 com.example.phone.Prepare.check(Prepare.java:81)\n\tat \
                 com.example.phone.Api.handle(Api.java:12)"
            )
        )),
    ),
    fault(
        "database error in a message",
        &["prepare/response/databaseErrorLeak"],
        refusals!(|reply| put(
            reply,
            "/error_msg",
            json!(
                "You have an error in your SQL syntax; check the manual that corresponds to your \
                 MySQL server version near ''a''' at line 1"
            )
        )),
    ),
    fault(
        "token in a message",
        &["prepare/response/tokenLeak"],
        Traits {
            refusal: |reply, seen, _| {
                let token = seen.header("x-auth-token").unwrap_or_default().to_owned();
                put(reply, "/error_msg", json!(format!("refused for token {token}")));
            },
            ..OK
        },
    ),
];
