//! The command line: commands, messages, exit codes. The only room besides `suite` that prints.

mod ask;
mod audit;
mod command;
mod defect;
mod ended;
mod exit;
mod flags;
mod interrupt;
mod merge;
mod rules;
mod stream;
mod stub;
mod terminal;
mod test;
mod wire_flags;
mod write;

pub use command::run;
pub use defect::on_panic;
pub(crate) use ended::{Remedies, explain};
pub use exit::ExitCode;
pub use flags::{
    AuditFlags, Cli, ColorFlag, Command, MergeFlags, ReportFlag, ReportFormat, RulesFlags,
    StubFlags, TestFlags,
};
pub(crate) use test::embedded;
pub use wire_flags::WireFlags;
