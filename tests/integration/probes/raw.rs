//! One request on one connection, with nothing between the test and the bytes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`, or nothing.
    pub(crate) content_type: String,
    /// The body after chunks were joined.
    pub(crate) body: Vec<u8>,
}

/// Sends `bytes` and reads until the server closes; an error says what is wrong with the framing.
pub(crate) fn exchange(uri: &str, bytes: &[u8]) -> Result<Answer, String> {
    let address = uri.strip_prefix("http://").expect("an HTTP address");
    let mut socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
    socket.set_read_timeout(Some(Duration::from_millis(1500))).expect("a limit above nought");
    socket.write_all(bytes).map_err(|error| error.to_string())?;
    let mut received = Vec::new();
    socket.read_to_end(&mut received).map_err(|error| format!("no whole answer: {error}"))?;
    parse(&received)
}

fn parse(received: &[u8]) -> Result<Answer, String> {
    let head_end = received.windows(4).position(|window| window == b"\r\n\r\n");
    let head_end = head_end.ok_or("no whole head")?;
    let head = String::from_utf8_lossy(&received[..head_end]).into_owned();
    let body = &received[head_end + 4..];
    let header = |name: &str| {
        head.lines().skip(1).find_map(|line| {
            let (its_name, value) = line.split_once(':')?;
            its_name.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or("no status")?;
    if (102..200).contains(&status) || status == 100 {
        // An interim answer: the one that counts comes behind it.
        return parse(body);
    }
    let body = if header("transfer-encoding").is_some() {
        joined(body)?
    } else if let Some(length) = header("content-length") {
        let length: usize = length.parse().map_err(|_| "a length that is no number")?;
        if length != body.len() {
            return Err(format!("{} bytes where {length} were announced", body.len()));
        }
        body.to_vec()
    } else {
        body.to_vec()
    };
    Ok(Answer { status, content_type: header("content-type").unwrap_or_default(), body })
}

fn joined(mut chunks: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let line = chunks.windows(2).position(|window| window == b"\r\n").ok_or("no chunk")?;
        let size = String::from_utf8_lossy(&chunks[..line]).into_owned();
        let size = usize::from_str_radix(&size, 16).map_err(|error| error.to_string())?;
        let data = chunks.get(line + 2..line + 2 + size).ok_or("a chunk is cut")?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(data);
        chunks = &chunks[line + 4 + size..];
    }
}
