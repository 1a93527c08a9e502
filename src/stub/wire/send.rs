//! Answers on their way out, whole or not.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stub::answer::Reply;
use crate::stub::delivery::Delivery;
use crate::stub::incoming::Incoming;

/// No answer is withheld, or dripped, for longer than this.
const LONGEST: Duration = Duration::from_secs(30);

/// The time between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_secs(2);

/// How far a `Content-Length` is off.
const OFF: usize = 10;

/// The size of a chunk.
const CHUNK: usize = 16;

/// Puts an answer on the wire as its delivery says; whether the connection goes on.
pub(super) async fn send(
    socket: &mut TcpStream,
    request: &Incoming,
    reply: &Reply,
) -> io::Result<bool> {
    let (head, body) = written(request, reply);
    match reply.delivery {
        Delivery::Reset => {
            socket.set_zero_linger()?;
            return Ok(false);
        }
        Delivery::Hang => {
            wait_for_close(socket).await;
            return Ok(false);
        }
        // An answer without a body is cut in its head.
        Delivery::CutInHead | Delivery::CutInBody
            if reply.delivery == Delivery::CutInHead || body.is_empty() =>
        {
            socket.write_all(&head[..head.len() / 2]).await?;
            return Ok(false);
        }
        Delivery::CutInBody => {
            socket.write_all(&[&head, &body[..body.len() / 2]].concat()).await?;
            return Ok(false);
        }
        Delivery::Drip => {
            // An answer without a body drips its head.
            let dripped = if body.is_empty() {
                &head
            } else {
                socket.write_all(&head).await?;
                &body
            };
            let dripping = async {
                for byte in dripped {
                    socket.write_all(&[*byte]).await?;
                    tokio::time::sleep(DRIP).await;
                }
                Ok::<_, io::Error>(())
            };
            let _ = tokio::time::timeout(LONGEST, dripping).await;
            return Ok(false);
        }
        _ => socket.write_all(&[head, body].concat()).await?,
    }
    let asks_to_close =
        request.header("connection").is_some_and(|held| held.eq_ignore_ascii_case("close"));
    let keeps =
        matches!(reply.delivery, Delivery::Plain | Delivery::Chunked | Delivery::LengthTooSmall);
    Ok(keeps && !asks_to_close)
}

/// Waits until the client gives up, or for long enough.
async fn wait_for_close(socket: &mut TcpStream) {
    let mut ignored = [0];
    let _ = tokio::time::timeout(LONGEST, socket.read(&mut ignored)).await;
}

/// Head and body as they are meant to go on the wire.
fn written(request: &Incoming, reply: &Reply) -> (Vec<u8>, Vec<u8>) {
    let version = if reply.delivery == Delivery::UntilClose { "1.0" } else { "1.1" };
    let mut head = format!("HTTP/{version} {} Stub\r\n", reply.status);
    let mut body = reply.bytes();
    let mut header = |name: &str, value: &str| {
        // Writing to a string never fails.
        let _ = write!(head, "{name}: {value}\r\n");
    };
    if let Some((media_type, _)) = reply.body.as_ref().filter(|(name, _)| !name.is_empty()) {
        header("content-type", media_type);
    }
    for (name, value) in &reply.headers {
        header(name, value);
    }
    let length = body.len();
    match reply.delivery {
        Delivery::Chunked | Delivery::TruncatedChunk => {
            header("transfer-encoding", "chunked");
            body = chunked(&body, reply.delivery == Delivery::TruncatedChunk);
        }
        Delivery::UntilClose => {}
        Delivery::LengthTooLarge => header("content-length", &(length + OFF).to_string()),
        Delivery::LengthTooSmall => {
            header("content-length", &length.saturating_sub(OFF).to_string());
        }
        Delivery::Close => {
            header("connection", "close");
            header("content-length", &length.to_string());
        }
        _ => header("content-length", &length.to_string()),
    }
    head.push_str("\r\n");
    if request.method == "HEAD" {
        body.clear();
    }
    (head.into_bytes(), body)
}

fn chunked(bytes: &[u8], is_cut: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for chunk in bytes.chunks(CHUNK) {
        body.extend(format!("{:x}\r\n", chunk.len()).bytes());
        body.extend(chunk);
        body.extend(b"\r\n");
    }
    if is_cut {
        body.truncate(body.len() / 2);
    } else {
        body.extend(b"0\r\n\r\n");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::chunked;

    #[test]
    fn chunks_say_their_length_in_hexadecimal() {
        assert_eq!(chunked(&[b'a'; 17], false), b"10\r\naaaaaaaaaaaaaaaa\r\n1\r\na\r\n0\r\n\r\n");
        assert!(!chunked(&[b'a'; 17], true).ends_with(b"0\r\n\r\n"));
    }
}
