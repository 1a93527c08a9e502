//! The finite cases: documented examples, both sides of every boundary, every wrong type, every
//! spelling, every way to be no one.

mod access;
mod anonymous;
mod bench;
mod body;
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
mod unions;

pub(crate) use bench::Bench;
pub use bench::Block;
pub(crate) use draft::Draft;
pub(crate) use random::Random;
pub(crate) use reach::TOO_LARGE;
pub(crate) use sites::sites;

/// All blocks of the coverage phase, each made when it is asked for.
pub(crate) fn blocks<'b, 'a>(bench: &'b Bench<'a>) -> impl Iterator<Item = Block> + use<'b, 'a> {
    // As functions they are of types that an array doesn't unite.
    type Maker<'b, 'a> = fn(&'b Bench<'a>) -> bench::Blocks<'b>;
    let makers: [Maker<'b, 'a>; 11] = [
        |b| types::blocks(b),
        |b| lengths::blocks(b),
        |b| items::blocks(b),
        |b| lists::blocks(b),
        |b| full::blocks(b),
        |b| keywords::blocks(b),
        |b| unions::blocks(b),
        |b| parameters::blocks(b),
        |b| characters::blocks(b),
        |b| syntax::blocks(b),
        |b| access::blocks(b),
    ];
    makers.into_iter().flat_map(move |blocks| blocks(bench))
}
