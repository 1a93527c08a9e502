//! `fencepost stub`: the contract as a server.

use std::fmt::Write as _;

use anyhow::Context as _;

use super::command::{runtime, with_causes};
use super::interrupt::Interrupts;
use super::terminal::Terminal;
use super::{ExitCode, StubFlags};
use crate::audit::{AuditError, select};
use crate::case::{FieldValue, proof};
use crate::config::{load_contract, random_token};
use crate::contract::Contract;
use crate::generate::{Inputs, bounds};
use crate::http::{Target, curl};
use crate::stub::{Behaviour, Stub, StubError, StubOptions};

/// Serves a contract until Ctrl-C.
pub(super) fn run(flags: &StubFlags, terminal: Terminal) -> ExitCode {
    let contract = match load_contract(flags.contract.as_deref()) {
        Ok(contract) => contract,
        Err(error) => {
            terminal.complain("error", &with_causes(&error));
            return ExitCode::Usage;
        }
    };
    if flags.token.as_ref().is_some_and(|token| token.trim().is_empty()) {
        terminal.complain("error", "--token is empty; is the variable that it comes from set?");
        return ExitCode::Usage;
    }
    let served = runtime()
        .context("the system gives no event loop")
        .and_then(|runtime| runtime.block_on(serve(&contract, flags, terminal)));
    match served {
        Ok(()) => ExitCode::Success,
        Err(error) if error.is::<StubError>() || error.is::<AuditError>() => {
            terminal.complain("error", &format!("{error:#}"));
            ExitCode::Usage
        }
        Err(error) => {
            terminal.complain("error", &format!("{error:#}"));
            ExitCode::Defect
        }
    }
}

async fn serve(contract: &Contract, flags: &StubFlags, terminal: Terminal) -> anyhow::Result<()> {
    let token = flags.token.clone().unwrap_or_else(random_token);
    let behaviour = match &flags.mutant {
        Some(name) => Some(behaviour(contract, name)?),
        None => None,
    };
    let options = StubOptions {
        port: flags.port,
        tokens: vec![token.clone()],
        known_only: flags.known_only,
        behaviour,
        on_wire: false,
    };
    let stub = Stub::start(contract, options).await?;
    let shown = if flags.token.is_some() { None } else { Some(token.as_str()) };
    let mut interrupts = Interrupts::listen().context("interruptions can't be heard")?;
    terminal.show(&introduction(contract, &Target::parse(&stub.uri())?, shown));
    interrupts.next().await;
    Ok(())
}

/// What the mutant or the variant of this name does.
fn behaviour(contract: &Contract, name: &str) -> Result<Behaviour, AuditError> {
    let (mutants, variants) = select(contract, &[name.to_owned()])?;
    let mut found = mutants.iter().map(|mutant| (&mutant.id, &mutant.behaviour));
    let exact = found.clone().find(|(id, _)| *id == name || id.ends_with(&format!("/{name}")));
    let variant = variants.first().map(|variant| variant.behaviour.clone());
    let mutant = exact.or_else(|| found.next().filter(|_| mutants.len() == 1));
    let mutant = mutant.map(|(_, behaviour)| behaviour.clone());
    mutant.or(variant).ok_or_else(|| AuditError::NoSuchMutant(name.to_owned()))
}

/// Where it is, what it accepts, and a line to try. A token that the user chose is not repeated;
/// one that was made up for this stub proves nothing elsewhere.
fn introduction(contract: &Contract, target: &Target, made_up: Option<&str>) -> String {
    let mut text = format!("{} {} at {target}\n", contract.title, contract.version);
    if contract.operations.iter().any(|operation| !operation.credentials.is_empty()) {
        let _ = match made_up {
            Some(token) => writeln!(text, "TOKEN={token}"),
            None => writeln!(text, "TOKEN is the one given with --token"),
        };
    }
    if let Some(line) = contract.operations.iter().find_map(|operation| {
        let credentials = operation
            .credentials
            .iter()
            .filter_map(|credential| proof(credential, made_up.unwrap_or("-")));
        let headers: Vec<(String, FieldValue)> = credentials.collect();
        let inputs = Inputs { headers, ..Inputs::default() };
        let request = bounds(operation, &inputs).ok()?.plain_request();
        Some(curl(target, &request))
    }) {
        let _ = writeln!(text, "{line}");
    }
    text.push_str("Ctrl-C ends it.\n");
    text
}
