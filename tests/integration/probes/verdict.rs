//! What the page says of an answer.

use std::collections::HashMap;

use serde_json::Value;

use super::raw::Answer;
use super::request::{Expected, Probe};

const BAD: &str = "KOOPHONE.API.1000";
const UNKNOWN: [&str; 2] = ["KOOPHONE.API.4001", "KOOPHONE.API.1001"];

/// Whether an answer is the gateway's, or load shedding, where the service's is asked for.
pub(crate) fn is_shed(answer: &Result<Answer, String>, expected: &Expected) -> bool {
    let Ok(answer) = answer else { return false };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let gateway = body["error_code"].as_str().is_some_and(|code| code.starts_with("APIG"));
    answer.status == 503 || (gateway && *expected != Expected::Denied)
}

/// What in an answer contradicts the page; `None` when nothing does.
pub(crate) fn contradiction(
    probe: &Probe,
    token: &str,
    answer: &Result<Answer, String>,
) -> Option<String> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => return Some(reason.clone()),
    };
    let text = String::from_utf8_lossy(&answer.body);
    let asked = String::from_utf8_lossy(&probe.bytes);
    for leak in [token, "at com.example", "SQL syntax"] {
        let body = asked.split("\r\n\r\n").nth(1).unwrap_or_default();
        if text.contains(leak) && !body.contains(leak) {
            return Some("a leak".to_owned());
        }
    }
    if answer.status >= 500 {
        return Some(format!("status {}", answer.status));
    }
    if probe.expected == Expected::Denied {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let accepted = answer.status < 300 || body["error_code"] == "0";
        return accepted.then(|| format!("accepted with {}", answer.status));
    }
    check_service(&probe.expected, answer).err()
}

fn check_service(expected: &Expected, answer: &Answer) -> Result<(), String> {
    let body: Value =
        serde_json::from_slice(&answer.body).map_err(|error| format!("no JSON: {error}"))?;
    let content_type = answer.content_type.split(';').next().unwrap_or_default();
    if content_type != "application/json" {
        return Err(format!("content type `{content_type}`"));
    }
    let code = body["error_code"].as_str().ok_or("no error_code")?;
    body["error_msg"].as_str().ok_or("no error_msg")?;
    if (code == "0") != (answer.status == 200 && body["data"].is_object()) && code == "0" {
        return Err(format!("code 0 with status {}", answer.status));
    }
    let documented =
        matches!(answer.status, 200 | 400) || (answer.status == 401 && code == "KOOPHONE.API.1001");
    if !documented {
        return Err(format!("status {}", answer.status));
    }
    let bad = code.eq_ignore_ascii_case(BAD);
    let unknown = UNKNOWN.iter().any(|known| code.eq_ignore_ascii_case(known));
    let fits = match expected {
        Expected::Accepted(_) => code == "0",
        Expected::Legal(_) => code == "0" || unknown,
        Expected::BadParameter => bad,
        Expected::BadOrUnknown => bad || unknown,
        Expected::Open => code == "0" || bad || unknown,
        Expected::Denied => true,
    };
    if !fits {
        return Err(format!("code {code}"));
    }
    match expected {
        Expected::Accepted(ids) | Expected::Legal(ids) if code == "0" => answered(ids, &body),
        _ => Ok(()),
    }
}

fn answered(asked: &[String], body: &Value) -> Result<(), String> {
    let entries = body["data"]["status_list"].as_array().ok_or("no status_list")?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for entry in entries {
        let status = entry["status"].as_u64().ok_or("a status that is no whole number")?;
        if status > 10 {
            return Err(format!("status {status} of an instance"));
        }
        *times.entry(entry["instance_id"].as_str().ok_or("no instance_id")?).or_default() += 1;
    }
    for id in asked {
        let wanted = asked.iter().filter(|other| *other == id).count();
        match times.get(id.as_str()) {
            None => return Err(format!("{id} is not answered")),
            Some(times) if *times > wanted => return Err(format!("{id} is answered too often")),
            Some(_) => {}
        }
    }
    Ok(())
}
