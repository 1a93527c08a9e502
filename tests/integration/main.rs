//! Integration tests, one file a topic.

mod opponents;
mod probes;
mod stub;
