//! What the environment says.

use std::env;

use super::{ConfigError, ShardVariables};
use crate::http::ProxyVariables;

/// The variables that a test reads; empty ones count as absent.
#[derive(Clone, Default)]
pub struct Environment {
    /// `FENCEPOST_TARGET`: where to send.
    pub target: Option<String>,
    /// `FENCEPOST_HEADERS`: headers, one a line.
    pub headers: Option<String>,
    /// `FENCEPOST_TARGET_NAME`: what to call the target.
    pub target_name: Option<String>,
    /// `HTTP_PROXY` and its like: the proxies to go through.
    pub proxies: ProxyVariables,
    /// Which part of a run to send.
    pub shard: ShardVariables,
}

impl Environment {
    /// Reads the process's own environment.
    ///
    /// # Errors
    /// If a variable is no UTF-8 text.
    pub fn of_process() -> Result<Self, ConfigError> {
        Ok(Self {
            target: variable("FENCEPOST_TARGET")?,
            headers: variable("FENCEPOST_HEADERS")?,
            target_name: variable("FENCEPOST_TARGET_NAME")?,
            proxies: ProxyVariables {
                http: either("http_proxy", "HTTP_PROXY")?,
                https: either("https_proxy", "HTTPS_PROXY")?,
                all: either("all_proxy", "ALL_PROXY")?,
                none: either("no_proxy", "NO_PROXY")?,
            },
            shard: ShardVariables {
                shard: variable("FENCEPOST_SHARD")?,
                ci_index: variable("CI_NODE_INDEX")?,
                ci_total: variable("CI_NODE_TOTAL")?,
                job_index: variable("JOB_COMPLETION_INDEX")?,
                job_total: variable("FENCEPOST_SHARD_TOTAL")?,
            },
        })
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("target_name", &self.target_name)
            .finish_non_exhaustive()
    }
}

/// Of two spellings, the one that is set.
fn either(lower: &'static str, upper: &'static str) -> Result<Option<String>, ConfigError> {
    Ok(variable(lower)?.or(variable(upper)?))
}

fn variable(name: &'static str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(ConfigError::NotText(name)),
    }
}
