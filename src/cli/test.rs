//! `fencepost test`: a whole run, from flags to an exit code.

use std::time::Instant;

use anyhow::Context as _;
use tokio::task::spawn_blocking;

use super::command::{runtime, with_causes};
use super::flags::ReportFormat;
use super::interrupt::Interrupts;
use super::stream::{Stream, header};
use super::terminal::Terminal;
use super::{ExitCode, TestFlags, ask, ended, write};
use crate::case::proof;
use crate::config::{Environment, Settings, random_token};
use crate::http::{Client, Target};
use crate::redact::{Redactor, printable};
use crate::report::{JsonReport, NdjsonReport, Progress, TerminalReport};
use crate::run::{Event, Listener, Outcome, RunPlan, StopHandle};
use crate::stub::{Stub, StubError, StubOptions};

/// What is said wherever nobody knows who answers.
const INSECURE: &str =
    "certificates are not checked (--insecure): whoever answers gets the credential";

/// A schema of the contract that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("a response schema of the contract can't be compiled: {0}; correct it there")]
struct Uncompiled(String);

/// Runs a test.
pub(super) fn run(flags: &TestFlags, mut terminal: Terminal) -> ExitCode {
    terminal.on_stderr = flags.report.iter().any(|report| report.path.is_none());
    let begun = Instant::now();
    let tested = runtime()
        .context("the system gives no event loop")
        .and_then(|runtime| runtime.block_on(test(flags, begun, terminal)));
    tested.unwrap_or_else(|error| {
        terminal.complain("error", &format!("{error:#}"));
        let is_theirs = error.is::<StubError>() || error.is::<Uncompiled>();
        if is_theirs { ExitCode::Usage } else { ExitCode::Defect }
    })
}

async fn test(flags: &TestFlags, begun: Instant, terminal: Terminal) -> anyhow::Result<ExitCode> {
    // From the start: a large document takes seconds to be read and planned for.
    let interrupts = Interrupts::listen().context("interruptions can't be heard")?;
    let stop = StopHandle::default();
    stop_on_interrupt(stop.clone(), interrupts);
    let given = flags.clone();
    let resolve = move || Environment::of_process().and_then(|e| Settings::resolve(&given, &e));
    let mut settings = match spawn_blocking(resolve).await? {
        Ok(settings) => settings,
        Err(error) => {
            terminal.complain("error", &with_causes(&error));
            return Ok(ExitCode::Usage);
        }
    };
    settings.run.stop = stop;
    settings.run.begun = Some(begun);
    // The stub serves as long as it is held.
    let (_stub, target) = if let Some(target) = settings.target.clone() {
        (None, target)
    } else {
        let (stub, target) = embedded(&mut settings).await?;
        (Some(stub), target)
    };
    let redactor = settings.redactor();
    if let Some(named) = &settings.shard {
        terminal.note(&format!("this is {named}, with the seed {}", settings.inputs.seed));
    }
    warn_of(&settings, terminal);
    let (contract, operations) = (settings.contract.name.clone(), settings.operations.clone());
    let (inputs, run) = (settings.inputs.clone(), settings.run.clone());
    let plan = spawn_blocking(move || RunPlan::new(&contract, operations, inputs, &run)).await?;
    if settings.is_elsewhere() {
        let asked = Instant::now();
        match ask::agree(&plan, &target, &settings) {
            ask::Answer::Agreed => {}
            ask::Answer::Declined => {
                terminal.complain("error", "nothing was sent");
                return Ok(ExitCode::Usage);
            }
            ask::Answer::Nobody => {
                terminal.complain(
                    "error",
                    "this plan needs your consent, and there is no terminal to ask; add --yes",
                );
                return Ok(ExitCode::Usage);
            }
        }
        // Nobody is hurried.
        settings.run.begun = Some(begun + asked.elapsed());
    }
    let client = Client::new(settings.wire.client_options(target.clone()))?;
    if client.trusts_anyone() {
        terminal.complain("warning", INSECURE);
    }
    let name = target_name(&settings, &target);
    let ndjson = NdjsonReport {
        header: header(&settings, &plan, (&target, name), &redactor),
        target: target.clone(),
        redactor: redactor.clone(),
    };
    let paths = settings.reports.iter().filter_map(|report| report.path.as_deref());
    let _pipes = match paths.map(write::Pipe::hold).collect::<Result<Vec<_>, _>>() {
        Ok(pipes) => pipes,
        Err(error) => {
            terminal.complain("error", &error);
            return Ok(ExitCode::Usage);
        }
    };
    let mut streams = match Stream::open(&settings, &ndjson) {
        Ok(streams) => streams,
        Err(error) => {
            terminal.complain("error", &error);
            return Ok(ExitCode::Usage);
        }
    };
    let mut progress = Progress::new(terminal.shows_progress());
    let mut listener = |event: Event<'_>| {
        progress.event(event);
        for stream in &mut streams {
            stream.event(event);
        }
    };
    let mut outcome = plan.run(&client, &settings.run, &mut listener).await.map_err(Uncompiled)?;
    let left_out = settings.left_out().map(|left| (left.operation.clone(), left.reason.clone()));
    outcome.skipped.extend(left_out);
    let told = Told { settings: &settings, target: &target, redactor: &redactor, terminal };
    let own = ExitCode::from(outcome.verdict());
    let ended = streams.into_iter().map(|stream| stream.end(&outcome, own.code()));
    let errors: Vec<String> = ended.filter_map(Result::err).collect();
    let code = told.tell(&outcome);
    for error in &errors {
        terminal.complain("error", error);
    }
    Ok(if code == ExitCode::Success && !errors.is_empty() { ExitCode::Usage } else { code })
}

