//! The finite cases: documented examples, both sides of every boundary, every wrong type, every
//! spelling, every way to be no one.

mod access;
mod bench;
mod characters;
mod full;
mod items;
mod keywords;
mod lengths;
mod parameters;
mod positions;
mod random;
mod routes;
mod sites;
mod spelling;
mod syntax;
mod twice;
mod types;

pub(crate) use bench::{Bench, Draft};
pub use bench::{Block, planned_requests};
pub(crate) use parameters::text as parameter_text;
pub(crate) use random::blocks as random_blocks;
pub(crate) use sites::sites;

/// All blocks of the coverage phase.
pub(crate) fn blocks(bench: &Bench<'_>) -> Vec<Block> {
    let makers = [
        types::blocks,
        lengths::blocks,
        items::blocks,
        keywords::blocks,
        parameters::blocks,
        characters::blocks,
        syntax::blocks,
        access::blocks,
    ];
    makers.iter().flat_map(|blocks| blocks(bench)).collect()
}
