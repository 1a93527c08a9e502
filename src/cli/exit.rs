//! What a command ends with.

use std::process::Termination;

use crate::run::RunVerdict;

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// All selected musts held.
    Success = 0,
    /// A must is broken; with `--strict` also a should.
    Failed = 1,
    /// The command line, the settings or the contract are wrong; nothing was sent.
    Usage = 2,
    /// A selected must could not be decided and none failed, or nothing was tested.
    Inconclusive = 3,
    /// An audit let a mutant live, or flagged a harmless variant.
    Missed = 4,
    /// A defect of Fencepost itself.
    Defect = 70,
    /// The user interrupted it.
    Interrupted = 130,
}

impl ExitCode {
    /// The code as a number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<RunVerdict> for ExitCode {
    fn from(verdict: RunVerdict) -> Self {
        match verdict {
            RunVerdict::Held => Self::Success,
            RunVerdict::Failed => Self::Failed,
            RunVerdict::Inconclusive => Self::Inconclusive,
            RunVerdict::Interrupted => Self::Interrupted,
        }
    }
}

impl Termination for ExitCode {
    fn report(self) -> std::process::ExitCode {
        self.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode;

    #[test]
    fn codes_are_those_of_the_documentation() {
        use ExitCode::{Defect, Failed, Inconclusive, Interrupted, Missed, Success, Usage};
        let codes = [Success, Failed, Usage, Inconclusive, Missed, Defect, Interrupted];
        assert_eq!(codes.map(ExitCode::code), [0, 1, 2, 3, 4, 70, 130]);
    }
}