/// Tells what is strange about the settings before anything is sent.
fn warn_of(settings: &Settings, terminal: Terminal) {
    if let Some([index, total]) = settings.lone_index {
        terminal.hint(&format!(
            "{index} is set and {total} is not: this process sends the whole run, as each of its kind \
             does. Set {total} to split it, or FENCEPOST_SHARD=1/1 if that is meant"
        ));
    }
    for name in settings.shown_secrets() {
        terminal.complain(
            "warning",
            &printable(&format!(
                "the value of {name} has fewer than 4 characters: it is not hidden where it is shown"
            )),
        );
    }
    for warning in &settings.contract.warnings {
        terminal.hint(&printable(&format!("in the contract: {warning}")));
    }
}

/// What reports call the target: as the user named it, else its host, else `stub`.
fn target_name<'t>(settings: &'t Settings, target: &'t Target) -> &'t str {
    settings
        .target_name
        .as_deref()
        .unwrap_or_else(|| if settings.target.is_some() { target.host() } else { "stub" })
}

/// What an outcome is told with.
struct Told<'t> {
    settings: &'t Settings,
    target: &'t Target,
    redactor: &'t Redactor,
    terminal: Terminal,
}

impl Told<'_> {
    /// Shows the outcome, writes the reports, and says with which code to exit.
    fn tell(&self, outcome: &Outcome) -> ExitCode {
        let Self { terminal, redactor, .. } = *self;
        let mut code = ExitCode::from(outcome.verdict());
        let ended = outcome.ended_early.as_ref();
        if let Err(error) = self.write(outcome, code) {
            terminal.complain("error", &error);
            if code == ExitCode::Success {
                code = ExitCode::Usage;
            }
        }
        if ended::is_worth_a_table(outcome) {
            let report = TerminalReport {
                target: self.target,
                redactor,
                is_colored: terminal.is_colored(),
                detail: terminal.detail,
            };
            terminal.show(&report.render(outcome, code.code()));
        }
        let remedies = ended::Remedies::of(self.settings);
        if let Some(why) = ended {
            let message = ended::explain(why, self.target, &remedies);
            terminal.complain("error", &printable(&redactor.redact(&message)));
        }
        if let Some(advice) = ended::advise(outcome, &remedies) {
            terminal.complain("warning", &printable(&redactor.redact(&advice)));
        }
        code
    }

    fn write(&self, outcome: &Outcome, code: ExitCode) -> Result<(), String> {
        let name = target_name(self.settings, self.target);
        for report in &self.settings.reports {
            let bytes = match report.format {
                ReportFormat::Json => {
                    JsonReport { target: self.target, target_name: name, redactor: self.redactor }
                        .render(outcome, code.code())
                }
                // Written while the run went on.
                ReportFormat::Ndjson => continue,
            };
            write::deliver(report.path.as_deref(), &bytes)?;
        }
        Ok(())
    }
}

/// Starts the embedded stub with a token made up for this run, and gives it to both sides.
pub(crate) async fn embedded(settings: &mut Settings) -> anyhow::Result<(Stub, Target)> {
    let token = random_token();
    let tokens = given_tokens(settings).chain([token.clone()]).collect();
    let options = StubOptions { tokens, ..StubOptions::default() };
    let stub = Stub::start(&settings.contract, options).await?;
    let target = Target::parse(&stub.uri())?;
    let credentials = settings.operations.iter().flat_map(|operation| &operation.credentials);
    for (name, value) in credentials.filter_map(|credential| proof(credential, &token)) {
        let headers = &mut settings.inputs.headers;
        if !headers.iter().any(|(held, _)| held.eq_ignore_ascii_case(&name)) {
            headers.push((name, value));
        }
    }
    Ok((stub, target))
}

/// The secrets that the user gave as credentials.
fn given_tokens(settings: &Settings) -> impl Iterator<Item = String> {
    let operations = settings.operations.iter();
    operations.flat_map(|operation| &operation.credentials).flat_map(|credential| {
        let given = settings.inputs.headers.iter();
        let given = given.filter(|(name, _)| credential.is_given_as(name));
        given.map(|(_, value)| {
            let value = value.wire();
            value.strip_prefix(credential.prefix).unwrap_or(value).to_owned()
        })
    })
}

/// Ends the run at the first interruption, and the program at the second.
fn stop_on_interrupt(stop: StopHandle, mut interrupts: Interrupts) {
    tokio::spawn(async move {
        interrupts.next().await;
        stop.stop();
        interrupts.next().await;
        std::process::exit(ExitCode::Interrupted.code().into());
    });
}
