//! The fuzz targets on their seeds and on our own contracts, with the stable toolchain.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/entries/answer_checks.rs"]
mod answer_checks;
#[path = "../../fuzz/entries/contract_loader.rs"]
mod contract_loader;

/// Runs `entry` on every file of a folder, named from the package's root.
fn replay(folder: &str, entry: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("a folder of seeds") {
        let path = file.expect("an entry").path();
        entry(&fs::read(&path).expect("a file"));
        count += 1;
    }
    assert!(count > 0, "no seeds in {}", folder.display());
}

#[test]
fn the_loader_takes_or_refuses_every_seed() {
    replay("fuzz/seeds/contract_loader", contract_loader::run);
    replay("contracts", contract_loader::run);
    replay("tests/fixtures", contract_loader::run);
}

#[test]
fn every_seed_of_an_answer_is_judged() {
    replay("fuzz/seeds/answer_checks", answer_checks::run);
}
