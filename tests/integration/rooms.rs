//! Which room may use which: the table of the design guide, held against the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with those that it may use directly; what these may use, it may use too.
const ROOMS: &[(&str, &[&str])] = &[
    ("contract", &[]),
    ("case", &["contract"]),
    ("generate", &["case"]),
    ("http", &["case"]),
    ("check", &["http"]),
    ("run", &["generate", "check", "replay"]),
    ("replay", &["case", "http", "check"]),
    ("report", &["run", "redact"]),
    ("stub", &["contract"]),
    ("audit", &["run", "stub", "report"]),
    ("koophone", &["contract", "generate", "case"]),
    ("import", &["contract"]),
    ("redact", &[]),
];

/// Rooms that may use every other.
const ANYTHING: &[&str] = &["config", "cli", "suite", "main", "lib"];

/// Every sink uses `redact`, which uses nothing.
const FOR_ALL: &str = "redact";

/// Names that one room alone may say, or a few.
const KEPT: &[(&str, &[&str])] = &[
    ("reqwest", &["http"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("tower", &["http"]),
    ("tower_http", &["http"]),
    ("wiremock", &["stub"]),
    ("println!", &["cli", "suite", "main"]),
    ("print!", &["cli", "suite", "main"]),
    ("eprintln!", &["cli", "suite", "main"]),
    ("eprint!", &["cli", "suite", "main"]),
];

/// A source file: its room, its path for messages, and its code.
struct Source {
    room: String,
    path: String,
    code: String,
}

#[test]
fn every_room_is_in_the_table() {
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    for source in sources() {
        let room = source.room.as_str();
        assert!(
            known.contains(room) || ANYTHING.contains(&room),
            "{}: no such room in the table",
            source.path
        );
    }
}

#[test]
fn a_room_uses_only_those_before_it() {
    let allowed = reach();
    let mut wrong = Vec::new();
    for Source { room, path, code } in sources() {
        if ANYTHING.contains(&room.as_str()) {
            continue;
        }
        for (line, used) in used_rooms(&code) {
            if used != room && used != FOR_ALL && !allowed[room.as_str()].contains(used.as_str()) {
                wrong.push(format!("{path}:{line}: {room} may not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_uses_another_that_uses_it() {
    for (room, used) in reach() {
        assert!(!used.contains(room), "{room} reaches itself");
    }
}

#[test]
fn what_belongs_to_one_room_is_named_in_no_other() {
    let mut wrong = Vec::new();
    for Source { room, path, code } in sources() {
        for (line, text) in code.lines().enumerate() {
            for (name, rooms) in KEPT {
                if says(text, name) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{path}:{}: {name} belongs to {}", line + 1, rooms[0]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let code = code_of(
        "use crate::{case::Case, http::{Target, Client}};\nuse crate::run;\n// crate::stub\n\
         let url = \"http://crate::report\"; crate::contract::Place::root();\n\
         pub(crate) fn f() {}\nuse crate::\n    check::Check;\n\
         #[cfg(test)]\nmod tests {\n    use crate::audit::X;\n    fn g() { print!(\"}\") }\n}\nuse crate::replay::Y;\n",
    );
    let used: Vec<String> = used_rooms(&code).into_iter().map(|(_, room)| room).collect();
    assert_eq!(used, ["case", "http", "run", "contract", "check", "replay"]);
    assert!(says("use reqwest::Url;", "reqwest") && !says("let my_reqwest = 1;", "reqwest"));
    assert!(says("    println!(\"x\")", "println!") && !says("    eprintln!(\"x\")", "println!"));
}

/// For each room, all that it may use, directly or not.
fn reach() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let direct: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    direct
        .keys()
        .map(|&room| {
            let mut found = BTreeSet::new();
            let mut open: Vec<&str> = direct[room].to_vec();
            while let Some(next) = open.pop() {
                if found.insert(next) {
                    open.extend(direct[next]);
                }
            }
            (room, found)
        })
        .collect()
}

/// Every source file of the package, without comments, strings and test modules. Files that are
/// test modules as a whole (`…_tests.rs`, `tests.rs`) are left out.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(!files.is_empty(), "no sources under {}", root.display());
    files
        .into_iter()
        .filter(|file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            !name.ends_with("_tests") && name != "tests"
        })
        .map(|file| {
            let inner = file.strip_prefix(&root).expect("below src");
            let first = inner.components().next().expect("a name").as_os_str().to_string_lossy();
            Source {
                room: first.trim_end_matches(".rs").to_owned(),
                path: format!("src/{}", inner.display()),
                code: code_of(&fs::read_to_string(&file).expect("a source file")),
            }
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The text with comments, the insides of strings and what stands under `#[cfg(test)]` blanked,
/// line by line as before.
fn code_of(text: &str) -> String {
    without_tests(&without_text(text))
}

fn without_text(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if next == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    code
}

/// The length of a string literal.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string literal, if the text begins with one.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = 1 + hashes + 1;
    text[begin..].find(&end).map(|at| begin + at + end.len())
}

/// Blanks every item under `#[cfg(test)]`, to the end of its block or to its semicolon.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let mut depth = 0;
        let length = item
            .char_indices()
            .find_map(|(at, character)| {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                (depth == 0 && matches!(character, '}' | ';')).then_some(at + 1)
            })
            .unwrap_or(item.len());
        kept.extend(item[..length].chars().filter(|&character| character == '\n'));
        rest = &item[length..];
    }
    kept.push_str(rest);
    kept
}

/// The rooms that the code names behind `crate::`, each with its line.
fn used_rooms(code: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let path = code[at + "crate::".len()..].trim_start();
        if let Some(group) = path.strip_prefix('{') {
            used.extend(members(group).into_iter().map(|name| (line, name)));
        } else {
            used.push((line, first_name(path)));
        }
    }
    // Names with a capital are items at the root, not rooms.
    used.retain(|(_, name)| name.starts_with(|c: char| c.is_ascii_lowercase()));
    used
}

/// The first names of the members of a `use` group, given what follows its brace.
fn members(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut begins = true;
    for (at, character) in group.char_indices() {
        match character {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if character.is_whitespace() => {}
            _ if begins && depth == 0 => {
                names.push(first_name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// Whether the code says this name, and not as a part of another.
fn says(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        !code[..at].ends_with(joins) && !code[at + name.len()..].starts_with(joins)
    })
}
