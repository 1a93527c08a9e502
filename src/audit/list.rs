//! What an audit tries.

use std::fmt::Write as _;

use super::AuditError;
use crate::contract::Contract;
use crate::redact::printable;
use crate::stub::{Mutant, Variant, mutants, variants};

/// The mutants and variants that these names select; all when there are none.
///
/// A name is an id, or the beginning of one up to a slash; the operation may be left out.
///
/// # Errors
/// If a name selects nothing.
pub fn select(
    contract: &Contract,
    only: &[String],
) -> Result<(Vec<Mutant>, Vec<Variant>), AuditError> {
    let (mut mutants, mut variants) = (mutants(contract), variants(contract));
    for name in only {
        let is_there = mutants.iter().any(|mutant| is_named(&mutant.id, name))
            || variants.iter().any(|variant| variant.id == *name);
        if !is_there {
            return Err(AuditError::NoSuchMutant(name.clone()));
        }
    }
    if !only.is_empty() {
        mutants.retain(|mutant| only.iter().any(|name| is_named(&mutant.id, name)));
        variants.retain(|variant| only.contains(&variant.id));
    }
    Ok((mutants, variants))
}

fn is_named(id: &str, name: &str) -> bool {
    let begins = |whole: &str| {
        whole.strip_prefix(name).is_some_and(|rest| {
            rest.is_empty() || name.ends_with('/') || rest.starts_with(['/', '.'])
        })
    };
    begins(id) || id.split_once('/').is_some_and(|(_, rest)| begins(rest))
}

/// Every mutant with its family, strength and description, then every harmless variant.
pub fn list(mutants: &[Mutant], variants: &[Variant]) -> String {
    let ids = mutants.iter().map(|m| m.id.as_str()).chain(variants.iter().map(|v| v.id.as_str()));
    let width = ids.map(|id| id.chars().count()).max().unwrap_or_default();
    let heading = "MUTANT";
    let mut text = format!("{heading:<width$}  STRENGTH  FAMILY               WHAT IT DOES\n");
    for mutant in mutants {
        let _ = writeln!(
            text,
            "{:<width$}  {:<8}  {:<19}  {}",
            printable(&mutant.id),
            mutant.strength,
            mutant.family,
            printable(&mutant.description),
        );
    }
    for variant in variants {
        let _ = writeln!(
            text,
            "{:<width$}  {:<8}  {:<19}  {}",
            variant.id, "-", "harmless", variant.description
        );
    }
    text
}
