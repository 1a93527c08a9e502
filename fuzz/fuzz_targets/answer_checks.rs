//! Every check on arbitrary answers.
#![no_main]

#[path = "../entries/answer_checks.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
