//! A literal table, held against POSITIONS.md line by line.

use serde_json::json;

use crate::case::{Case, Expectation, Member, Scenario};
use crate::check::expectation::SPELLING_UNKNOWN;
use crate::check::tests::{case, in_short, oracle, oracle_of, refused, short, verdict};
use crate::check::{CaseVerdict, Oracle};
use crate::contract::{Outcome, Strength};

/// A verdict in a word or two.
fn word(verdict: &CaseVerdict) -> String {
    match verdict {
        CaseVerdict::Undecided(reason) => format!("{reason:?}"),
        CaseVerdict::Observed(what) => what.clone(),
        other => format!("{other:?}"),
    }
}

/// Rows of twin's answer, answer, verdict, and kind of breach.
fn hold(oracle: &Oracle, case: &Case, rows: &[(&str, &str, &str, &str)]) {
    for (twin, answer, expected, kind) in rows {
        let twin_answer = (!twin.is_empty()).then(|| short(twin));
        let (found, breach) = verdict(oracle, case, twin_answer.as_ref(), &short(answer));
        let broken = breach.as_ref().map(in_short).unwrap_or_default();
        let broken = broken.split_once(": ").map_or("", |(_, kind)| kind);
        assert_eq!((&*word(&found), broken), (*expected, *kind), "twin {twin:?}, {answer:?}");
    }
}

#[test]
fn a_legal_request_is_never_refused_as_a_bad_parameter() {
    let oracle = oracle();
    let legal = case(oracle.operation());
    let refused_as = "legal request refused";
    hold(
        &oracle,
        &legal,
        &[
            ("ok", "ok", "Held", ""),
            ("ok", "400 .4001", "Held", ""),
            ("ok", "400 .1001", "Held", ""),
            ("ok", "400 koophone.api.4001", "Held", ""),
            ("ok", "401 .1001", "Held", ""),
            ("ok", "400 .1000", "Failed", refused_as),
            ("ok", "200 .1000", "Failed", refused_as),
            ("", "400 .1000", "Failed", refused_as),
            ("ok", "200 .9999", "Failed", refused_as),
            ("400 .1000", "400 .1000", "NotJudged", ""),
            ("401 APIGW.0307", "400 .1000", "ControlRefused", ""),
            ("ok", "401 APIGW.0301", "GatewayAnswered", ""),
            ("ok", "401", "GatewayAnswered", ""),
            ("ok", "429 APIGW.0308", "Throttled", ""),
            ("ok", "503", "Throttled", ""),
            ("ok", "500 .9999", "NotJudged", ""),
            ("ok", "closed", "NotJudged", ""),
            ("ok", "not connected", "NotConnected", ""),
            ("ok", "not sendable", "NotSendable", ""),
            // What is wrong with these answers is found by other checks.
            ("ok", "302", "NotJudged", ""),
            ("ok", "204", "NotJudged", ""),
            ("ok", "400 KOOPHONE.API.7777", "NotJudged", ""),
        ],
    );
    let should = Case { strength: Strength::Should, ..legal.clone() };
    hold(&oracle, &should, &[("ok", "400 .1000", "Warned", "legal request refused?")]);
    let open = Case { strength: Strength::Open, ..legal };
    hold(&oracle, &open, &[("ok", "400 .1000", "refused, 400 KOOPHONE.API.1000", "")]);
}

#[test]
fn a_control_that_is_refused_for_its_caller_says_nothing() {
    let oracle = oracle();
    let control = Case { scenario: Scenario::Control, ..case(oracle.operation()) };
    hold(
        &oracle,
        &control,
        &[
            ("", "ok", "Held", ""),
            ("", "400 .4001", "refused, 400 KOOPHONE.API.4001", ""),
            ("", "400 .1000", "Failed", "legal request refused"),
            ("", "401", "ControlRefused", ""),
            ("", "403 .1000", "ControlRefused", ""),
            ("", "401 UNHEARD.OF", "ControlRefused", ""),
        ],
    );
    for answer in ["401", "403 .1000"] {
        let found = crate::check::tests::breaches(&oracle, &control, &short(answer));
        assert_eq!(found, [""; 0], "{answer}");
    }
}

