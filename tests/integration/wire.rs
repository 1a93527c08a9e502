//! The client against real sockets that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fencepost::case::{HeaderCase, Request};
use fencepost::http::header::HeaderValue;
use fencepost::http::{Client, ClientOptions, Interaction, NoAnswerKind, Target};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::socket::{OK, block_on, client, listen, post, read_request};

/// What comes of a request when the server reads it, writes `answer`, and closes.
fn answered_with(answer: &'static [u8]) -> Interaction {
    block_on(async {
        let target = listen(move |mut stream, _| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(answer).await;
        })
        .await;
        client(target).send(&post(b"{}")).await
    })
}

fn kind(interaction: Interaction) -> NoAnswerKind {
    let failure = interaction.result.expect_err("no answer");
    assert!(!failure.detail.contains("127.0.0.1"), "{}", failure.detail);
    failure.kind
}

#[test]
fn a_whole_answer_is_kept_as_it_is() {
    let answer = answered_with(
        b"HTTP/1.1 200 OK\r\nX-B: 1\r\nContent-Type: Application/JSON; charset=utf-8\r\n\
          Content-Length: 3\r\nX-B: \xff\r\n\r\n\xff{}",
    )
    .result
    .expect("an answer");
    assert_eq!((answer.status, &answer.body[..]), (200, &b"\xff{}"[..]));
    assert_eq!(answer.media_type().as_deref(), Some("application/json"));
    let repeated = answer.headers.get_all("x-b").iter().map(HeaderValue::as_bytes);
    assert_eq!(repeated.collect::<Vec<_>>(), [&b"1"[..], b"\xff"]);
}

#[test]
fn a_port_that_nobody_listens_on_is_no_connection() {
    let interaction = block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        drop(listener);
        let target = Target::parse(&format!("http://{address}")).expect("a target");
        client(target).send(&post(b"{}")).await
    });
    assert_eq!(kind(interaction), NoAnswerKind::Connect);
}

#[test]
fn tls_with_a_server_that_speaks_none_is_no_connection() {
    let interaction = block_on(async {
        let plain = listen(|mut stream, _| async move {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        })
        .await;
        let target = plain.label().replace("http:", "https:").parse().expect("a target");
        client(target).send(&post(b"{}")).await
    });
    assert_eq!(kind(interaction), NoAnswerKind::Connect);
}

#[test]
fn a_connection_that_ends_before_an_answer_is_closed() {
    assert_eq!(kind(answered_with(b"")), NoAnswerKind::Closed);
    let within_the_head = kind(answered_with(b"HTTP/1.1 200 OK\r\nContent-Le"));
    assert_eq!(within_the_head, NoAnswerKind::Truncated);
    assert_eq!(kind(answered_with(b"HTTP/1.1 100 Continue\r\n\r\n")), NoAnswerKind::Closed);
}

#[test]
fn a_connection_that_closes_unread_is_closed() {
    let interaction = block_on(async {
        let target = listen(|stream, _| async move { drop(stream) }).await;
        client(target).send(&post(b"{}")).await
    });
    assert_eq!(kind(interaction), NoAnswerKind::Closed);
}

/// What comes of a request when the server resets the connection behind `answer`.
fn reset_after(answer: &'static [u8]) -> NoAnswerKind {
    kind(block_on(async {
        let target = listen(move |mut stream, _| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(answer).await;
            stream.set_zero_linger().expect("a socket option");
        })
        .await;
        client(target).send(&post(b"{}")).await
    }))
}

#[test]
fn a_reset_is_told_by_where_it_happens() {
    assert_eq!(reset_after(b""), NoAnswerKind::Closed);
    let cut = reset_after(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    // A reset may overtake the bytes before it.
    assert!(matches!(cut, NoAnswerKind::Truncated | NoAnswerKind::Closed), "{cut:?}");
}

#[test]
fn a_body_that_ends_too_early_is_truncated() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n\x1f\x8b\x08",
    ] {
        assert_eq!(
            kind(answered_with(answer)),
            NoAnswerKind::Truncated,
            "{}",
            answer.escape_ascii()
        );
    }
}

#[test]
fn what_is_not_http_is_malformed() {
    for answer in [
        &b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..],
        b"{\"error_code\":\"0\"}\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
    ] {
        assert_eq!(
            kind(answered_with(answer)),
            NoAnswerKind::Malformed,
            "{}",
            answer.escape_ascii()
        );
    }
}

#[test]
fn what_is_not_coded_as_said_is_http_all_the_same() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"[..],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
    ] {
        assert_eq!(kind(answered_with(answer)), NoAnswerKind::Miscoded);
    }
}

