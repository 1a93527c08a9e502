//! Opponents that break one promise each.

mod access;
mod answers;
mod company;
mod framing;
mod limits;
mod outcomes;
mod particular;
mod warnings;

pub(crate) use warnings::WARNINGS;

use super::traits::Traits;

/// An opponent that breaks one promise.
pub(crate) struct Fault {
    /// What it does.
    pub(crate) name: &'static str,
    /// The rules that a finding may name: the first is the narrowest, any other is as true.
    pub(crate) rules: &'static [&'static str],
    /// How it does it.
    pub(crate) traits: Traits,
}

impl Fault {
    /// Whether requests in the company of others show it, or many of them.
    pub(crate) fn needs_company(&self) -> bool {
        company::FAULTS.iter().any(|fault| fault.name == self.name)
    }
}

const fn fault(name: &'static str, rules: &'static [&'static str], traits: Traits) -> Fault {
    Fault { name, rules, traits }
}

/// Every opponent that breaks a must.
pub(crate) fn faults() -> impl Iterator<Item = &'static Fault> {
    [
        limits::FAULTS,
        particular::FAULTS,
        outcomes::FAULTS,
        answers::FAULTS,
        framing::FAULTS,
        access::FAULTS,
        company::FAULTS,
    ]
    .into_iter()
    .flatten()
}
