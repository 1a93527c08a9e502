//! The ways of an answer onto the wire.

/// How an answer travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Delivery {
    /// As HTTP libraries do it: with its length, on a connection that stays.
    #[default]
    Plain,
    /// In small chunks.
    Chunked,
    /// With `Connection: close`, and closed.
    Close,
    /// Closed behind the answer, without a word.
    SilentClose,
    /// HTTP/1.0: the end of the connection is the end of the body.
    UntilClose,
    /// The connection is reset in place of an answer.
    Reset,
    /// The connection ends within the head.
    CutInHead,
    /// The connection ends within the body.
    CutInBody,
    /// No answer, on a connection that stays.
    Hang,
    /// The body comes a byte at a time, and never ends in time.
    Drip,
    /// `Content-Length` is larger than the body, and the connection ends.
    LengthTooLarge,
    /// `Content-Length` is smaller than the body.
    LengthTooSmall,
    /// The connection ends within a chunk.
    TruncatedChunk,
}
