//! The body of an answer as it comes, piece by piece.

use bytes::{Bytes, BytesMut};

use crate::http::{NoAnswer, NoAnswerKind};

/// The pieces of a body. Most bodies come in one, which is kept without copying.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    first: Bytes,
    all: BytesMut,
    /// How many bytes are said to come.
    announced: usize,
}

impl Pieces {
    /// Nothing yet of a body that is said to have so many bytes.
    pub(super) fn of(announced: Option<u64>) -> Self {
        let announced = announced.and_then(|bytes| bytes.try_into().ok());
        Self { announced: announced.unwrap_or(0), ..Self::default() }
    }

    /// Adds a piece, unless the body is larger than `most` bytes with it.
    pub(super) fn add(&mut self, piece: Bytes, most: usize) -> Result<(), NoAnswer> {
        if self.first.len() + self.all.len() + piece.len() > most {
            let detail = format!("more than {most} bytes");
            return Err(NoAnswer { kind: NoAnswerKind::TooLarge, detail });
        }
        if self.first.is_empty() && self.all.is_empty() {
            self.first = piece;
        } else {
            if self.all.is_empty() {
                self.all.reserve(self.announced.min(most));
            }
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
            self.all.extend_from_slice(&piece);
        }
        Ok(())
    }

    /// The whole body.
    pub(super) fn whole(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Pieces;

    #[test]
    fn a_body_is_its_pieces_up_to_its_limit() {
        let mut pieces = Pieces::of(Some(u64::MAX));
        for piece in ["", "ab", "", "c"] {
            pieces.add(Bytes::from_static(piece.as_bytes()), 3).expect("fits");
        }
        assert!(pieces.add(Bytes::from_static(b"d"), 3).is_err());
        assert_eq!(pieces.whole(), "abc");
    }
}