#[test]
fn another_spelling_is_answered_like_the_plain_one() {
    let oracle = oracle();
    let respelled = |location: &str, keyword: &str| Case {
        scenario: Scenario::LegalSpelling,
        rule: oracle.operation().rule_id(location, keyword),
        expectation: Expectation::SameAsTwin,
        ..case(oracle.operation())
    };
    let refused_as = "legal spelling refused";
    let rows = [
        ("ok", "ok", "Held", ""),
        ("400 .4001", "400 .4001", "Held", ""),
        ("400 .4001", "400 .1001", "Held", ""),
        ("400 .4001", "ok", "Held", ""),
        ("ok", "400 .1000", "Failed", refused_as),
        ("ok", "400 .4001", "Failed", SPELLING_UNKNOWN),
        ("400 .4001", "400 .1000", "Failed", refused_as),
        ("400 .1000", "400 .1000", "ControlRefused", ""),
        ("", "400 .1000", "ControlRefused", ""),
        ("ok", "503", "Throttled", ""),
        ("ok", "302", "NotJudged", ""),
    ];
    hold(&oracle, &respelled("body", "spelling"), &rows);
    hold(&oracle, &respelled("header", "nameCase"), &rows);
    // The gateway reads headers and not bodies.
    let gateway = [("ok", "401 APIG.0301"), ("ok", "401"), ("400 .4001", "403 APIGW.0302")];
    for (twin, answer) in gateway {
        let header = [(twin, answer, "Failed", refused_as)];
        hold(&oracle, &respelled("header", "nameCase"), &header);
        let body = [(twin, answer, "GatewayAnswered", "")];
        hold(&oracle, &respelled("body", "spelling"), &body);
    }
}

#[test]
fn a_text_too_long_is_refused_as_a_bad_parameter_or_tolerably_as_unknown() {
    let oracle = oracle();
    let long = refused(&oracle, Scenario::StringAboveMaxLength, "body.user_id", "maxLength");
    let held_against_another = Case { twin: Some("coverage/0".to_owned()), ..long.clone() };
    hold(
        &oracle,
        &held_against_another,
        &[
            ("ok", "400 .1000", "Held", ""),
            // A twin of legal form that is unknown is a control as good.
            ("400 .4001", "400 .1000", "Held", ""),
            ("400 .1001", "400 .1000", "Held", ""),
            // Spelling and status of a code are rules of their own, and should be kept.
            ("ok", "400 KooPhone.API.1000", "Held", ""),
            ("ok", "200 .1000", "Held", ""),
            ("ok", "400 .4001", "Warned", "refused as unknown?"),
            ("ok", "400 koophone.api.1001", "Warned", "refused as unknown?"),
            ("400 .4001", "400 .4001", "Warned", "refused as unknown?"),
            ("ok", "ok", "Failed", "not enforced"),
            ("400 .4001", "ok", "Failed", "not enforced"),
            ("400 .1000", "ok", "Failed", "not enforced"),
            ("", "ok", "Failed", "not enforced"),
            ("ok", "200 .9999", "Failed", "answered wrongly"),
            ("ok", "400 .9999", "Failed", "answered wrongly"),
            // Without a control a refusal proves nothing.
            ("400 .1000", "400 .1000", "NotJudged", ""),
            ("", "400 .1000", "ControlRefused", ""),
            ("401 APIGW.0307", "400 .1000", "ControlRefused", ""),
            ("503", "400 .1000", "ControlRefused", ""),
            // What the gateway refuses was not refused for this rule.
            ("ok", "401 APIGW.0301", "GatewayAnswered", ""),
            ("ok", "404 APIG.0101", "GatewayAnswered", ""),
            ("ok", "413 APIGW.0201", "GatewayAnswered", ""),
            ("ok", "403", "GatewayAnswered", ""),
            ("ok", "429", "Throttled", ""),
            ("ok", "500 .9999", "Failed", ""),
            ("ok", "500 0", "Failed", ""),
            ("ok", "closed", "Failed", ""),
            // Neither accepted nor refused; another check says so.
            ("ok", "302", "NotJudged", ""),
            ("ok", "400 0", "NotJudged", ""),
            ("ok", "400 KOOPHONE.API.7777", "NotJudged", ""),
            ("ok", "400", "NotJudged", ""),
        ],
    );
    hold(&oracle, &long, &[("400 .1000", "400 .1000", "ControlRefused", "")]);
}

