//! Flags as typed.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::WireFlags;
use crate::case::Phase;
use crate::check::CheckName;
use crate::generate::{Seed, Shard};
use crate::http::Target;

/// The most random cases for each operation: years of them.
const MOST_CASES: usize = 1_000_000_000;

const EXAMPLES: &str = "\
Examples:
  fencepost                                     test the built-in contract against the embedded stub
  fencepost test --target http://127.0.0.1:8700 test a server on this machine
  fencepost test koophone --target https://staging.example/prefix -H \"X-Auth-Token: $TOKEN\"
  fencepost test api.yaml --target $URL --report json:report.json
  fencepost stub --port 8700                    serve the contract, for trying things out
  fencepost audit                               show that the suite catches broken servers
  fencepost rules                               list what is tested, and where it is written

Exit codes:
  0 all selected musts held     1 a must is broken     2 usage, settings or contract
  3 inconclusive                4 audit: a mutant missed, or a harmless variant flagged
  70 a defect of Fencepost     130 interrupted";

const TEST_EXAMPLES: &str = "\
Examples:
  fencepost test
  fencepost test --target http://127.0.0.1:8700 -H 'X-Auth-Token: …' --known instance_ids=a1,b2
  fencepost test --target https://staging.example -H \"X-Auth-Token: $TOKEN\" --only-refused --yes
  fencepost test --rule body.user_id --phase coverage -v

Environment:
  FENCEPOST_TARGET       as --target
  FENCEPOST_HEADERS      headers, one a line; -H of the same name takes their place
  FENCEPOST_TARGET_NAME  what reports call the target, in place of its host
  HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY  as everywhere; never for this machine
  FENCEPOST_SHARD        as --shard; else CI_NODE_INDEX of CI_NODE_TOTAL, counted from 1, else
                         JOB_COMPLETION_INDEX of FENCEPOST_SHARD_TOTAL, counted from 0
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE  as everywhere";

const MERGE_EXAMPLES: &str = "\
Examples:
  fencepost test --shard 1/2 --seed 5eed --report ndjson:shard-1.ndjson    on one machine
  fencepost test --shard 2/2 --seed 5eed --report ndjson:shard-2.ndjson    on another
  fencepost merge shard-*.ndjson --report json:fencepost.json

The exit code is that of a run; 3 also where a shard is missing or was stopped, 2 where files are of
different runs.";

/// Holds an HTTP API against its contract: valid requests on both sides of every documented
/// boundary, requests that break exactly one rule, and a verdict for every rule.
///
/// Without a command it tests the built-in contract, against the embedded stub unless
/// `FENCEPOST_TARGET` names a server.
#[derive(Debug, Parser)]
#[command(name = "fencepost", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do; `test` when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Whether to use colours.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorFlag,
    /// Print findings and the summary only; no progress, no table.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every rule, and more on each finding.
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorFlag {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Test a server, or the embedded stub, and print a verdict for every rule.
    #[command(after_help = TEST_EXAMPLES)]
    Test(Box<TestFlags>),
    /// Join what the shards of a run reported into one outcome.
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeFlags),
    /// Serve a contract on loopback until Ctrl-C.
    Stub(StubFlags),
    /// Run the suite against mutants of a contract's stub, each of which breaks one promise, and
    /// against harmless variants of it.
    Audit(AuditFlags),
    /// List the rules of a contract: strength, basis and where each is written.
    Rules(RulesFlags),
}

/// The flags of `test`.
#[derive(Clone, Debug, Default, Args)]
pub struct TestFlags {
    /// A built-in contract's name, or the path of an OpenAPI document.
    #[arg(value_name = "CONTRACT")]
    pub contract: Option<String>,
    /// Where to send, with a prefix for every path if need be; without it an embedded stub is used.
    #[arg(long, value_name = "URL", help_heading = "Target")]
    pub target: Option<Target>,
    /// A header for every request; may be repeated. Values of credentials are never shown.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", help_heading = "Target")]
    pub headers: Vec<String>,
    /// Identifiers that exist on the server; may be repeated.
    #[arg(long, value_name = "NAME=A,B", value_parser = named_values, help_heading = "Target")]
    pub known: Vec<(String, Vec<String>)>,
    /// Identifiers that don't exist there; may be repeated.
    #[arg(long, value_name = "NAME=X", value_parser = named_values, help_heading = "Target")]
    pub unknown: Vec<(String, Vec<String>)>,
    /// Send without asking, also to a host that is not this machine.
    #[arg(long, help_heading = "Target")]
    pub yes: bool,

