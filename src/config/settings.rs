//! All that a test does, decided before it starts.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{
    ConfigError, Environment, Header, NamedShard, WireSettings, common_seed, header, identifiers,
    names, random_seed,
};
use crate::case::{FieldValue, Phase};
use crate::cli::{ReportFlag, TestFlags};
use crate::contract::{Contract, Operation, Skipped, Strength};
use crate::generate::{Inputs, Shard};
use crate::http::{Proxy, Target};
use crate::redact::{Redactor, is_looked_for};
use crate::run::RunSettings;

/// The most requests that a run sends to another host, unless `--max-requests` says otherwise.
pub const MAX_REQUESTS_ELSEWHERE: u64 = 10_000;

/// The contract that is tested when none is named.
const DEFAULT_CONTRACT: &str = "koophone";

/// The longest wait for an answer of a target, and of the embedded stub.
const TIMEOUT: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(5)];

/// What a test does. Made by [`Settings::resolve`].
#[derive(Debug)]
pub struct Settings {
    /// The contract.
    pub contract: Contract,
    /// The operations to test.
    pub operations: Vec<Arc<Operation>>,
    /// Where to send; `None` is the embedded stub.
    pub target: Option<Target>,
    /// What reports call the target; `None` is its host.
    pub target_name: Option<String>,
    /// What the planned cases depend on.
    pub inputs: Inputs,
    /// How the run goes about its work.
    pub run: RunSettings,
    /// How requests get to the target.
    pub wire: WireSettings,
    /// The reports to write.
    pub reports: Vec<ReportFlag>,
    /// The part of the run to send, and who says so; all of it when `None`.
    pub shard: Option<NamedShard>,
    /// A variable that numbers this process, and the one that is missing beside it.
    pub lone_index: Option<[&'static str; 2]>,
    /// The user agreed to everything beforehand.
    pub is_agreed: bool,
}

impl Settings {
    /// The headers whose values are secrets too short to be hidden.
    pub fn shown_secrets(&self) -> impl Iterator<Item = &str> {
        let headers = self.inputs.headers.iter();
        let secrets = headers.filter(|(_, value)| matches!(value, FieldValue::Secret { .. }));
        secrets.filter(|(_, value)| !is_looked_for(value.wire())).map(|(name, _)| name.as_str())
    }

    /// Puts flags, environment and contract together; flags come before the environment.
    ///
    /// # Errors
    /// If the contract can't be loaded, a value makes no sense, or a name is none of the
    /// contract's.
    pub fn resolve(flags: &TestFlags, environment: &Environment) -> Result<Self, ConfigError> {
        let target = match (&flags.target, &environment.target) {
            (Some(target), _) => Some(target.clone()),
            (None, Some(text)) => Some(Target::parse(text).map_err(ConfigError::Target)?),
            (None, None) => None,
        };
        let mut contract = load_contract(flags.contract.as_deref())?;
        let given = header::given(environment.headers.as_deref(), &flags.headers)?;
        contract.operations.iter_mut().for_each(|operation| header::choose(&given, operation));
        names::operations(&contract, &flags.operation)?;
        let wanted = |id: &String| flags.operation.is_empty() || flags.operation.contains(id);
        let mut operations: Vec<Arc<Operation>> =
            contract.operations.iter().filter(|o| wanted(&o.id)).cloned().collect();
        if flags.wire.max_response_time.is_some() {
            operations.iter_mut().for_each(limit_latency);
        }
        names::rules(&operations, &flags.rule)?;
        for (flag, given) in [("--known", &flags.known), ("--unknown", &flags.unknown)] {
            names::identifiers(flag, &operations, given.iter().map(|(name, _)| name))?;
            identifiers::allowed(flag, &operations, given)?;
        }
        let is_elsewhere = target.as_ref().is_some_and(|target| !target.is_loopback());
        let shard = environment.shard.resolve(flags.shard)?;
        // Shards need a seed in common, and don't know of each other.
        let common = shard.map(|_| common_seed(&contract));
        let mut inputs = Inputs {
            seed: flags.seed.or(common).unwrap_or_else(random_seed),
            headers: header::headers(&given, &operations)?,
            cases: flags.cases.unwrap_or(Inputs::default().cases),
            credential_in_url: !is_elsewhere,
            only_refused: flags.only_refused,
            ..Inputs::default()
        };
        for (of, given) in
            [(&mut inputs.known, &flags.known), (&mut inputs.unknown, &flags.unknown)]
        {
            for (name, values) in given {
                of.entry(name.clone()).or_insert_with(Vec::new).extend(values.iter().cloned());
            }
        }
        if !flags.phase.is_empty() {
            inputs.phases.retain(|phase| flags.phase.contains(phase));
        }
        if inputs.cases == 0 && inputs.phases == [Phase::Fuzzing] {
            return Err(ConfigError::NoCases);
        }
        let timeout = flags.timeout.unwrap_or(TIMEOUT[usize::from(target.is_none())]);
        let wire = WireSettings::resolve(&flags.wire, environment, target.as_ref(), timeout)?;
        Ok(Self {
            run: run_settings(flags, is_elsewhere, shard.map(|named| named.shard))?,
            contract,
            operations,
            target: target.map(|target| wire.reached(target)),
            target_name: environment.target_name.clone(),
            inputs,
            wire,
            reports: reports(&flags.report)?,
            shard,
            lone_index: environment.shard.lone_index().filter(|_| flags.shard.is_none()),
            is_agreed: flags.yes,
        })
    }