#[test]
fn a_missing_member_is_refused_as_a_bad_parameter_and_nothing_else() {
    let oracle = oracle();
    let scenario = Scenario::ObjectMissingRequiredProperty;
    let missing = refused(&oracle, scenario, "body.user_id", "required");
    hold(
        &oracle,
        &missing,
        &[
            ("ok", "400 .1000", "Held", ""),
            ("ok", "400 .4001", "Failed", "answered wrongly"),
            ("ok", "400 .1001", "Failed", "answered wrongly"),
            ("ok", "200 .9999", "Failed", "answered wrongly"),
            ("ok", "ok", "Failed", "not enforced"),
            // All that was asked for may be unknown: nothing was shown.
            ("400 .4001", "400 .4001", "RefusedLikeItsTwin", ""),
            ("400 .4001", "400 .1001", "Failed", "answered wrongly"),
        ],
    );
}

#[test]
fn bytes_behind_the_body_should_be_refused() {
    let oracle = oracle();
    let trailing = refused(&oracle, Scenario::TrailingBytes, "body", "trailingBytes");
    hold(
        &oracle,
        &trailing,
        &[
            ("ok", "400 .1000", "Held", ""),
            ("ok", "ok", "Warned", "not enforced?"),
            ("ok", "400 .4001", "Warned", "answered wrongly?"),
            ("ok", "500 .9999", "NotJudged", ""),
        ],
    );
}

#[test]
fn a_credential_may_be_refused_in_any_way() {
    let oracle = oracle();
    let location = "header.X-Auth-Token";
    let without = refused(&oracle, Scenario::MissingCredential, location, "required");
    hold(
        &oracle,
        &without,
        &[
            ("ok", "401 APIGW.0301", "Held", ""),
            ("ok", "401", "Held", ""),
            ("ok", "403", "Held", ""),
            ("ok", "400 .1000", "Held", ""),
            ("ok", "400 .1001", "Held", ""),
            ("ok", "401 .1001", "Held", ""),
            ("ok", "401 UNHEARD.OF", "Held", ""),
            ("400 .4001", "401 APIGW.0301", "Held", ""),
            ("ok", "ok", "Failed", "not enforced"),
            ("", "ok", "Failed", "not enforced"),
            ("ok", "201 0", "Failed", "not enforced"),
            ("", "401", "ControlRefused", ""),
            ("401 APIGW.0301", "401 APIGW.0301", "ControlRefused", ""),
            ("400 .1000", "400 .1000", "ControlRefused", ""),
            ("400 .4001", "400 .4001", "RefusedLikeItsTwin", ""),
            ("ok", "503", "Throttled", ""),
            ("ok", "500 .9999", "Failed", ""),
            // No refusal: neither a 4xx nor another code than success's.
            ("ok", "204", "Failed", "neither accepted nor refused"),
            ("ok", "302", "Warned", "neither accepted nor refused?"),
        ],
    );
    let appended = refused(&oracle, Scenario::CredentialAppended, location, "appended");
    hold(&oracle, &appended, &[("ok", "ok", "Warned", "not enforced?")]);
}

