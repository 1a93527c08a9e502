//! What planning, generating and checking cost, each by itself.
#![expect(missing_docs, reason = "a benchmark")]

fn main() {
    divan::main();
}
