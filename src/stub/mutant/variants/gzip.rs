//! Bytes in gzip's wrapping (RFC 1952), stored as they are: any reader of gzip reads them.

/// The most bytes of a stored block (RFC 1951, 3.2.4).
const BLOCK: usize = 0xffff;

/// `bytes` as a gzip file without compression.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Magic, method "deflate", no flags, no time, no extra flags, unknown system.
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    if blocks.peek().is_none() {
        file.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    file.extend(crc32(bytes).to_le_bytes());
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    file.extend(size.to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            (crc >> 1) ^ carry
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{crc32, gzip};

    #[test]
    fn the_check_sum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn bytes_are_wrapped_in_stored_blocks() {
        let file = gzip(b"{}");
        assert_eq!(file[10..17], [1, 2, 0, 0xfd, 0xff, b'{', b'}']);
        assert_eq!(file[file.len() - 4..], [2, 0, 0, 0]);
        let long = vec![b' '; 70_000];
        assert_eq!(gzip(&long).len(), 10 + 70_000 + 2 * 5 + 8);
    }
}