#[test]
fn another_method_or_path_is_never_accepted_and_may_be_refused_in_any_way() {
    let oracle = oracle();
    let any = Expectation::Refused(Outcome { any: true, ..Outcome::default() });
    for (scenario, location) in
        [(Scenario::UnsupportedMethod, "method"), (Scenario::UnknownPath, "path")]
    {
        let keyword = if location == "method" { "unsupported" } else { "unknown" };
        let elsewhere =
            Case { expectation: any.clone(), ..refused(&oracle, scenario, location, keyword) };
        hold(
            &oracle,
            &elsewhere,
            &[
                ("ok", "404 APIG.0101", "Held", ""),
                ("ok", "405", "Held", ""),
                ("ok", "302", "Held", ""),
                ("ok", "200", "Held", ""),
                ("ok", "ok", "Failed", "not enforced"),
            ],
        );
        let found = crate::check::tests::breaches(&oracle, &elsewhere, &short("405"));
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn what_nobody_decides_is_observed() {
    let oracle = oracle();
    let open = Case {
        scenario: Scenario::EmptyArray,
        strength: Strength::Open,
        rule: oracle.operation().rule_id("body.instance_ids", "minItems"),
        expectation: Expectation::Open,
        ..case(oracle.operation())
    };
    hold(
        &oracle,
        &open,
        &[
            ("ok", "ok", "accepted", ""),
            ("ok", "400 .1000", "refused, 400 KOOPHONE.API.1000", ""),
            ("ok", "401", "refused, 401", ""),
            ("ok", "413 APIGW.0201", "refused by the gateway, 413 APIGW.0201", ""),
            ("ok", "500 .9999", "server error 500 KOOPHONE.API.9999", ""),
            ("ok", "302", "neither accepted nor refused, 302", ""),
            ("ok", "503", "Throttled", ""),
        ],
    );
}

#[test]
fn of_two_members_with_one_name_one_is_used_and_held_to_its_limit() {
    let oracle = oracle();
    let place = crate::contract::Place::body().member("instance_ids").items();
    let twice = Case {
        scenario: Scenario::DuplicateMember,
        rule: oracle.operation().rule_id("body", "duplicateMembers"),
        expectation: Expectation::NotBothAccepted(Member::Last),
        place: Some(place),
        ..case(oracle.operation())
    };
    hold(
        &oracle,
        &twice,
        &[
            ("400 .1000", "400 .1000", "Held", ""),
            ("ok", "400 .1000", "Held", ""),
            ("400 .1000", "ok", "Held", ""),
            ("ok", "ok", "Failed", "not enforced"),
            ("", "ok", "ControlRefused", ""),
            ("ok", "401 APIGW.0301", "GatewayAnswered", ""),
        ],
    );
    let long = "x".repeat(33);
    let mut echo = crate::check::tests::success();
    echo["data"]["status_list"][0]["instance_id"] = long.into();
    let echo = crate::check::tests::json_answer(200, &echo);
    let refusal = short("400 .1000");
    let (found, breach) = verdict(&oracle, &twice, Some(&refusal), &echo);
    assert_eq!(
        (found, breach.map(|breach| breach.kind)),
        (CaseVerdict::Failed, Some("not enforced"))
    );
}

#[test]
fn a_documented_redirect_accepts_and_shows_nothing_of_what_is_wrong() {
    let oracle = |status: &str| {
        oracle_of(&json!({
            "operationId": "a",
            "parameters": [{"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 3}}],
            "responses": {status: {"description": "r"}},
        }))
    };
    for (status, legal, wrong) in [
        ("302", "Held", "Redirected"),
        ("3XX", "Held", "Redirected"),
        ("200", "NotJudged", "NotJudged"),
        ("default", "Failed", "Failed"),
    ] {
        let oracle = oracle(status);
        let kind = |verdict, kind| if verdict == "Failed" { kind } else { "" };
        let refused_as = kind(legal, "legal request refused");
        hold(&oracle, &case(oracle.operation()), &[("200", "302", legal, refused_as)]);
        let long = refused(&oracle, Scenario::StringAboveMaxLength, "query.q", "maxLength");
        let neither = kind(wrong, "neither accepted nor refused");
        hold(&oracle, &long, &[("200", "302", wrong, neither)]);
    }
}
