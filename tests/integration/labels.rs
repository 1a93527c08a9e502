//! Every label is true, on the bytes that are sent.

use fencepost::generate::Texts;

use crate::proof::{prove, schemas};

#[test]
#[expect(clippy::print_stdout, reason = "the cases per rule are what the reader wants")]
fn every_label_is_true_by_two_readings() {
    for (name, schema) in schemas() {
        for texts in [Texts::Plain, Texts::Printable, Texts::Any, Texts::Control] {
            match prove(&schema, texts, 60, 6) {
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
