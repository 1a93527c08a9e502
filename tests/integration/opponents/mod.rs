//! Servers of another make: the KooPhone operation by hand, on sockets by hand.
//!
//! They share nothing with the stub: no wiremock, no `jsonschema`, no contract. [`faults`]
//! break one promise each, [`HARMLESS`] differ only in what the page leaves open, and
//! [`INCONCLUSIVE`] let nothing be shown.

mod faults;
mod harmless;
mod inconclusive;
mod koophone;
mod proof;
mod server;
mod traits;
mod wire;

use std::sync::Arc;

pub(crate) use faults::{Fault, WARNINGS, faults};
pub(crate) use harmless::{HARMLESS, Harmless};
pub(crate) use inconclusive::{INCONCLUSIVE, TURN};
pub(crate) use server::{Accepts, Seen, Server};
pub(crate) use traits::{TOKEN, Traits, gateway};
pub(crate) use wire::{Delivery, Reply};

/// A running opponent; it stops when it is dropped.
pub(crate) struct Opponent {
    server: Server,
}

impl Opponent {
    /// Starts one on a free loopback port, on a thread of its own.
    pub(crate) fn start(traits: Traits) -> Self {
        let handler = Arc::new(move |seen: &Seen| koophone::answer(&traits, seen));
        Self { server: Server::start(handler, traits.accepts) }
    }

    /// The same, where `change` has the last word on what its service answers.
    pub(crate) fn start_with(
        traits: Traits,
        change: impl Fn(&Seen, &mut Reply) + Send + Sync + 'static,
    ) -> Self {
        let handler = Arc::new(move |seen: &Seen| {
            let mut reply = koophone::answer(&traits, seen);
            change(seen, &mut reply);
            reply
        });
        Self { server: Server::start(handler, traits.accepts) }
    }

    /// Where it listens: `http://127.0.0.1:40123`.
    pub(crate) fn uri(&self) -> &str {
        &self.server.uri
    }

    /// Everything that was asked so far, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.server.requests()
    }

    /// Stops listening and closes every connection.
    pub(crate) fn stop(&mut self) {
        self.server.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::{HARMLESS, Opponent, TOKEN, Traits};

    const BODY: &str = r#"{"user_id":"me","instance_ids":["a"]}"#;

    #[test]
    fn requests_are_recorded_as_they_were_sent() {
        let mut opponent = Opponent::start(Traits::FAITHFUL);
        let address = opponent.uri().trim_start_matches("http://").to_owned();
        let mut socket = TcpStream::connect(&address).expect("listens");
        let head = format!("POST /v1/instances/prepare?x=1 HTTP/1.1\r\nx-AUTH-token:{TOKEN}\r\n");
        let (first, second) = BODY.split_at(9);
        let chunked = format!(
            "Transfer-Encoding: chunked\r\n\r\n9\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
            second.len()
        );
        let whole = format!("Connection: close\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
        // Two requests on one connection: in chunks, then with a length.
        socket.write_all(format!("{head}{chunked}{head}{whole}").as_bytes()).expect("is sent");
        let mut answers = String::new();
        socket.read_to_string(&mut answers).expect("closes behind the second answer");
        assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
        assert_eq!(answers.matches(r#""instance_id":"a""#).count(), 2, "{answers}");

        let requests = opponent.requests();
        let positions: Vec<_> =
            requests.iter().map(|seen| (seen.number, seen.on_connection, seen.repeats)).collect();
        assert_eq!(positions, [(1, 1, 0), (2, 2, 1)]);
        for seen in &requests {
            assert_eq!((seen.text().as_str(), seen.query.as_str()), (BODY, "x=1"));
            assert_eq!(seen.headers[0], ("x-AUTH-token".to_owned(), TOKEN.to_owned()));
        }
        opponent.stop();
        assert!(TcpStream::connect(&address).is_err(), "still listens");
    }

    #[tokio::test]
    async fn a_client_that_reads_gzip_gets_it() {
        let gzip = HARMLESS.iter().find(|harmless| harmless.name == "gzip").expect("is there");
        let opponent = Opponent::start(gzip.traits);
        // The provider may already be installed by another test.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.post(format!("{}/v1/instances/prepare", opponent.uri()));
        let request = request.header("X-Auth-Token", TOKEN).header("Accept-Encoding", "gzip");
        let answer = request.body(BODY).send().await.expect("an answer");
        let coded = answer.bytes().await.expect("a body");
        let mut text = String::new();
        let read = flate2::read::GzDecoder::new(&coded[..]).read_to_string(&mut text);
        assert!(read.is_ok(), "{coded:?}");
        assert!(text.contains(r#""instance_id":"a""#), "{text}");
        assert!(opponent.requests()[0].header("accept-encoding").is_some());
    }
}
