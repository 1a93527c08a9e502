//! What kind of request a case is: phase, mode and label.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The part of a run that a case belongs to, in the order of running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The requests that the document shows.
    Examples,
    /// The finite set of boundaries, types, spellings and credentials.
    Coverage,
    /// Random requests, valid ones and violations.
    Fuzzing,
    /// Long runs, repetitions, orders and bursts of requests.
    Stateful,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Examples => "examples",
            Self::Coverage => "coverage",
            Self::Fuzzing => "fuzzing",
            Self::Stateful => "stateful",
        })
    }
}

/// Whether a case keeps the contract or breaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GenerationMode {
    /// The request keeps every rule.
    Positive,
    /// The request breaks exactly one rule, or one that nobody has decided.
    Negative,
}

macro_rules! scenarios {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The label of a case: what was done to a plain valid request to make it.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Scenario { $($(#[doc = $doc])+ $name,)+ }

        impl Scenario {
            /// Every label.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The label as reports show it: `StringAboveMaxLength`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

scenarios! {
    /// A request that the document shows.
    Example,
    /// A plain valid request, sent before and after each block of cases.
    Control,
    /// A valid request drawn from the whole legal space.
    ValidRequest,
    /// A string whose length is legal: at a limit, beside it, or far from it.
    StringWithinLengthLimits,
    /// A string of more characters than `maxLength` allows.
    StringAboveMaxLength,
    /// A string of fewer characters than `minLength` asks for.
    StringBelowMinLength,
    /// An empty string where no minimum is documented.
    EmptyString,
    /// A string that `pattern` or `format` refuses.
    StringOutsidePattern,
    /// A legal string of letters and digits.
    PlainCharacters,
    /// A legal string of printable characters beyond letters and digits.
    PrintableCharacters,
    /// A string with control characters.
    ControlCharacters,
    /// A list whose size is legal.
    ArrayWithinItemsLimits,
    /// A list of more entries than `maxItems` allows.
    ArrayAboveMaxItems,
    /// A list of fewer entries than `minItems` asks for.
    ArrayBelowMinItems,
    /// An empty list where no minimum is documented.
    EmptyArray,
    /// A legal list with equal entries.
    DuplicateItems,
    /// A list with equal entries where `uniqueItems` forbids them.
    NonUniqueItems,
    /// A number that is legal, at a limit or beside it.
    NumberWithinLimits,
    /// A number above `maximum` or `exclusiveMaximum`.
    NumberAboveMaximum,
    /// A number below `minimum` or `exclusiveMinimum`.
    NumberBelowMinimum,
    /// A number that is no multiple of `multipleOf`.
    NumberNotMultipleOf,
    /// A documented value of an `enum`.
    EnumValue,
    /// A value outside an `enum` or `const`.
    ValueOutsideEnum,
    /// A value of another JSON type than `type` names, `null` among them.
    IncorrectType,
    /// An object without one of its required members.
    ObjectMissingRequiredProperty,
    /// An object without one of its optional members.
    ObjectWithoutOptionalProperty,
    /// An object with a member that the document doesn't name.
    UnexpectedProperty,
    /// A request without a required parameter.
    MissingParameter,
    /// A request without a body where one is required.
    MissingBody,
    /// A body that is not JSON.
    MalformedJson,
    /// A complete JSON value followed by more bytes.
    TrailingBytes,
    /// A body that is not UTF-8.
    InvalidUtf8,
    /// A body that begins with a byte-order mark.
    ByteOrderMark,
    /// A body nested very deeply.
    DeepNesting,
    /// A number that no usual number type holds.
    HugeNumber,
    /// An escaped half of a surrogate pair.
    LoneSurrogate,
    /// A body far larger than any legal one.
    LargeBody,
    /// An object with one member twice.
    DuplicateMember,
    /// The same JSON value, spelled in another legal way.
    LegalSpelling,
    /// A request header that the document doesn't name.
    UnknownHeader,
    /// Header names in another case.
    HeaderNameCase,
    /// A media type other than the documented one, or none.
    UndocumentedMediaType,
    /// No credential.
    MissingCredential,
    /// An empty credential.
    EmptyCredential,
    /// A credential of blanks.
    BlankCredential,
    /// A credential that was never issued.
    WrongCredential,
    /// The right credential with the case of its letters swapped.
    CredentialCaseSwapped,
    /// One half of the right credential.
    CredentialCut,
    /// The right credential with something behind it.
    CredentialAppended,
    /// The right credential, carried elsewhere.
    CredentialElsewhere,
    /// A method that the document doesn't describe on this path.
    UnsupportedMethod,
    /// A path that the document doesn't describe.
    UnknownPath,
    /// A legal identifier that doesn't exist.
    UnknownIdentifier,
    /// A list of identifiers that exist and one that doesn't.
    MixedIdentifiers,
}

impl Scenario {
    /// Whether the label speaks of who is calling.
    pub fn is_credential(self) -> bool {
        matches!(
            self,
            Self::MissingCredential
                | Self::EmptyCredential
                | Self::BlankCredential
                | Self::WrongCredential
                | Self::CredentialCaseSwapped
                | Self::CredentialCut
                | Self::CredentialAppended
                | Self::CredentialElsewhere
        )
    }

    /// Whether the request goes where the document describes nothing: another method or path.
    pub fn is_elsewhere(self) -> bool {
        matches!(self, Self::UnsupportedMethod | Self::UnknownPath)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