    /// Operations of the contract that were asked for and can't be tested.
    pub fn left_out(&self) -> impl Iterator<Item = &Skipped> {
        let is_selected = self.operations.len() < self.contract.operations.len();
        self.contract.skipped.iter().filter(move |_| !is_selected)
    }

    /// Takes the credentials out of everything that is shown: those of headers, and the proxy's.
    pub fn redactor(&self) -> Redactor {
        let redactor = header::secrets(&self.inputs.headers);
        match self.wire.proxy.as_ref().and_then(Proxy::password) {
            Some(password) => redactor.and(&password, "$PROXY_PASSWORD"),
            None => redactor,
        }
    }

    /// Whether requests leave this machine.
    pub fn is_elsewhere(&self) -> bool {
        self.target.as_ref().is_some_and(|target| !target.is_loopback())
    }
}

/// Loads a built-in contract by its name, or one from a file; the default one when none is named.
///
/// # Errors
/// As for [`Contract::load`].
pub fn load_contract(named: Option<&str>) -> Result<Contract, ConfigError> {
    let named = named.unwrap_or(DEFAULT_CONTRACT);
    if let Some(contract) = Contract::builtin(named) {
        return Ok(contract);
    }
    let path = Path::new(named);
    if !path.exists() && Header::parse(named, "").is_ok_and(|header| !header.value.is_empty()) {
        return Err(ConfigError::HeaderForContract);
    }
    Contract::load(path).map_err(ConfigError::Contract)
}

fn run_settings(
    flags: &TestFlags,
    is_elsewhere: bool,
    shard: Option<Shard>,
) -> Result<RunSettings, ConfigError> {
    let usual = RunSettings::default();
    if flags.concurrency == Some(0) {
        return Err(ConfigError::Zero("--concurrency"));
    }
    if flags.max_requests == Some(0) {
        return Err(ConfigError::Zero("--max-requests"));
    }
    let mut checks = if flags.check.is_empty() { usual.checks } else { flags.check.clone() };
    checks.retain(|check| !flags.exclude_check.contains(check));
    if checks.is_empty() {
        return Err(ConfigError::NoCheck);
    }
    let max_requests = flags.max_requests.or(is_elsewhere.then_some(MAX_REQUESTS_ELSEWHERE));
    // What bounds the whole run is shared out.
    let shards = shard.map_or(1, |shard| u64::from(shard.of()));
    let rate = flags.wire.rate.map(|rate| rate.shared(shards));
    Ok(RunSettings {
        shard,
        concurrency: flags.concurrency.unwrap_or(usual.concurrency),
        rate,
        burst: flags.concurrency.unwrap_or(usual.burst),
        max_requests: max_requests.map(|most| most.div_ceil(shards)),
        max_time: flags.max_time.unwrap_or(usual.max_time),
        max_response_time: flags.wire.max_response_time,
        rules: flags.rule.clone(),
        checks,
        strict: flags.strict,
        ..RunSettings::default()
    })
}

/// Makes a must of the time that an answer takes.
fn limit_latency(operation: &mut Arc<Operation>) {
    let rules = &mut Arc::make_mut(operation).rules;
    for rule in rules.iter_mut().filter(|r| r.id.within_operation() == "response/latency") {
        rule.strength = Strength::Must;
    }
}

/// The reports, each with a place of its own that can be written to.
///
/// # Errors
/// If two go to the same place, or a place can't be written to.
pub fn reports(reports: &[ReportFlag]) -> Result<Vec<ReportFlag>, ConfigError> {
    for (index, report) in reports.iter().enumerate() {
        let place =
            report.path.as_ref().map_or("stdout".to_owned(), |path| path.display().to_string());
        if reports[..index].iter().any(|other| other.path == report.path) {
            return Err(ConfigError::SameReport(place));
        }
        let Some(path) = &report.path else { continue };
        let reason = if path.is_dir() {
            "it is a directory; name a file in it"
        } else if path.parent().is_some_and(|p| !p.as_os_str().is_empty() && !p.is_dir()) {
            "its directory doesn't exist; create it first"
        } else {
            continue;
        };
        return Err(ConfigError::ReportPlace { path: place, reason: reason.to_owned() });
    }
    Ok(reports.to_vec())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Environment, MAX_REQUESTS_ELSEWHERE, Settings};
    use crate::case::Phase;
    use crate::cli::{Cli, Command};
    use crate::config::ConfigError;

