//! What a suite is run against, as the environment says.

use std::io;

use thiserror::Error;

use crate::cli::{Remedies, TestFlags, embedded};
use crate::config::{ConfigError, Environment, Settings, ShardVariables};
use crate::contract::RuleId;
use crate::http::{Client, ClientError, Target};
use crate::redact::Redactor;
use crate::run::{Outcome, RunPlan, Silent};
use crate::stub::Stub;

/// A contract with a server to hold it against: `FENCEPOST_TARGET`, or the embedded stub.
#[derive(Debug)]
pub struct Subject {
    settings: Settings,
    target: Target,
    redactor: Redactor,
    /// Serves as long as it is held.
    _stub: Option<Stub>,
}

/// A run with what it takes to tell of it.
#[derive(Debug)]
pub struct Tested {
    /// What the run came to.
    pub outcome: Outcome,
    /// Where the requests went.
    pub target: Target,
    /// Takes secrets out of what a server said.
    pub redactor: Redactor,
    /// What to do where the server refuses everything.
    pub(super) remedies: Remedies,
}

/// Why a suite can't be run.
#[derive(Debug, Error)]
pub enum SubjectError {
    /// The contract or the environment is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The embedded stub can't be started.
    #[error("the embedded stub can't be started: {0}")]
    Stub(String),
    /// The system gives no event loop.
    #[error("the system gives no event loop")]
    Runtime(#[source] io::Error),
    /// The HTTP client can't be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A schema of the contract can't be compiled.
    #[error("a response schema of the contract can't be compiled: {0}; correct it there")]
    Schema(String),
}

/// Settings for a contract, named or by its path, in this environment.
///
/// # Errors
/// If the contract can't be loaded, or the environment makes no sense.
pub(super) fn settings(
    contract: &str,
    mut environment: Environment,
) -> Result<Settings, ConfigError> {
    if environment.target.is_none() {
        // They are meant for a server; the stub has a token of its own.
        environment.headers = None;
    }
    // A suite has nobody to join its parts.
    environment.shard = ShardVariables::default();
    let flags = TestFlags { contract: Some(contract.to_owned()), ..TestFlags::default() };
    Settings::resolve(&flags, &environment)
}

impl Subject {
    /// The contract, a built-in one's name or a path, with the server that the process's
    /// environment names; else the embedded stub is started. Nothing is sent yet.
    ///
    /// # Errors
    /// If the contract or the environment is wrong, or the stub can't be started.
    pub fn of_process(contract: &str) -> Result<Self, SubjectError> {
        Self::start(settings(contract, Environment::of_process()?)?)
    }

    /// Starts the stub where the settings name no target.
    pub(super) fn start(mut settings: Settings) -> Result<Self, SubjectError> {
        let (stub, target) = if let Some(target) = settings.target.clone() {
            (None, target)
        } else {
            let starting = runtime()?.block_on(embedded(&mut settings));
            let (stub, target) =
                starting.map_err(|error| SubjectError::Stub(format!("{error:#}")))?;
            (Some(stub), target)
        };
        let redactor = settings.redactor();
        Ok(Self { settings, target, redactor, _stub: stub })
    }

    /// What the environment and the contract came to; inputs may be changed before a run.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Where requests go.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether the embedded stub is tested.
    pub fn is_stub(&self) -> bool {
        self.settings.target.is_none()
    }

    /// The most requests that a run sends.
    pub(super) fn most_requests(&self) -> Option<u64> {
        self.settings.run.max_requests
    }

    /// What reports call the target: `FENCEPOST_TARGET_NAME`, else its host, else `stub`.
    pub fn name(&self) -> &str {
        if self.is_stub() {
            return "stub";
        }
        self.settings.target_name.as_deref().unwrap_or_else(|| self.target.host())
    }

    /// A client for the target.
    ///
    /// # Errors
    /// If the HTTP library can't be set up.
    pub fn client(&self) -> Result<Client, ClientError> {
        Client::new(self.settings.wire.client_options(self.target.clone()))
    }

    /// Probes these rules, or all where none is named. `announce` is told what will be sent before
    /// anything is.
    ///
    /// # Errors
    /// If the run can't be set up; a target that is down is an outcome like any other.
    pub fn run(
        mut self,
        rules: &[RuleId],
        announce: impl FnOnce(&Self, &RunPlan),
    ) -> Result<Tested, SubjectError> {
        self.settings.run.rules = rules.iter().map(ToString::to_string).collect();
        let Settings { contract, operations, inputs, run, .. } = &self.settings;
        let plan = RunPlan::new(&contract.name, operations.iter().cloned(), inputs.clone(), run);
        announce(&self, &plan);
        let outcome = runtime()?.block_on(async {
            let client = self.client()?;
            plan.run(&client, run, &mut Silent).await.map_err(SubjectError::Schema)
        })?;
        let remedies = Remedies::of(&self.settings);
        Ok(Tested { outcome, target: self.target, redactor: self.redactor, remedies })
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, SubjectError> {
    crate::http::event_loop().map_err(SubjectError::Runtime)
}
