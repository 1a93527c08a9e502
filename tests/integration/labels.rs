//! Every label is true, on the bytes that are sent.

use std::collections::BTreeSet;

use fencepost::generate::Texts;
use serde_json::Value;

use crate::proof::{Judge, prove, schemas};

/// Literal rows, written by hand: value, and the rules that it breaks.
#[test]
fn both_readings_agree_with_every_literal_row() {
    let file = include_str!("../fixtures/label_rows.json");
    let groups: Vec<Value> = serde_json::from_str(file).expect("is JSON");
    let mut count = 0;
    let mut lies = Vec::new();
    for group in &groups {
        let judge = Judge::new(&group["schema"]);
        for row in group["rows"].as_array().expect("is a list") {
            let names = row[1].as_array().expect("is a list").iter().filter_map(Value::as_str);
            let split = |name: &str| {
                let (place, keyword) = name.rsplit_once('/').expect("has a keyword");
                (place.to_owned(), keyword.to_owned())
            };
            let verdict: BTreeSet<_> = names.map(split).collect();
            if let Err(lie) = judge.hold(&row[0], &verdict) {
                lies.push(format!("{} {row}: {lie}", group["schema"]));
            }
            count += 1;
        }
    }
    assert!(lies.is_empty(), "{}", lies.join("\n"));
    assert!(count >= 200, "only {count} rows");
}

#[test]
#[expect(clippy::print_stdout, reason = "the cases per rule are what the reader wants")]
fn every_label_is_true_by_two_readings() {
    for (name, schema) in schemas() {
        for texts in [Texts::Plain, Texts::Printable, Texts::Any, Texts::Control] {
            match prove(&schema, texts, 32, 4) {
                Ok(counts) => {
                    for (rule, cases) in counts {
                        println!("{name:10} {texts:?} {rule:40} {cases}");
                    }
                }
                Err(lie) => panic!("{name}, {texts:?}: {lie}"),
            }
        }
    }
}
