//! What answers look like, kept in `snapshots/`: a folder a target, a file a kind of request.
//!
//! A changed shape or code where some source decides is a red test, to be read with `cargo insta
//! review`. What changes of open matters, in `open/`, is a warning on stderr. The stub's snapshots
//! are committed; those of another target are recorded when they are first met.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fencepost::case::{Phase, Scenario};
use fencepost::run::{AnswerShapes, RunSettings, RunVerdict};
use fencepost::suite::Subject;

use crate::opponents::{HARMLESS, Opponent, TOKEN, Traits, faults};
use crate::runs::{inputs, koophone, plan, run, with_stub};

/// What stands above the text of a snapshot.
const HEAD: &str = "---\nsource: tests/integration/snapshots.rs\n---\n";

/// The snapshots of one target.
struct Folder {
    path: PathBuf,
    /// What isn't there yet is recorded, instead of being an error.
    records: bool,
    /// Files may be written.
    writes: bool,
}

impl Folder {
    fn of(subject: &Subject) -> Self {
        let name = if subject.is_stub() { "stub".to_owned() } else { file_safe(subject.name()) };
        let is_set = |name, value| std::env::var(name).is_ok_and(|held| held == value);
        let is_ci = std::env::var("CI").is_ok_and(|held| !["", "0", "false"].contains(&&*held));
        Self {
            path: Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots")).join(name),
            records: !subject.is_stub(),
            writes: !is_ci && !is_set("INSTA_UPDATE", "no"),
        }
    }

    /// Holds what was seen against what is kept.
    fn compare(&self, operation: &str, shapes: &AnswerShapes, redact: &Redact<'_>) -> Compared {
        let mut compared = Compared::default();
        let folder = self.path.join(file_safe(operation));
        let text = |kinds: &dyn ToString| redact(&kinds.to_string());
        let decided: BTreeMap<_, _> =
            shapes.decided.iter().map(|(name, kinds)| (name.as_str(), text(kinds))).collect();
        let mut open: BTreeMap<_, _> =
            shapes.open.iter().map(|(name, kinds)| (name.as_str(), text(kinds))).collect();
        open.insert("observations", redact(&shapes.observations_text()));
        for (folder, seen) in [(&folder, &decided), (&folder.join("open"), &open)] {
            for name in missing(folder, seen) {
                compared.warnings.push(format!("no such answer any more: {}", name.display()));
            }
        }
        for (name, text) in &open {
            self.watch(&folder.join("open").join(format!("{name}.snap")), text, &mut compared);
        }
        for (name, text) in &decided {
            self.hold(&folder, name, text, &mut compared);
        }
        compared
    }

    /// Notes where a matter that some source decides looks otherwise than it did.
    fn hold(&self, folder: &Path, name: &str, text: &str, compared: &mut Compared) {
        let file = folder.join(format!("{name}.snap"));
        if self.records && !file.exists() {
            return self.record(&file, text, compared);
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let assert = AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, text)));
        // All of them are compared, so that all can be reviewed at once.
        if catch_unwind(assert).is_err() {
            compared.different.push(name.to_owned());
        }
    }

    /// Warns where an open matter looks otherwise than it did.
    fn watch(&self, file: &Path, text: &str, compared: &mut Compared) {
        let Ok(held) = fs::read_to_string(file) else { return self.record(file, text, compared) };
        let held = content(&held);
        if held == text {
            return;
        }
        let mut lines = format!("open matters changed: {}", file.display());
        for (mark, of, than) in [("-", held, text), ("+", text, held)] {
            let new = of.lines().filter(|line| !than.lines().any(|other| other == *line));
            lines.extend(new.map(|line| format!("\n  {mark} {line}")));
        }
        compared.warnings.push(lines);
        if self.writes {
            // For `cargo insta review`.
            write(&file.with_extension("snap.new"), text);
        }
    }

    fn record(&self, file: &Path, text: &str, compared: &mut Compared) {
        if self.writes {
            write(file, text);
        } else {
            compared.not_stored += 1;
        }
    }
}

/// What a comparison came to.
#[derive(Debug, Default)]
struct Compared {
    /// Snapshots that differ and must not.
    different: Vec<String>,
    /// What else should be known.
    warnings: Vec<String>,
    /// Snapshots that were met for the first time where nothing is stored.
    not_stored: usize,
}

/// Takes secrets out of a text.
type Redact<'r> = dyn Fn(&str) -> String + 'r;

/// The name with only what every file system takes.
fn file_safe(name: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    let safe: String = name.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
    match safe.trim_start_matches('.') {
        "" => "unnamed".to_owned(),
        // The embedded stub's own.
        "stub" => "stub-target".to_owned(),
        safe => safe.to_owned(),
    }
}

/// The snapshots in `folder` that nothing was seen for.
fn missing(folder: &Path, seen: &BTreeMap<&str, String>) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_missing = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_suffix(".snap").is_some_and(|name| !seen.contains_key(name))
    };
    files.filter(is_missing).collect()
}

/// What stands below the head of a snapshot file.
fn content(file: &str) -> &str {
    let body = file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    body.map_or(file, |(_, body)| body).trim_end()
}

fn write(file: &Path, text: &str) {
    let folder = file.parent().expect("a file stands in a folder");
    fs::create_dir_all(folder).expect("the folder can be made");
    fs::write(file, format!("{HEAD}{text}\n")).expect("the snapshot can be written");
}

