//! `fencepost audit`: does the suite catch what it should, and leave alone what it should?

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::command::{runtime, with_causes};
use super::flags::ReportFormat;
use super::interrupt::Interrupts;
use super::terminal::Terminal;
use super::{AuditFlags, ExitCode, write};
use crate::audit::{Audit, AuditError, AuditSettings, audit, json, list, render, select};
use crate::config::{load_contract, random_seed};
use crate::contract::Contract;
use crate::report::Detail;
use crate::run::StopHandle;

/// Audits the suite on a contract.
pub(super) fn run(flags: &AuditFlags, mut terminal: Terminal) -> ExitCode {
    terminal.on_stderr = flags.report.iter().any(|report| report.path.is_none());
    let contract = match load_contract(flags.contract.as_deref()) {
        Ok(contract) => contract,
        Err(error) => {
            terminal.complain("error", &with_causes(&error));
            return ExitCode::Usage;
        }
    };
    if flags.report.iter().any(|report| report.format == ReportFormat::Ndjson) {
        terminal.complain("error", "--report ndjson is for `test` and `merge`; an audit has json");
        return ExitCode::Usage;
    }
    if flags.jobs == Some(0) {
        terminal.complain("error", "-j 0 does nothing; give it at least 1");
        return ExitCode::Usage;
    }
    let done = if flags.list {
        select(&contract, &flags.mutant).map(|(mutants, variants)| {
            terminal.show(&list(&mutants, &variants));
            ExitCode::Success
        })
    } else {
        audited(&contract, flags, terminal)
    };
    done.unwrap_or_else(|error| {
        terminal.complain("error", &with_causes(&error));
        match error {
            AuditError::Runtime(_) | AuditError::Client(_) => ExitCode::Defect,
            _ => ExitCode::Usage,
        }
    })
}

fn audited(
    contract: &Contract,
    flags: &AuditFlags,
    terminal: Terminal,
) -> Result<ExitCode, AuditError> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let settings = AuditSettings {
        seed: flags.seed.unwrap_or_else(random_seed),
        jobs: flags.jobs.unwrap_or(cores),
        only: flags.mutant.clone(),
        ..AuditSettings::default()
    };
    stop_on_interrupt(settings.stop.clone());
    let bar = bar(terminal.shows_progress());
    let outcome = audit(contract, &settings, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let outcome = outcome?;
    let mut code = match &outcome {
        outcome if outcome.interrupted => ExitCode::Interrupted,
        outcome if outcome.is_clean() => ExitCode::Success,
        _ => ExitCode::Missed,
    };
    if let Err(reason) = reports(flags, &outcome, code) {
        terminal.complain("error", &reason);
        if code == ExitCode::Success {
            code = ExitCode::Usage;
        }
    }
    terminal.show(&render(&outcome, terminal.detail == Detail::Verbose, code.code()));
    Ok(code)
}

/// Ends the audit at the first interruption, and the program at the second. Where the system lets
/// nobody listen, an interruption ends the program as it always does.
fn stop_on_interrupt(stop: StopHandle) {
    std::thread::spawn(move || {
        let listen = async {
            let Ok(mut interrupts) = Interrupts::listen() else { return };
            interrupts.next().await;
            stop.stop();
            interrupts.next().await;
            std::process::exit(ExitCode::Interrupted.code().into());
        };
        if let Ok(runtime) = runtime() {
            runtime.block_on(listen);
        }
    });
}

fn reports(flags: &AuditFlags, outcome: &Audit, code: ExitCode) -> Result<(), String> {
    for report in &flags.report {
        let bytes = match report.format {
            ReportFormat::Json => json(outcome, code.code()),
            ReportFormat::Ndjson => continue,
        };
        write::deliver(report.path.as_deref(), &bytes)?;
    }
    Ok(())
}

fn bar(is_drawn: bool) -> ProgressBar {
    let target = if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:24} {pos}/{len} trials  {elapsed}  {eta} left")
    {
        bar.set_style(style);
    }
    bar
}