    /// The phases to run [default: all].
    #[arg(long, value_name = "PHASE", value_delimiter = ',', value_parser = phase)]
    #[arg(num_args = 1, help_heading = "Selection")]
    pub phase: Vec<Phase>,
    /// An operation to test, by its id; may be repeated [default: all].
    #[arg(long, value_name = "ID", help_heading = "Selection")]
    pub operation: Vec<String>,
    /// A rule to test, or the beginning of its name; may be repeated [default: all].
    #[arg(long, value_name = "ID", help_heading = "Selection")]
    pub rule: Vec<String>,
    /// A check to apply; may be repeated [default: all].
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    pub check: Vec<CheckName>,
    /// A check to leave out; may be repeated.
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    pub exclude_check: Vec<CheckName>,
    /// Send only what the contract says is refused, controls aside.
    #[arg(long, help_heading = "Selection")]
    pub only_refused: bool,
    /// Random cases per operation in the fuzzing phase [default: 100].
    #[arg(long, value_name = "N", value_parser = cases, help_heading = "Selection")]
    pub cases: Option<usize>,
    /// The seed of the random choices, as an earlier run printed it [default: random].
    #[arg(long, value_name = "HEX", help_heading = "Selection")]
    pub seed: Option<Seed>,

    /// The part of the run to send, such as 2/3; `merge` joins what all parts report [default: all].
    #[arg(long, value_name = "INDEX/TOTAL", help_heading = "Selection")]
    pub shard: Option<Shard>,

    /// Requests under way at once [default: 8].
    #[arg(long, value_name = "N", value_parser = number::<usize>, help_heading = "Limits")]
    pub concurrency: Option<usize>,
    /// The longest wait for one answer, such as 500ms or 2s [default: 10s; the stub's: 5s].
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Limits")]
    pub timeout: Option<Duration>,
    /// The most requests of the whole run [default: 10000 where the target is another host].
    #[arg(long, value_name = "N", value_parser = number::<u64>, help_heading = "Limits")]
    pub max_requests: Option<u64>,
    /// The longest time for the whole run [default: 10m].
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Limits")]
    pub max_time: Option<Duration>,
    /// The way to the target.
    #[command(flatten)]
    pub wire: WireFlags,

    /// Warnings fail the run too.
    #[arg(long, help_heading = "Output")]
    pub strict: bool,
    /// Write a report: json to stdout, json:PATH to a file, ndjson while the run goes on; may be
    /// repeated.
    #[arg(long, value_name = "FORMAT[:PATH]", action = ArgAction::Append, help_heading = "Output")]
    pub report: Vec<ReportFlag>,
}

/// The flags of `merge`.
#[derive(Clone, Debug, Args)]
pub struct MergeFlags {
    /// What each shard wrote with `--report ndjson:PATH`, in any order.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write a report of all shards: json or ndjson to stdout, json:PATH to a file; may be
    /// repeated.
    #[arg(long, value_name = "FORMAT[:PATH]", action = ArgAction::Append)]
    pub report: Vec<ReportFlag>,
}

/// The flags of `stub`.
#[derive(Clone, Debug, Args)]
pub struct StubFlags {
    /// A built-in contract's name, or the path of an OpenAPI document.
    #[arg(value_name = "CONTRACT")]
    pub contract: Option<String>,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// The token that it accepts [default: one made up for this stub].
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Only identifiers that the contract's examples name exist; otherwise every legal one does.
    #[arg(long)]
    pub known_only: bool,
    /// Break a promise on purpose, as `fencepost audit --list` names it.
    #[arg(long, value_name = "ID")]
    pub mutant: Option<String>,
}

/// The flags of `audit`.
#[derive(Clone, Debug, Default, Args)]
pub struct AuditFlags {
    /// A built-in contract's name, or the path of an OpenAPI document.
    #[arg(value_name = "CONTRACT")]
    pub contract: Option<String>,
    /// A mutant or variant to try, or the beginning of its name; may be repeated [default: all].
    #[arg(long, value_name = "ID")]
    pub mutant: Vec<String>,
    /// List the mutants and variants, and try none.
    #[arg(long)]
    pub list: bool,
    /// The seed of the random choices, as an earlier audit printed it [default: random].
    #[arg(long, value_name = "HEX")]
    pub seed: Option<Seed>,
    /// Trials at once [default: one for each core].
    #[arg(short, long, value_name = "N", value_parser = number::<usize>)]
    pub jobs: Option<usize>,
    /// Write a report: json to stdout, json:PATH to a file; may be repeated.
    #[arg(long, value_name = "FORMAT[:PATH]", action = ArgAction::Append)]
    pub report: Vec<ReportFlag>,
}