#[test]
fn a_status_is_a_number_and_nothing_more() {
    for (answer, status) in [
        (&b"HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n"[..], 999),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 102 \r\n\r\nHTTP/1.1 103 \r\n\r\nHTTP/1.1 400 \r\n\r\nx", 400),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a.example/\r\nContent-Length: 0\r\n\r\n", 302),
        (b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", 204),
    ] {
        let answer = answered_with(answer).result.expect("an answer");
        assert_eq!(answer.status, status);
    }
}

#[test]
fn gzip_is_decoded_by_any_of_its_names() {
    for name in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
        let mut answer =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nContent-Length: 22\r\n\r\n")
                .into_bytes();
        answer.extend(
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00",
        );
        let answer = answered_with(answer.leak());
        assert_eq!(&answer.result.expect("an answer").body[..], b"{}", "{name}");
    }
}

#[test]
fn a_user_agent_that_is_no_header_value_is_refused() {
    for target in ["http://127.0.0.1:1", "https://127.0.0.1:1"] {
        let target = Target::parse(target).expect("a target");
        let options = ClientOptions { user_agent: "a\nb".to_owned(), ..ClientOptions::new(target) };
        assert!(Client::new(options).is_err());
    }
}

#[test]
fn a_header_over_two_lines_is_taken() {
    let answer = answered_with(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!(answer.result.expect("an answer").header("x-a"), Some("1 2"));
}

#[test]
fn another_answer_behind_the_whole_one_is_malformed() {
    let twice = [OK, OK].concat().leak();
    assert_eq!(kind(answered_with(twice)), NoAnswerKind::Malformed);
    // Nor is it one to close an idle connection with 408, or to send line ends.
    for more in ["HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", "\r\n"] {
        let answer = answered_with([OK, more.as_bytes()].concat().leak());
        assert_eq!(answer.result.expect(more).status, 200);
    }
}

#[test]
fn more_of_a_body_than_its_headers_say_is_malformed() {
    let answer = answered_with([OK, b"}}"].concat().leak());
    let failure = answer.result.expect_err("is no whole answer");
    assert_eq!(failure.kind, NoAnswerKind::Malformed);
    assert_eq!(failure.detail, "more behind the whole answer than its headers say");
    // Where there is to be no content, many servers send some.
    let answer = answered_with(b"HTTP/1.1 204 No Content\r\n\r\n{}");
    assert_eq!(answer.result.expect("an answer").status, 204);
}

#[test]
fn a_connection_that_spells_headers_otherwise_is_not_held_beside_others() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, ever) = (Arc::clone(&open), Arc::clone(&most));
    let answering = move |mut stream: TcpStream, _| {
        let (open, most) = (Arc::clone(&open), Arc::clone(&most));
        async move {
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            while read_request(&mut stream).await.is_some() {
                let _ = stream.write_all(OK).await;
            }
            open.fetch_sub(1, Ordering::SeqCst);
        }
    };
    block_on(async {
        let client = client(listen(answering).await);
        let plain = post(b"{}");
        let lower = Request { header_case: HeaderCase::Lower, ..plain.clone() };
        for request in [&plain, &lower, &lower, &plain, &plain] {
            client.send(request).await.result.expect("an answer");
            // The server is to see what was closed.
            while now.load(Ordering::SeqCst) > usize::from(request.header_case == HeaderCase::Title)
            {
                tokio::task::yield_now().await;
            }
        }
    });
    assert!(ever.load(Ordering::SeqCst) <= 2, "one is closed as the other is opened");
}

#[test]
fn an_idle_connection_that_is_closed_with_408_is_never_a_failure() {
    let closing = |mut stream: TcpStream, number: usize| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(OK).await;
        // The second request finds what was sent before it came.
        if number == 0 && read_request(&mut stream).await.is_some() {
            let gone =
                b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(gone).await;
        }
    };
    block_on(async {
        let client = client(listen(closing).await);
        for _ in 0..2 {
            assert_eq!(client.send(&post(b"{}")).await.result.expect("an answer").status, 200);
        }
        assert_eq!(client.reconnects(), 1);
    });
}

#[test]
fn a_body_over_the_limit_is_given_up_early() {
    let interaction = block_on(async {
        let target = listen(|mut stream, _| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 1000]).await.is_ok() {}
        })
        .await;
        client(target).send(&post(b"{}")).await
    });
    assert!(interaction.elapsed < Duration::from_secs(5));
    assert_eq!(kind(interaction), NoAnswerKind::TooLarge);
}