    fn resolve(line: &str, target: Option<&str>) -> Result<Settings, ConfigError> {
        let words = ["fencepost", "test"].into_iter().chain(line.split_whitespace());
        let cli = Cli::try_parse_from(words).expect(line);
        let Some(Command::Test(flags)) = cli.command else { panic!("{line}") };
        let target = target.map(str::to_owned);
        Settings::resolve(&flags, &Environment { target, ..Environment::default() })
    }

    #[test]
    fn a_flag_comes_before_the_environment() {
        let target = |line, environment| {
            resolve(line, environment).expect(line).target.map(|target| target.to_string())
        };
        let (here, there) = ("http://127.0.0.1:1", "https://a.example");
        assert_eq!(target("", None), None);
        assert_eq!(target("", Some(there)).as_deref(), Some(there));
        assert_eq!(target("--target http://127.0.0.1:1", Some(there)).as_deref(), Some(here));
        assert!(matches!(resolve("", Some("nonsense")), Err(ConfigError::Target(_))));
    }

    #[test]
    fn another_host_gets_fewer_requests_and_no_credential_in_its_url() {
        let there = resolve("--target https://a.example", None).expect("is complete");
        assert_eq!(there.run.max_requests, Some(MAX_REQUESTS_ELSEWHERE));
        assert!(there.is_elsewhere() && !there.inputs.credential_in_url);
        let here = resolve("--target http://localhost:1", None).expect("is complete");
        assert_eq!(here.run.max_requests, None);
        assert!(!here.is_elsewhere() && here.inputs.credential_in_url);
    }

    #[test]
    fn every_flag_finds_its_setting() {
        let line = "--phase coverage,examples --cases 7 --seed ff --concurrency 2 --max-requests 9 \
                    --max-time 3s --timeout 20ms --strict --only-refused --known instance_ids=a,b \
                    --known instance_ids=c --check leaks --check answered --exclude-check answered \
                    --rule body --yes --report json";
        let settings = resolve(line, None).expect("is complete");
        assert_eq!(settings.inputs.phases, [Phase::Examples, Phase::Coverage]);
        assert_eq!((settings.inputs.cases, settings.inputs.seed.0), (7, 255));
        assert_eq!((settings.run.concurrency, settings.run.max_requests), (2, Some(9)));
        assert_eq!((settings.run.max_time.as_secs(), settings.wire.timeout.as_millis()), (3, 20));
        assert!(settings.run.strict && settings.inputs.only_refused && settings.is_agreed);
        assert_eq!(settings.inputs.known["instance_ids"], ["a", "b", "c"]);
        assert_eq!(format!("{:?}", settings.run.checks), "[Leaks]");
        assert_eq!((settings.run.rules.len(), settings.reports.len()), (1, 1));
    }

    #[test]
    fn nonsense_is_refused() {
        for (line, word) in [
            ("--concurrency 0", "--concurrency"),
            ("--max-requests 0", "--max-requests"),
            ("--check leaks --exclude-check leaks", "--exclude-check"),
            ("--report json --report json", "stdout"),
            ("--report json:/nowhere/at/all.json", "directory"),
            ("--operation other", "prepare"),
            ("--known other=1", "instance_ids"),
            ("--phase fuzzing --cases 0", "--cases"),
            ("--rule body.user", "body.user_id"),
            ("no/such/file.yaml", "no such file"),
        ] {
            let error = resolve(line, None).expect_err(line).to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
