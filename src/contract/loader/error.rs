//! What can be wrong with a contract: where, what, and what to do about it.

use std::fmt;

use thiserror::Error;

/// A contract can't be loaded.
///
/// Shown as `file:line: pointer: what is wrong; what to do`, without the parts that are not known.
#[derive(Debug)]
pub struct LoadError {
    /// The file's path as given, or the name of a built-in contract.
    pub file: String,
    /// The line in the file, from 1.
    pub line: Option<u64>,
    /// The place in the document as a JSON pointer; empty for the whole document.
    pub pointer: String,
    /// What is wrong there.
    pub kind: Box<LoadErrorKind>,
}

impl LoadError {
    /// An error about the whole file.
    pub(super) fn of_file(file: &str, line: Option<u64>, kind: LoadErrorKind) -> Self {
        Self { file: file.to_owned(), line, pointer: String::new(), kind: Box::new(kind) }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, ": {}", self.pointer)?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

/// What is wrong with a contract.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// No such file.
    #[error(
        "there is no such file; give the path of an OpenAPI document, or the name of a built-in contract ({builtin})"
    )]
    Missing {
        /// The names of the built-in contracts.
        builtin: String,
    },
    /// A directory.
    #[error("this is a directory; give the path of the OpenAPI document in it")]
    Directory,
    /// The system refused to read the file.
    #[error("the file can't be read; check its permissions")]
    Unreadable(#[source] std::io::Error),
    /// Too many bytes.
    #[error(
        "the file has {bytes} bytes, and more than {limit} are not read; give one API's OpenAPI document"
    )]
    TooLarge {
        /// The file's size.
        bytes: u64,
        /// The largest size that is read.
        limit: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("byte {offset} is not UTF-8; save the document as UTF-8")]
    NotUtf8 {
        /// The first such byte, from 0.
        offset: usize,
    },
    /// Nothing in it.
    #[error("the file is empty; it must hold an OpenAPI document")]
    Empty,
    /// A web page.
    #[error(
        "this is an HTML page, not an OpenAPI document; download the document itself (its \"raw\" form), in YAML or JSON"
    )]
    Html,
    /// Neither YAML nor JSON.
    #[error("this can't be read as YAML or JSON: {message}; correct the text there")]
    Syntax {
        /// The parser's words.
        message: String,
    },
    /// YAML or JSON of another kind.
    #[error(
        "this is no OpenAPI document: it is {found} without `openapi: 3.x`; give an OpenAPI 3.0 or 3.1 document"
    )]
    NotOpenApi {
        /// What the whole is: `a list`, `an object with the members …`.
        found: String,
    },
    /// Swagger 2.0.
    #[error(
        "this is a Swagger {version} document; convert it to OpenAPI 3 first, for example with swagger2openapi"
    )]
    Swagger {
        /// The version it gives itself.
        version: String,
    },
    /// A version that is not read.
    #[error("OpenAPI {version} is not supported; use 3.0, 3.1 or 3.2")]
    Version {
        /// The version it gives itself.
        version: String,
    },
    /// A value of another kind than the standard asks for.
    #[error(
        "here must be {expected}, and there is {found}; see the OpenAPI specification on `{member}`"
    )]
    WrongType {
        /// What must be there.
        expected: &'static str,
        /// What is there.
        found: String,
        /// The member's name.
        member: String,
    },
    /// A member that must be there is not.
    #[error("the member `{member}` is missing; add it")]
    MissingMember {
        /// Its name.
        member: &'static str,
    },
    /// A value of the right kind that makes no sense.
    #[error("{message}")]
    Invalid {
        /// What is wrong, and what to do.
        message: String,
    },
    /// A reference that leads nowhere.
    #[error("the reference `{reference}` leads nowhere; correct it, or add what it names")]
    DanglingReference {
        /// The reference as written.
        reference: String,
    },
    /// A reference that leads back to itself.
    #[error(
        "the reference `{reference}` leads in a circle back to itself; let one of the circle say something"
    )]
    CircularReference {
        /// The reference as written.
        reference: String,
    },
    /// A reference into another document.
    #[error(
        "the reference `{reference}` leads to another document, and only references within the file (`#/…`) are followed; bundle the documents into one first, for example with `redocly bundle`"
    )]
    RemoteReference {
        /// The reference as written.
        reference: String,
    },
    /// One operation id twice.
    #[error("the operation id `{id}` is also that of {other}; give each operation its own")]
    DuplicateOperationId {
        /// The id.
        id: String,
        /// The JSON pointer of the operation that has it first.
        other: String,
    },
    /// `x-fencepost` says something that the extension has no room for.
    #[error("in `x-fencepost`: {message}")]
    Extension {
        /// What is wrong, and what to do.
        message: String,
    },
    /// `x-fencepost` names something that the document doesn't have.
    #[error("{what} `{name}` names nothing in this operation; {hint}")]
    UnknownName {
        /// What kind of name it is: `the place`, `the rule`.
        what: &'static str,
        /// The name.
        name: String,
        /// The nearest names there are, as a sentence.
        hint: String,
    },
    /// No operation is left.
    #[error("no operation of this document can be tested: {reasons}")]
    NothingToTest {
        /// The first reasons.
        reasons: String,
    },
}

impl LoadErrorKind {
    /// Whether `x-fencepost` is at fault: that is written for Fencepost, and never skipped.
    pub(super) fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Extension { .. } | Self::UnknownName { .. } | Self::DuplicateOperationId { .. }
        )
    }
}
