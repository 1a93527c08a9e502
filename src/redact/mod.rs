//! Secrets and terminal controls, kept out of every sink.
//!
//! ```
//! use fencepost::redact::{Redactor, printable};
//!
//! let redactor = Redactor::new([("s3cret-value".to_owned(), "$TOKEN".to_owned())]);
//! assert_eq!(redactor.redact("/x?t=s3cret%2Dvalue&u=1"), "/x?t=$TOKEN&u=1");
//! assert_eq!(printable("\u{1b}[31mred"), "\\u{1b}[31mred");
//! ```

mod base64;
mod printable;
mod redactor;
mod spelling;

pub(crate) use base64::{basic, cores as base64_cores};
pub use printable::printable;
pub(crate) use printable::printable_json;
pub use redactor::Redactor;
pub(crate) use redactor::is_looked_for;