/// Says it even where the test passes.
fn warn(compared: &Compared, folder: &Folder) {
    let mut stderr = io::stderr().lock();
    for warning in &compared.warnings {
        let _ = writeln!(stderr, "warning: {warning}");
    }
    if compared.not_stored > 0 {
        let _ = writeln!(
            stderr,
            "warning: {} snapshots are not in {}, and nothing is stored here (CI or \
             INSTA_UPDATE=no): run the tests once without, and commit them",
            compared.not_stored,
            folder.path.display(),
        );
    }
}

#[test]
fn answers_look_as_they_did() {
    let mut subject = Subject::of_process("koophone").unwrap_or_else(|error| panic!("{error}"));
    subject.settings().inputs.phases = vec![Phase::Examples, Phase::Coverage];
    let folder = Folder::of(&subject);
    let tested = subject.run(&[], |_, _| ()).unwrap_or_else(|error| panic!("{error}"));
    if let Some(why) = tested.ended() {
        panic!("there is nothing to compare: {why}");
    }
    let redact = |text: &str| tested.redactor.redact(text).into_owned();
    let mut different = Vec::new();
    for operation in &tested.outcome.operations {
        let compared = folder.compare(&operation.id, &operation.shapes, &redact);
        warn(&compared, &folder);
        different.extend(compared.different);
    }
    let folder = folder.path.display();
    assert!(different.is_empty(), "{different:?} not as in {folder}: `cargo insta review`");
}

#[test]
fn two_seeds_see_the_same() {
    let (one, other) = (with_stub(&koophone(), 1), with_stub(&koophone(), 2));
    assert_eq!((one.verdict(), other.verdict()), (RunVerdict::Held, RunVerdict::Held));
    let (one, other) = (&one.operations[0].shapes, &other.operations[0].shapes);
    assert_eq!(one, other);
    let (decided, open) = (one.decided.len(), one.open.len());
    assert!(decided > 15 && open > 8, "only {decided} and {open} kinds of requests");
}

/// What a server of another make answers, seen with this seed.
fn shapes(traits: Traits, seed: u64) -> AnswerShapes {
    let opponent = Opponent::start(traits);
    let (contract, settings) = (koophone(), RunSettings::default());
    let mut inputs = inputs(&contract, TOKEN, seed);
    inputs.phases = vec![Phase::Examples, Phase::Coverage];
    let plan = plan(&contract, inputs, &settings);
    let outcome = run(&plan, opponent.uri(), &settings, Duration::from_secs(10));
    outcome.operations[0].shapes.clone()
}

#[test]
fn two_seeds_see_the_same_of_servers_of_another_make() {
    let names = [
        "entries in the reverse order",
        "only three instances exist, looked up first",
        "extra members and headers",
        "status values that change",
        "503 every third time",
    ];
    for name in names {
        let harmless = HARMLESS.iter().find(|harmless| harmless.name == name).expect(name);
        assert_eq!(shapes(harmless.traits, 1), shapes(harmless.traits, 2), "{name}");
    }
}

#[test]
fn what_contradicts_the_contract_is_not_recorded() {
    let of = |name: &str| {
        let fault = faults().find(|fault| fault.name == name).expect(name);
        shapes(fault.traits, 1)
    };
    let texts = |shapes: &AnswerShapes, scenario: Scenario| {
        shapes.decided.get(&scenario).map_or_else(String::new, ToString::to_string)
    };
    let long = Scenario::StringAboveMaxLength;
    assert_eq!(texts(&of("too long answered 9999"), long), "");
    assert_eq!(texts(&of("user_id of any length"), long).matches("200").count(), 0);
    let empty = of("empty body in refusals");
    assert_eq!(texts(&empty, Scenario::IncorrectType), "");
    assert!(texts(&empty, Scenario::Example).starts_with("200 application/json \"0\"\nobject"));
}

#[test]
fn another_target_is_recorded_once_and_compared_from_then_on() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snapshots-of-another");
    let _ = fs::remove_dir_all(&path);
    let outcome = with_stub(&koophone(), 3);
    let shapes = &outcome.operations[0].shapes;
    let compare = |writes| {
        let folder = Folder { path: path.clone(), records: true, writes };
        folder.compare("prepare", shapes, &str::to_owned)
    };
    let unstored = compare(false);
    assert!(unstored.not_stored > 30 && unstored.different.is_empty(), "{unstored:?}");
    assert!(!path.exists(), "something was stored");
    for _ in 0..2 {
        let compared = compare(true);
        assert!(compared.different.is_empty() && compared.warnings.is_empty(), "{compared:?}");
    }
    let kept = path.join("prepare/StringAboveMaxLength.snap");
    assert!(fs::read_to_string(&kept).expect("is kept").contains("400 application/json"));
    // What is open only warns.
    let open = path.join("prepare/open/observations.snap");
    write(&open, "body.instance_ids/minItems: something else");
    let compared = compare(true);
    assert!(compared.different.is_empty(), "{compared:?}");
    assert!(compared.warnings.concat().contains("- body.instance_ids/minItems: something else"));
    let new = fs::read_to_string(open.with_extension("snap.new")).expect("is kept for review");
    assert!(content(&new).contains("body.instance_ids/minItems: "), "{new}");
}

#[test]
fn a_target_s_name_becomes_a_folder() {
    for (name, folder) in [
        ("staging.example", "staging.example"),
        ("[::1]", "---1-"),
        ("../up", "-up"),
        ("stub", "stub-target"),
        ("", "unnamed"),
    ] {
        assert_eq!(file_safe(name), folder);
    }
}