/// The flags of `rules`.
#[derive(Clone, Debug, Args)]
pub struct RulesFlags {
    /// A built-in contract's name, or the path of an OpenAPI document.
    #[arg(value_name = "CONTRACT")]
    pub contract: Option<String>,
}

/// A report to write: its format, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFlag {
    /// The format.
    pub format: ReportFormat,
    /// The file; `None` is stdout.
    pub path: Option<PathBuf>,
}

/// The formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// One JSON document, as `contracts/report.schema.json` describes it.
    Json,
    /// A JSON object a line while the run goes on, as `contracts/ndjson.schema.json` describes
    /// them.
    Ndjson,
}

impl FromStr for ReportFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) = match text.split_once(':') {
            Some((_, "")) => return Err("there is no path behind the colon".to_owned()),
            Some((format, path)) => (format, Some(PathBuf::from(path))),
            None => (text, None),
        };
        match format {
            "json" => Ok(Self { format: ReportFormat::Json, path }),
            "ndjson" => Ok(Self { format: ReportFormat::Ndjson, path }),
            other => {
                Err(format!("there is no report format `{other}`; the formats are json, ndjson"))
            }
        }
    }
}

fn phase(text: &str) -> Result<Phase, String> {
    match text.trim() {
        "examples" => Ok(Phase::Examples),
        "coverage" => Ok(Phase::Coverage),
        "fuzzing" => Ok(Phase::Fuzzing),
        "stateful" => Ok(Phase::Stateful),
        "" => Err("name at least one phase: examples, coverage, fuzzing, stateful".to_owned()),
        other => Err(format!(
            "there is no phase `{other}`; the phases are examples, coverage, fuzzing, stateful"
        )),
    }
}

fn named_values(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, values) = text
        .split_once('=')
        .ok_or("write NAME=VALUE, and several values with commas in between: NAME=A,B")?;
    let values: Vec<String> = values.split(',').map(str::to_owned).collect();
    if name.is_empty() || values.iter().any(String::is_empty) {
        return Err("a name or a value is empty; write NAME=VALUE,VALUE".to_owned());
    }
    Ok((name.to_owned(), values))
}

fn cases(text: &str) -> Result<usize, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(cases) if cases <= MOST_CASES => Ok(cases),
        _ if is_number => Err(format!("{MOST_CASES} is the most for each operation")),
        _ => Err(format!("write a whole number from 0 to {MOST_CASES}")),
    }
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "write a whole number, such as 4".to_owned())
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err("it must be longer than nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(_) => Err("write a number and a unit, such as 500ms, 2s or 10m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, Command, ReportFlag, ReportFormat, cases, duration, named_values, number};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_report_has_a_format_and_perhaps_a_path() {
        let json = |path: Option<&str>| {
            Ok(ReportFlag { format: ReportFormat::Json, path: path.map(Into::into) })
        };
        assert_eq!("json".parse(), json(None));
        assert_eq!("json:C:/x.json".parse(), json(Some("C:/x.json")));
        assert!("json:".parse::<ReportFlag>().is_err());
        assert!("xml".parse::<ReportFlag>().is_err_and(|error| error.contains("json")));
    }

    #[test]
    fn values_have_a_name() {
        let parsed = named_values("ids=a,b").expect("is well formed");
        assert_eq!(parsed, ("ids".to_owned(), vec!["a".to_owned(), "b".to_owned()]));
        for wrong in ["ids", "=a", "ids=", "ids=a,,b"] {
            assert!(named_values(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn cases_are_bounded() {
        assert_eq!((cases("0"), cases("1000000")), (Ok(0), Ok(1_000_000)));
        for wrong in ["1000000001", "99999999999", "99999999999999999999999"] {
            assert!(
                cases(wrong).is_err_and(|error| error.contains("1000000000 is the most")),
                "{wrong}"
            );
        }
        for wrong in ["", "-1", "many"] {
            assert!(cases(wrong).is_err_and(|error| error.contains("from 0 to")), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        assert_eq!(number("8"), Ok(8_usize));
        for wrong in ["", "-1", "1.5", "many", "99999999999999999999999"] {
            assert!(number::<u64>(wrong).is_err_and(|error| error.contains("whole")), "{wrong}");
        }
    }

    #[test]
    fn durations_have_a_unit_and_a_length() {
        assert_eq!(duration("500ms").map(|time| time.as_millis()), Ok(500));
        for wrong in ["", "5", "0s", "-1s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn flags_of_all_commands_stand_anywhere() {
        let cli = Cli::try_parse_from(["fencepost", "rules", "-v", "--color", "never"]);
        let cli = cli.expect("is well formed");
        assert!(cli.verbose && matches!(cli.command, Some(Command::Rules(_))));
    }
}
