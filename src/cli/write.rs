//! Reports on their way to a file: whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::terminal::Terminal;

/// Other names that are tried when a temporary one is taken.
const TRIES: u32 = 8;

/// Hands a report over: to the file of this name, or to stdout without one. The error says where
/// it couldn't be written.
pub(super) fn deliver(path: Option<&Path>, bytes: &[u8]) -> Result<(), String> {
    match path {
        None => Terminal::hand_over(bytes)
            .map_err(|error| format!("the report can't be written to stdout: {error}")),
        Some(path) => write(path, bytes)
            .map_err(|error| format!("the report {} can't be written: {error}", path.display())),
    }
}

/// A pipe that a report will go to, if it is one: held open from the start, as to open one that nobody
/// reads takes for ever.
pub(super) struct Pipe {
    #[cfg(unix)]
    _sender: tokio::net::unix::pipe::Sender,
}

impl Pipe {
    /// Holds what has this name, where it is a pipe. The error says that nobody reads from it.
    #[cfg(unix)]
    pub(super) fn hold(path: &Path) -> Result<Option<Self>, String> {
        use std::os::unix::fs::FileTypeExt as _;
        if !fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo()) {
            return Ok(None);
        }
        let sender = tokio::net::unix::pipe::OpenOptions::new().open_sender(path);
        sender.map(|sender| Some(Self { _sender: sender })).map_err(|error| {
            let path = path.display();
            format!("nobody reads from the pipe {path}: {error}. Start what reads from it first")
        })
    }

    /// Other systems have no pipes among their files.
    #[cfg(not(unix))]
    pub(super) fn hold(_: &Path) -> Result<Option<Self>, String> {
        Ok(None)
    }
}

/// Puts the bytes into a file of this name, replacing what was there; half a file is never seen.
///
/// What is no plain file (a pipe, `/dev/stderr`) is written to as it is.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let (temporary, mut file) = beside(path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The error that is reported is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A new file in the same directory, since renaming works within one file system only.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut taken = None;
    for number in 0..TRIES {
        let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        let temporary = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::write;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let directory =
            std::env::temp_dir().join(format!("fencepost-write-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        let path = directory.join("report.json");
        for text in ["first, and longer", "second"] {
            write(&path, text.as_bytes()).expect("is written");
            assert_eq!(fs::read_to_string(&path).expect("is there"), text);
        }
        let names = fs::read_dir(&directory).expect("is there").count();
        fs::remove_dir_all(&directory).expect("is ours");
        assert_eq!(names, 1);
    }
}
