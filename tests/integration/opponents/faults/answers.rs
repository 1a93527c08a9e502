//! Valid requests are answered with what the page doesn't say.

use std::mem::swap;

use serde_json::{Value, json};

use super::super::traits::{Traits, drop_member, entries, put};
use super::super::wire::Reply;
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const ANSWERED: &[&str] = &["prepare/response.data.status_list/answered"];

/// Changes every answer to an accepted request.
macro_rules! successes {
    ($change:expr) => {
        Traits { success: |reply, _, _| ($change)(reply), ..OK }
    };
}

/// Changes every entry of an accepted request's answer.
macro_rules! entries {
    ($change:expr) => {
        Traits { success: |reply, _, _| entries(reply).iter_mut().for_each($change), ..OK }
    };
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "success with status 201",
        &["prepare/response/status", "prepare/response/success"],
        successes!(|reply: &mut Reply| reply.status = 201),
    ),
    fault(
        "success code as a number",
        &["prepare/response.error_code/type"],
        successes!(|reply| put(reply, "/error_code", json!(0))),
    ),
    fault(
        "no error_code in success",
        &["prepare/response.error_code/required"],
        successes!(|reply| drop_member(reply, "", "error_code")),
    ),
    fault(
        "no error_msg in success",
        &["prepare/response.error_msg/required"],
        successes!(|reply| drop_member(reply, "", "error_msg")),
    ),
    fault(
        "error_msg a number in success",
        &["prepare/response.error_msg/type"],
        successes!(|reply| put(reply, "/error_msg", json!(0))),
    ),
    fault(
        "no data",
        &["prepare/response.data/required"],
        successes!(|reply| drop_member(reply, "", "data")),
    ),
    fault(
        "data null",
        &["prepare/response.data/type"],
        successes!(|reply| put(reply, "/data", Value::Null)),
    ),
    fault(
        "no status_list",
        &["prepare/response.data.status_list/required"],
        successes!(|reply| drop_member(reply, "/data", "status_list")),
    ),
    fault(
        "status_list an object",
        &["prepare/response.data.status_list/type"],
        successes!(|reply| put(reply, "/data/status_list", json!({}))),
    ),
    fault(
        "status_list null",
        &["prepare/response.data.status_list/type"],
        successes!(|reply| put(reply, "/data/status_list", Value::Null)),
    ),
    fault(
        "no instance_id",
        &["prepare/response.data.status_list/items.instance_id/required"],
        entries!(|entry| {
            entry.as_object_mut().map(|members| members.shift_remove("instance_id"));
        }),
    ),
    fault(
        "instance_id a number",
        &["prepare/response.data.status_list/items.instance_id/type"],
        entries!(|entry| entry["instance_id"] = json!(7)),
    ),
    fault(
        "no status in an entry",
        &["prepare/response.data.status_list/items.status/required"],
        entries!(|entry| {
            entry.as_object_mut().map(|members| members.shift_remove("status"));
        }),
    ),
    fault(
        "status a text",
        &["prepare/response.data.status_list/items.status/type"],
        entries!(|entry| entry["status"] = json!(entry["status"].to_string())),
    ),
    fault(
        "status 11",
        &["prepare/response.data.status_list/items.status/maximum"],
        entries!(|entry| entry["status"] = json!(11)),
    ),
    fault(
        "status -1",
        &["prepare/response.data.status_list/items.status/minimum"],
        entries!(|entry| entry["status"] = json!(-1)),
    ),
    fault(
        "status 1.5",
        &["prepare/response.data.status_list/items.status/type"],
        entries!(|entry| entry["status"] = json!(1.5)),
    ),
    fault(
        "status 11 at the end of long lists",
        &["prepare/response.data.status_list/items.status/maximum"],
        Traits {
            success: |reply, _, asked| {
                if asked.instance_ids.len() > 50
                    && let Some(last) = entries(reply).last_mut()
                {
                    last["status"] = json!(11);
                }
            },
            ..OK
        },
    ),
    fault(
        "an entry as text",
        &["prepare/response.data.status_list/items/type"],
        entries!(|entry| *entry = entry["instance_id"].take()),
    ),
    fault(
        "the last entry of lists over ten dropped",
        ANSWERED,
        Traits { success: |reply, _, _| entries(reply).truncate(10), ..OK },
    ),
    fault(
        "the first entry of several dropped",
        ANSWERED,
        successes!(|reply| {
            let entries = entries(reply);
            if entries.len() > 1 {
                entries.remove(0);
            }
        }),
    ),
    fault(
        "an entry in the middle of lists over 50 dropped",
        ANSWERED,
        successes!(|reply| {
            let entries = entries(reply);
            if entries.len() > 50 {
                entries.remove(entries.len() / 2);
            }
        }),
    ),
    fault(
        "an entry twice",
        &["prepare/response.data.status_list/multiplicity"],
        successes!(|reply| {
            let entries = entries(reply);
            entries.extend(entries.first().cloned());
        }),
    ),
    fault(
        "ids in upper case",
        &["prepare/response.data.status_list/answered"],
        entries!(|entry| {
            let shouted = entry["instance_id"].as_str().unwrap_or_default().to_uppercase();
            entry["instance_id"] = json!(shouted);
        }),
    ),
    fault(
        "ids cut to 16 characters",
        &["prepare/response.data.status_list/answered"],
        entries!(|entry| {
            let id = entry["instance_id"].as_str().unwrap_or_default();
            entry["instance_id"] = id.chars().take(16).collect::<String>().into();
        }),
    ),
    fault(
        "ids of two entries joined",
        &["prepare/response.data.status_list/answered"],
        successes!(|reply| {
            if let [first, .., last] = entries(reply).as_mut_slice() {
                swap(&mut first["status"], &mut last["status"]);
                first["instance_id"] = last["instance_id"].clone();
            }
        }),
    ),
    fault(
        "the ids of the request before",
        &[
            "prepare/response.data.status_list/answered",
            "prepare/response.data.status_list/multiplicity",
        ],
        Traits {
            success: |reply, seen, _| {
                let before: Value = serde_json::from_slice(&seen.previous).unwrap_or_default();
                let ids = before["instance_ids"].as_array().into_iter().flatten();
                let stale = ids.filter(|id| id.is_string());
                let stale: Vec<_> =
                    stale.map(|id| json!({"instance_id": id, "status": 0})).collect();
                if !stale.is_empty() {
                    *entries(reply) = stale;
                }
            },
            ..OK
        },
    ),
];
