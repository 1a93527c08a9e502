//! Requests, read from a socket.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stub::incoming::Incoming;

/// A head or a body that is larger than this ends its connection.
const LARGEST: usize = 32 << 20;

/// Reads the requests of one connection.
#[derive(Default)]
pub(super) struct Receiver {
    waiting: Vec<u8>,
}

/// How a request's body ends.
enum Length {
    Bytes(usize),
    Chunks,
}

impl Receiver {
    /// The next request; `None` when the client closed the connection.
    pub(super) async fn request(&mut self, socket: &mut TcpStream) -> io::Result<Option<Incoming>> {
        let head_end = loop {
            if let Some(end) = find(&self.waiting, b"\r\n\r\n") {
                break end;
            }
            if !self.more(socket).await? {
                return Ok(None);
            }
        };
        let head: Vec<u8> = self.waiting.drain(..head_end + 4).collect();
        let mut request = read_head(&head[..head_end])?;
        let says = |name: &str, value: &str| {
            request.header(name).is_some_and(|held| held.eq_ignore_ascii_case(value))
        };
        let length = if says("transfer-encoding", "chunked") {
            Length::Chunks
        } else {
            let length = request.header("content-length");
            Length::Bytes(length.and_then(|held| held.trim().parse().ok()).unwrap_or(0))
        };
        if says("expect", "100-continue") {
            socket.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        request.body = match length {
            Length::Bytes(length) => {
                self.fill(socket, length).await?;
                self.waiting.drain(..length).collect()
            }
            Length::Chunks => self.chunks(socket).await?,
        };
        Ok(Some(request))
    }

    async fn chunks(&mut self, socket: &mut TcpStream) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line_end = loop {
                if let Some(end) = find(&self.waiting, b"\r\n") {
                    break end;
                }
                self.fill(socket, self.waiting.len() + 1).await?;
            };
            let line = String::from_utf8_lossy(&self.waiting[..line_end]).into_owned();
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
            let end = size.checked_add(line_end + 4).ok_or(io::ErrorKind::InvalidData)?;
            self.fill(socket, end).await?;
            body.extend_from_slice(&self.waiting[line_end + 2..end - 2]);
            self.waiting.drain(..end);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn fill(&mut self, socket: &mut TcpStream, length: usize) -> io::Result<()> {
        while self.waiting.len() < length {
            if !self.more(socket).await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    async fn more(&mut self, socket: &mut TcpStream) -> io::Result<bool> {
        if self.waiting.len() > LARGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(socket.read_buf(&mut self.waiting).await? > 0)
    }
}

/// The request line and the headers.
fn read_head(head: &[u8]) -> io::Result<Incoming> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let line = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut words = line.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let url = url::Url::parse("http://stub/").and_then(|base| base.join(target));
    let url = url.map_err(io::Error::other)?;
    let mut request = Incoming {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        ..Incoming::default()
    };
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = String::from_utf8_lossy(&line[..colon]).into_owned();
        request.headers.push((name.to_ascii_lowercase(), line[colon + 1..].trim_ascii().to_vec()));
        request.spelled.push(name);
    }
    Ok(request)
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::read_head;

    #[test]
    fn a_head_is_read_with_its_spelling() {
        let request =
            read_head(b"POST /a%20b?x=1 HTTP/1.1\r\nX-Key: s p \r\nhost:h").expect("reads");
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/a%20b"));
        assert_eq!(request.header("x-key").as_deref(), Some("s p"));
        assert_eq!(request.spelled, ["X-Key", "host"]);
        assert_eq!(request.query("x").collect::<Vec<_>>(), ["1"]);
    }
}
