//! The `main` of a test binary.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

use super::subject::settings;
use super::{Subject, Tested};
use crate::config::{Environment, Settings};
use crate::contract::RuleId;
use crate::redact::printable;
use crate::run::RunPlan;

/// The exit code for a contract or an environment that is wrong.
const USAGE: u8 = 2;

/// The name of the test of the server itself.
const TARGET: &str = "target";

/// Tests a contract, a built-in one's name or a path, as a test binary with its own `main`; the
/// arguments are those of `cargo test`.
///
/// The exit code is 0 when all selected tests passed, 101 when one failed, and 2 when the contract
/// can't be loaded or the environment makes no sense.
pub fn main(contract: &str) -> ExitCode {
    let arguments = Arguments::from_args();
    let settings =
        Environment::of_process().and_then(|environment| settings(contract, environment));
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            say(&format!("error: {error}"));
            return USAGE.into();
        }
    };
    let trials = trials(settings, &arguments);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The run that all tests share. It is made by the first test that asks.
struct Shared {
    settings: Mutex<Option<Settings>>,
    rules: Vec<RuleId>,
    tested: OnceLock<Result<Tested, String>>,
}

impl Shared {
    fn tested(&self) -> Result<&Tested, Failed> {
        let tested = self.tested.get_or_init(|| {
            let settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner).take();
            let settings = settings.ok_or("the run failed before")?;
            let subject = Subject::start(settings).map_err(|error| error.to_string())?;
            let tested = subject.run(&self.rules, announce).map_err(|error| error.to_string())?;
            if let Some(why) = tested.ended() {
                say(&format!("error: {why}"));
            }
            Ok(tested)
        });
        tested.as_ref().map_err(Failed::from)
    }
}

/// One trial for each rule, of the kind `must`, `should` or `open`, and one for the target.
pub(super) fn trials(settings: Settings, arguments: &Arguments) -> Vec<Trial> {
    let rules = settings.operations.iter().flat_map(|operation| &operation.rules);
    let named: Vec<(RuleId, String)> =
        rules.map(|rule| (rule.id.clone(), rule.strength.to_string())).collect();
    let shared = Arc::new(Shared {
        rules: selected(&named, arguments),
        settings: Mutex::new(Some(settings)),
        tested: OnceLock::new(),
    });
    let run = Arc::clone(&shared);
    let target = Trial::ignorable_test(TARGET, move || run.tested()?.target_trial());
    let of_rules = named.into_iter().map(|(id, kind)| {
        let run = Arc::clone(&shared);
        let name = printable(id.as_str()).into_owned();
        let trial = Trial::ignorable_test(name, move || {
            let (result, warning) = run.tested()?.rule_trial(&id);
            if let Some(warning) = warning {
                say(&warning);
            }
            result
        });
        trial.with_kind(kind)
    });
    std::iter::once(target).chain(of_rules).collect()
}

/// The rules to probe: those whose tests are selected; none stands for all. For the test `target`
/// alone, plain valid requests will do.
pub(super) fn selected(named: &[(RuleId, String)], arguments: &Arguments) -> Vec<RuleId> {
    let is_selected = |(id, kind): &&(RuleId, String)| {
        let trial = Trial::test(printable(id.as_str()), || Ok(())).with_kind(kind);
        !arguments.is_filtered_out(&trial)
    };
    let selected: Vec<RuleId> =
        named.iter().filter(is_selected).map(|(id, _)| id.clone()).collect();
    if selected.len() == named.len() {
        return Vec::new();
    }
    if selected.is_empty() {
        let plain = named.iter().filter(|(id, _)| id.location() == "request");
        return plain.map(|(id, _)| id.clone()).collect();
    }
    selected
}

/// Says what will be sent to a server that is not the embedded stub.
fn announce(subject: &Subject, plan: &RunPlan) {
    if subject.is_stub() {
        return;
    }
    let most = subject.most_requests().map_or_else(String::new, |most| format!(", at most {most}"));
    let about = if plan.is_guess() { "about " } else { "" };
    say(&format!(
        "fencepost sends {about}{} requests to {}, and some more to confirm and reduce what fails{most}",
        plan.requests(),
        subject.target(),
    ));
}

fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
