//! The finite cases: documented examples, both sides of every boundary, every wrong type, every
//! spelling, every way to be no one.

mod access;
mod anonymous;
mod bench;
mod characters;
mod draft;
mod full;
mod items;
mod keywords;
mod lengths;
mod lists;
mod parameters;
mod positions;
mod proof;
mod random;
mod reach;
mod routes;
mod sites;
mod spelling;
mod syntax;
mod twice;
mod types;

pub(crate) use bench::Bench;
pub use bench::Block;
pub(crate) use draft::Draft;
pub(crate) use parameters::text as parameter_text;
pub(crate) use random::Random;
pub(crate) use reach::TOO_LARGE;
pub(crate) use sites::sites;

/// All blocks of the coverage phase.
pub(crate) fn blocks(bench: &Bench<'_>) -> Vec<Block> {
    let makers = [
        types::blocks,
        lengths::blocks,
        items::blocks,
        lists::blocks,
        keywords::blocks,
        parameters::blocks,
        characters::blocks,
        syntax::blocks,
        access::blocks,
    ];
    makers.iter().flat_map(|blocks| blocks(bench)).collect()
}
