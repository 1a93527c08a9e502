//! Names that a user gives, held against those that the contract has.

use super::ConfigError;
use crate::contract::{Contract, Operation};
use crate::run::RunSettings;

/// Names that are listed in a message; more are left out.
const MOST_LISTED: usize = 12;

/// Whether every name of an operation is one; an error lists those there are.
pub(super) fn operations(contract: &Contract, given: &[String]) -> Result<(), ConfigError> {
    let known: Vec<&str> = contract.operations.iter().map(|o| o.id.as_str()).collect();
    given.iter().try_for_each(|name| one_of("--operation", "operation", name, &known))
}

/// Whether every name of an identifier is one.
pub(super) fn identifiers<'g>(
    flag: &'static str,
    operations: &[impl AsRef<Operation>],
    given: impl Iterator<Item = &'g String>,
) -> Result<(), ConfigError> {
    let mut known: Vec<&str> = operations
        .iter()
        .flat_map(|operation| &operation.as_ref().identifiers)
        .map(|identifier| identifier.name.as_str())
        .collect();
    known.sort_unstable();
    known.dedup();
    given.into_iter().try_for_each(|name| one_of(flag, "identifier", name, &known))
}

/// Whether every beginning of a rule's name selects some rule.
pub(super) fn rules(
    operations: &[impl AsRef<Operation>],
    given: &[String],
) -> Result<(), ConfigError> {
    let ids = || operations.iter().flat_map(|o| &o.as_ref().rules).map(|rule| &rule.id);
    for name in given {
        let alone = RunSettings { rules: vec![name.clone()], ..RunSettings::default() };
        if !ids().any(|id| alone.selects(id)) {
            let known: Vec<&str> = ids()
                .map(|id| {
                    if name_has_operation(name, operations) {
                        id.as_str()
                    } else {
                        id.within_operation()
                    }
                })
                .collect();
            return one_of("--rule", "rule", name, &known);
        }
    }
    Ok(())
}

fn name_has_operation(name: &str, operations: &[impl AsRef<Operation>]) -> bool {
    operations
        .iter()
        .any(|o| name.strip_prefix(&o.as_ref().id).is_some_and(|rest| rest.starts_with('/')))
}

fn one_of(
    flag: &'static str,
    what: &'static str,
    name: &str,
    known: &[&str],
) -> Result<(), ConfigError> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(ConfigError::UnknownName { flag, what, name: name.to_owned(), hint: hint(name, known) })
}

/// The names there are, or the nearest of many.
fn hint(name: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return "it has none".to_owned();
    }
    if known.len() <= MOST_LISTED {
        return format!("there are {}", known.join(", "));
    }
    let mut nearest: Vec<(usize, &str)> =
        known.iter().map(|other| (distance(name, other), *other)).collect();
    nearest.sort_unstable();
    nearest.truncate(3);
    let nearest: Vec<&str> = nearest.into_iter().map(|(_, other)| other).collect();
    format!("the nearest are {} (`fencepost rules` lists all)", nearest.join(", "))
}

/// How many characters differ (Levenshtein), letters' case aside; one name standing in the other
/// counts as near.
fn distance(left: &str, right: &str) -> usize {
    let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
    if right.contains(&left) {
        return 1;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, character) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(character != *other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, hint, identifiers, operations, rules};
    use crate::contract::Contract;

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("MaxLength", "body.user_id/maxlength"), 1);
    }

    #[test]
    fn few_names_are_listed_and_of_many_the_nearest() {
        assert_eq!(hint("x", &["a", "b"]), "there are a, b");
        let many: Vec<String> = (10..40).map(|number| format!("rule{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(hint("rule77", &many).starts_with("the nearest are rule17, rule27, rule37"));
    }

    #[test]
    fn names_are_those_of_the_contract() {
        let contract = Contract::builtin("koophone").expect("is built in");
        let all = &contract.operations;
        let name = |text: &str| vec![text.to_owned()];
        assert!(operations(&contract, &name("prepare")).is_ok());
        assert!(identifiers("--known", all, name("user_id").iter()).is_ok());
        assert!(rules(all, &name("body.user_id")).is_ok());
        let wrong = operations(&contract, &name("prepared")).expect_err("is none").to_string();
        assert!(wrong.contains("there are prepare"), "{wrong}");
        let wrong = identifiers("--known", all, name("user").iter()).expect_err("is none");
        assert!(wrong.to_string().contains("user_id"), "{wrong}");
        let wrong = rules(all, &name("body.user_id/maxLenght")).expect_err("is none").to_string();
        assert!(wrong.contains("body.user_id/maxLength"), "{wrong}");
    }
}
