//! What planning, generating and checking cost, each by itself.

fn main() {
    divan::main();
}
