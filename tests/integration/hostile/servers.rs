//! What a server may do that no client should trust it not to.

/// A hostile server.
pub(crate) struct Hostile {
    pub(crate) name: &'static str,
    /// What it sends for a request; it is told the address of another host.
    pub(crate) first: fn(&str) -> Vec<u8>,
    /// What it does then.
    pub(crate) then: Then,
    /// What a finding about it says, where it is hostile to one kind of request alone; nothing
    /// where its answer is only a wrong one.
    pub(crate) says: &'static str,
}

/// What comes behind the first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The connection goes on.
    GoOn,
    Close,
    /// The same, without reading the request.
    CloseUnread,
    Reset,
    /// Nothing, ever.
    Hang,
    /// These bytes, as fast as they are read, without end.
    Repeat(&'static [u8]),
    /// These bytes, fifty times a second, without end.
    Drip(&'static [u8]),
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

const TIME: &str = "no answer in time";
const CLOSED: &str = "connection closed before an answer";
const CUT: &str = "connection closed within the answer";
const NOT_HTTP: &str = "answer is not HTTP";
const MISCODED: &str = "body not coded as its headers say";
const LARGE: &str = "answer over the size limit";

macro_rules! hostile {
    ($($name:literal, $first:expr, $then:expr, $says:expr;)+) => {
        &[$(Hostile { name: $name, first: $first, then: $then, says: $says }),+]
    };
}

pub(crate) const HOSTILE: &[Hostile] = hostile![
    "accepts and never answers", |_| Vec::new(), Then::Hang, TIME;
    "drips a byte", |_| b"H".to_vec(), Then::Drip(b"T"), TIME;
    "drips a header", |_| OK.into(), Then::Drip(b"X-A: 1\r\n"), TIME;
    "drips a body", |_| head("Content-Length: 100000000\r\n"), Then::Drip(b" "), TIME;
    "closes unread", |_| Vec::new(), Then::CloseUnread, CLOSED;
    "closes before headers", |_| Vec::new(), Then::Close, CLOSED;
    "closes within headers", |_| b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(), Then::Close, CUT;
    "closes within the body", |_| with("Content-Length: 9\r\n", b"{}"), Then::Close, CUT;
    "closes after the answer", |_| with("Content-Length: 2\r\n", b"{}"), Then::Close, "";
    "resets", |_| Vec::new(), Then::Reset, CLOSED;
    "Content-Length too large", |_| with("Content-Length: 99\r\n", b"{}"), Then::Hang, TIME;
    "Content-Length too small", |_| with("Content-Length: 1\r\n", b"{}"), Then::GoOn, "";
    "another answer behind it", |_| [with("Content-Length: 2\r\n", b"{}"), with("Content-Length: 2\r\n", b"{}")].concat(), Then::GoOn, NOT_HTTP;
    "Content-Length twice", |_| with("Content-Length: 1\r\nContent-Length: 2\r\n", b"{}"), Then::Close, NOT_HTTP;
    "Content-Length negative", |_| with("Content-Length: -1\r\n", b"{}"), Then::Close, NOT_HTTP;
    "Content-Length absurd", |_| with("Content-Length: 18446744073709551615\r\n", b"{}"), Then::Close, "";
    "bad chunks", |_| with(CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"), Then::Close, NOT_HTTP;
    "endless chunks", |_| head(CHUNKED), Then::Repeat(b"4\r\n    \r\n"), LARGE;
    "one endless chunk", |_| with(CHUNKED, b"ffffffffffff\r\n"), Then::Repeat(&[b' '; 4096]), LARGE;
    "two hundred headers", |_| with(&("X-A: 1\r\n".repeat(200) + "Content-Length: 2\r\n"), b"{}"), Then::GoOn, "";
    "endless headers", |_| OK.into(), Then::Repeat(b"X-A: 1\r\n"), NOT_HTTP;
    "one endless header", |_| format!("{OK}X-A: ").into(), Then::Repeat(&[b'a'; 4096]), NOT_HTTP;
    "endless body", |_| head(""), Then::Repeat(&[b' '; 4096]), LARGE;
    "gzip bomb", |_| encoded("gzip", &gzip()), Then::GoOn, LARGE;
    "deflate bomb", |_| encoded("deflate", &deflate()), Then::GoOn, LARGE;
    "brotli bomb", |_| encoded("br", &brotli()), Then::GoOn, LARGE;
    "broken gzip", |_| encoded("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03 no"), Then::GoOn, MISCODED;
    "broken brotli", |_| encoded("br", b"{}"), Then::GoOn, MISCODED;
    "endless 100 Continue",
    |_| Vec::new(),
    Then::Drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    TIME;
    "flood of 100 Continue", |_| Vec::new(), Then::Repeat(&CONTINUE), LARGE;
    "flood of 102 and 103", |_| Vec::new(), Then::Repeat(&HINTS), LARGE;
    "101 Switching Protocols", |_| b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n".to_vec(), Then::Hang, "";
    "redirects to itself", |_| redirect("/v1/instances/prepare"), Then::GoOn, "";
    "redirects to another host", |elsewhere| redirect(elsewhere), Then::GoOn, "";
    "deeply nested JSON", |_| { let depth = 200_000; let body = [vec![b'['; depth], vec![b']'; depth]].concat(); whole(&body) }, Then::GoOn, "";
    "status 999", |_| b"HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n".to_vec(), Then::GoOn, "";
    "status 99", |_| b"HTTP/1.1 99 \r\nContent-Length: 0\r\n\r\n".to_vec(), Then::Close, NOT_HTTP;
    "control bytes in headers", |_| with("X-A: \x01\x1b[31m\x07\r\nContent-Length: 2\r\n", b"{}"), Then::GoOn, NOT_HTTP;
    "terminal escapes in the body", |_| whole(b"{\"error_code\":\"\\u001b]0;owned\\u0007\",\"error_msg\":\"\x1b[2J\x1b[31m\"}"), Then::GoOn, "";
    "terminal escapes in the type", |_| with("Content-Type: text/\\x1b[31mred\r\nContent-Length: 2\r\n", b"{}"), Then::GoOn, "";
    "HTTP/2 SETTINGS and GOAWAY", |_| b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x02".to_vec(), Then::Close, NOT_HTTP;
    "HTTP/2 RST_STREAM", |_| b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08".to_vec(), Then::Hang, NOT_HTTP;
    "no HTTP at all", |_| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), Then::Hang, NOT_HTTP;
    "noise", |_| vec![0xa5; 20_000], Then::Close, NOT_HTTP;
];

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// Heads before the answer, as many as go out at once.
static CONTINUE: [u8; 25_000] = repeated(b"HTTP/1.1 100 Continue\r\n\r\n");
static HINTS: [u8; 25_200] = repeated(
    b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
);

/// A text again and again, as often as it fits.
const fn repeated<const LENGTH: usize>(text: &[u8]) -> [u8; LENGTH] {
    assert!(LENGTH.is_multiple_of(text.len()), "it fits a whole number of times");
    let mut all = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        all[at] = text[at % text.len()];
        at += 1;
    }
    all
}

/// What bombs come to.
const BURST: usize = 256 << 20;

fn head(headers: &str) -> Vec<u8> {
    format!("{OK}{headers}\r\n").into_bytes()
}

fn with(headers: &str, body: &[u8]) -> Vec<u8> {
    [&head(headers), body].concat()
}

fn whole(body: &[u8]) -> Vec<u8> {
    with(&format!("Content-Length: {}\r\n", body.len()), body)
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    with(&format!("Content-Encoding: {encoding}\r\nContent-Length: {}\r\n", body.len()), body)
}

fn redirect(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
        .into_bytes()
}

/// Writes blanks, many times what a limit allows.
fn burst(mut writer: impl std::io::Write) {
    let block = vec![b' '; 1 << 20];
    for _ in 0..BURST >> 20 {
        writer.write_all(&block).expect("memory");
    }
    writer.flush().expect("memory");
}

/// A compressed file is made once for all requests.
macro_rules! once {
    ($make:expr) => {{
        static MADE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        MADE.get_or_init(|| $make).clone()
    }};
}

fn gzip() -> Vec<u8> {
    once!({
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        burst(&mut encoder);
        encoder.finish().expect("memory")
    })
}

fn deflate() -> Vec<u8> {
    once!({
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        burst(&mut encoder);
        encoder.finish().expect("memory")
    })
}

fn brotli() -> Vec<u8> {
    once!({
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 22);
        burst(&mut encoder);
        encoder.into_inner()
    })
}
