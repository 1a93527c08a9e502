//! The way to the target: limits, proxies, certificates.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::{ConfigError, Environment};
use crate::cli::WireFlags;
use crate::http::{CaBundle, ClientOptions, Proxy, ProxyVariables, Target, Trust, curl_flags};

/// How requests get to the target, as resolved.
#[derive(Clone, Debug)]
pub struct WireSettings {
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The largest body of an answer, in bytes once it is decoded.
    pub max_body: Option<usize>,
    /// The proxy in between.
    pub proxy: Option<Proxy>,
    /// Whose certificates are believed.
    pub trust: Trust,
    ca_file: Option<PathBuf>,
    environment: ProxyVariables,
}

impl WireSettings {
    /// Puts flags and environment together; `target` is `None` for the embedded stub, which no
    /// proxy is in front of.
    ///
    /// # Errors
    /// If a proxy is none, or the file of certificates can't be used.
    pub(super) fn resolve(
        flags: &WireFlags,
        environment: &Environment,
        target: Option<&Target>,
        timeout: Duration,
    ) -> Result<Self, ConfigError> {
        let proxy = match (target, &flags.proxy) {
            (None, _) => None,
            (Some(_), Some(given)) => {
                let parsed = Proxy::parse(given);
                Some(parsed.map_err(|error| ConfigError::Proxy { place: "--proxy", error })?)
            }
            (Some(target), None) => Proxy::for_target(target, &environment.proxies)
                .map_err(|error| ConfigError::Proxy { place: "the environment", error })?,
        };
        let trust = match &flags.ca_file {
            Some(path) => {
                let refused = |reason: String| ConfigError::CaFile {
                    path: path.display().to_string(),
                    reason,
                };
                let pem = fs::read(path).map_err(|error| refused(error.to_string()))?;
                Trust::Only(CaBundle::parse(&pem).map_err(|error| refused(error.to_string()))?)
            }
            None if flags.insecure => Trust::Anyone,
            None => Trust::System,
        };
        let (ca_file, environment) = (flags.ca_file.clone(), environment.proxies.clone());
        Ok(Self { timeout, max_body: flags.max_body, proxy, trust, ca_file, environment })
    }

    /// What a client for the target is made of.
    pub fn client_options(&self, target: Target) -> ClientOptions {
        let usual = ClientOptions::new(target);
        ClientOptions {
            timeout: self.timeout,
            max_body: self.max_body.unwrap_or(usual.max_body),
            proxy: self.proxy.clone(),
            trust: self.trust.clone(),
            ..usual
        }
    }

    /// The target, with what leads curl there.
    pub(super) fn reached(&self, target: Target) -> Target {
        let options = self.client_options(target.clone());
        target.reached_with(curl_flags(&options, self.ca_file.as_deref(), &self.environment))
    }
}
