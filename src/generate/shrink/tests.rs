use std::sync::Arc;

use proptest::strategy::ValueTree;
use serde_json::{Value, json};

use super::{JsonTree, Label};
use crate::case::label::broken;
use crate::contract::{Place, Schema};

fn prepare() -> Schema {
    let document = json!({
        "type": "object",
        "required": ["user_id", "instance_ids"],
        "properties": {
            "user_id": {"type": "string", "maxLength": 32},
            "instance_ids": {
                "type": "array",
                "maxItems": 100,
                "items": {"type": "string", "maxLength": 32}
            },
            "note": {"type": "string"}
        }
    });
    Schema::at(&Arc::new(document), "")
}

fn label(place: &Place, keyword: &str) -> Label {
    Label::Breaks { place: place.clone(), keyword: keyword.to_owned() }
}

fn ids() -> Place {
    Place::body().member("instance_ids")
}

/// Shrinks as proptest's runner does; gives the smallest value and the tests it took.
fn shrink(mut tree: JsonTree, fails: impl Fn(&Value) -> bool) -> (Value, usize) {
    let schema = prepare();
    let mut tests = 0;
    if tree.simplify() {
        loop {
            let current = tree.current();
            assert!(tree.label().is_true(&broken(&schema, &current)), "{current}");
            tests += usize::from(!tree.is_known());
            let more = if fails(&current) { tree.simplify() } else { tree.complicate() };
            if !more {
                break;
            }
        }
    }
    assert!(fails(&tree.current()), "the last value doesn't fail");
    (tree.current(), tests)
}

/// A body of `count` ids, `long` of them (by index) too long.
fn body(count: usize, long: &[usize]) -> Value {
    let id = |index: usize| {
        let length = if long.contains(&index) { 50 } else { 3 + index % 20 };
        format!("é{index:03}{}", "x9".repeat(length)).chars().take(length).collect::<String>()
    };
    json!({
        "note": "anything",
        "user_id": "1008600000104285462",
        "instance_ids": (0..count).map(id).collect::<Vec<_>>(),
    })
}

fn entries(value: &Value) -> &[Value] {
    value["instance_ids"].as_array().expect("is a list")
}

#[test]
fn what_does_not_matter_goes_in_one_step() {
    let tree = JsonTree::new(&prepare(), label(&ids().items(), "maxLength"), body(100, &[70]));
    let (least, tests) = shrink(tree, |_| true);
    assert_eq!(least, json!({"user_id": "a", "instance_ids": ["a".repeat(33)]}));
    assert_eq!(tests, 1);
}

#[test]
fn a_list_above_its_limit_ends_one_above_it() {
    let tree = JsonTree::new(&prepare(), label(&ids(), "maxItems"), body(140, &[]));
    let (least, tests) = shrink(tree, |_| true);
    assert_eq!(entries(&least), vec![json!("a"); 101]);
    assert_eq!(tests, 1);
}

#[test]
fn values_of_the_floor_are_kept() {
    let floor = json!({"user_id": "1008", "instance_ids": ["iRJEVP96"]});
    let tree = JsonTree::new(&prepare(), label(&ids(), "maxItems"), body(140, &[]));
    let known = |value: &Value| entries(value).iter().all(|id| id == "iRJEVP96");
    let (least, tests) = shrink(tree.with_floor(floor), |value| {
        value["instance_ids"][0] != "a" && value["user_id"] != "a"
    });
    assert!(known(&least), "{least}");
    assert_eq!((entries(&least).len(), &least["user_id"], tests), (101, &json!("1008"), 1));
}

#[test]
fn a_server_that_checks_the_first_half_only_is_found_out() {
    // Entries from the 51st on are not looked at.
    let unchecked = |value: &Value| {
        entries(value)
            .iter()
            .skip(50)
            .any(|id| id.as_str().is_some_and(|id| id.chars().count() > 32))
    };
    let tree = JsonTree::new(&prepare(), label(&ids().items(), "maxLength"), body(100, &[80]));
    let (least, tests) = shrink(tree, unchecked);
    assert_eq!(entries(&least).len(), 51);
    assert_eq!(least["instance_ids"][50], "a".repeat(33));
    assert!(tests <= 40, "{tests}");
}

#[test]
fn a_size_that_matters_is_found() {
    let tree = JsonTree::new(&prepare(), Label::Valid, body(100, &[]));
    let (least, tests) = shrink(tree, |value| entries(value).len() >= 64);
    assert_eq!(entries(&least).len(), 64);
    assert!(entries(&least).iter().all(|id| id == "a"));
    assert!(tests <= 40, "{tests}");
}

#[test]
fn a_character_that_matters_stays() {
    let mut start = body(100, &[]);
    start["instance_ids"][37] = json!("abcdef'ghi");
    let tree = JsonTree::new(&prepare(), Label::Valid, start);
    let quoted = |value: &Value| value.to_string().contains('\'');
    let (least, tests) = shrink(tree, quoted);
    assert_eq!(entries(&least).len(), 1, "{least}");
    assert_eq!(least["user_id"], "a");
    assert!(least["instance_ids"][0].as_str().is_some_and(|id| id.len() <= 7), "{least}");
    assert!(tests <= 60, "{tests}");
}

#[test]
fn a_length_that_matters_is_found() {
    let mut start = body(1, &[]);
    start["user_id"] = json!("x".repeat(80));
    let place = Place::body().member("user_id");
    let tree = JsonTree::new(&prepare(), label(&place, "maxLength"), start);
    let loose = |value: &Value| value["user_id"].as_str().is_some_and(|id| id.len() > 63);
    let (least, tests) = shrink(tree, loose);
    assert_eq!(least["user_id"], "a".repeat(64));
    assert!(tests <= 20, "{tests}");
}

#[test]
fn a_value_of_which_the_label_is_not_true_stays() {
    let mut tree = JsonTree::new(&prepare(), label(&ids(), "maxItems"), body(3, &[]));
    assert!(!tree.simplify());
    assert_eq!(tree.current(), body(3, &[]));
}

#[test]
fn a_missing_member_stays_missing() {
    let place = Place::body().member("user_id");
    let start = json!({"instance_ids": ["abc", "def"], "note": "n"});
    let tree = JsonTree::new(&prepare(), label(&place, "required"), start);
    assert_eq!(shrink(tree, |_| true).0, json!({"instance_ids": ["a"]}));
}