/// What comes of a request to a server that does as it likes, with 200 ms of patience.
fn impatient<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> NoAnswerKind
where
    F: Future<Output = ()> + Send + 'static,
{
    let begun = Instant::now();
    let interaction = block_on(async {
        let mut options = ClientOptions::new(listen(serve).await);
        options.timeout = Duration::from_millis(200);
        Client::new(options).expect("a client").send(&post(b"{}")).await
    });
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(interaction.elapsed >= Duration::from_millis(200));
    kind(interaction)
}

async fn drip(mut stream: TcpStream, begin: &'static [u8], drop: &'static [u8]) {
    read_request(&mut stream).await;
    let mut next = begin;
    while stream.write_all(next).await.is_ok() {
        next = drop;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn silence_and_endless_answers_run_into_the_time_limit() {
    let silent = |mut stream: TcpStream, _| async move {
        while read_request(&mut stream).await.is_some() {}
    };
    assert_eq!(impatient(silent), NoAnswerKind::Timeout);
    let head: &[u8] = b"HTTP/1.1 200 OK\r\n";
    assert_eq!(impatient(move |s, _| drip(s, head, b"X-A: 1\r\n")), NoAnswerKind::Timeout);
    let body: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(impatient(move |s, _| drip(s, body, b"1\r\nx\r\n")), NoAnswerKind::Timeout);
    let again: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    assert_eq!(impatient(move |s, _| drip(s, again, again)), NoAnswerKind::Timeout);
}

/// A server that closes every connection after `answers` answers without saying so.
async fn closing_after(answers: usize, connections: Arc<AtomicUsize>) -> Target {
    listen(move |mut stream, _| {
        connections.fetch_add(1, Ordering::Relaxed);
        async move {
            for _ in 0..answers {
                if read_request(&mut stream).await.is_none() {
                    return;
                }
                let _ = stream.write_all(OK).await;
            }
        }
    })
    .await
}

#[test]
fn a_kept_connection_that_the_server_closed_is_never_a_failure() {
    for answers in [1, 2] {
        block_on(async {
            let client = Arc::new(client(closing_after(answers, Arc::default()).await));
            for _ in 0..200 {
                let answer = client.send(&post(b"{}")).await.result;
                assert_eq!(answer.expect("an answer").status, 200);
            }
            let workers: Vec<_> = (0..8)
                .map(|_| {
                    let client = Arc::clone(&client);
                    tokio::spawn(async move {
                        for _ in 0..25 {
                            client.send(&post(b"{}")).await.result.expect("an answer");
                        }
                    })
                })
                .collect();
            for worker in workers {
                worker.await.expect("answered");
            }
        });
    }
}

#[test]
fn a_request_swallowed_on_a_kept_connection_is_sent_once_more_and_counted() {
    let swallow = |mut stream: TcpStream, number: usize| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(OK).await;
        // The second request of the first connection is read, and gets no answer.
        if read_request(&mut stream).await.is_some() && number > 0 {
            let _ = stream.write_all(OK).await;
        }
    };
    block_on(async {
        let client = client(listen(swallow).await);
        for _ in 0..2 {
            client.send(&post(b"{}")).await.result.expect("an answer");
        }
        assert_eq!(client.reconnects(), 1);
    });
}

#[test]
fn a_server_that_drops_one_kind_of_request_is_found_on_kept_connections_too() {
    let picky = |mut stream: TcpStream, _| async move {
        while let Some(request) = read_request(&mut stream).await {
            if request.ends_with(b"bad") {
                return;
            }
            let _ = stream.write_all(OK).await;
        }
    };
    block_on(async {
        let client = client(listen(picky).await);
        client.send(&post(b"good")).await.result.expect("an answer");
        assert_eq!(kind(client.send(&post(b"bad")).await), NoAnswerKind::Closed);
        assert_eq!(client.reconnects(), 1);
        assert_eq!(kind(client.send(&post(b"bad")).await), NoAnswerKind::Closed);
        assert_eq!(client.reconnects(), 1, "the second found no kept connection");
    });
}

#[test]
fn connections_are_kept_by_send_and_new_for_send_fresh() {
    let connections = Arc::new(AtomicUsize::new(0));
    block_on(async {
        let client = client(closing_after(usize::MAX, Arc::clone(&connections)).await);
        for _ in 0..10 {
            client.send(&post(b"{}")).await.result.expect("an answer");
        }
        assert_eq!(connections.load(Ordering::Relaxed), 1);
        for _ in 0..3 {
            client.send_fresh(&post(b"{}")).await.result.expect("an answer");
        }
        assert_eq!(connections.load(Ordering::Relaxed), 4);
    });
}
