//! The contract loader on arbitrary text.
#![no_main]

#[path = "../entries/contract_loader.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
