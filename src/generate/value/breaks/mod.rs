//! How each keyword is broken, and nothing beside it.

mod keyword;
mod list;
mod member;
mod other;
mod size;
mod text;

pub(super) use keyword::{Rule, break_keyword, keywords};
