//! The HTTP library without us: what is left of the ceiling for anybody who uses it.

use std::time::Instant;

use futures_util::{StreamExt as _, stream};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::run::{Measured, cpu_time};
use crate::server::TOKEN;

/// Connections, as many as a run has at the usual settings.
const CONNECTIONS: usize = 8;

/// Sends one body so often, and reads the answers to nowhere.
pub(crate) fn run(uri: &str, body: &str, requests: u64) -> Measured {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let client = reqwest::Client::builder().http1_only().no_proxy().tls_certs_only([]).build();
    let (runtime, client) = (runtime.expect("starts"), client.expect("a client"));
    let url: reqwest::Url = format!("{uri}/v1/instances/prepare").parse().expect("is a URL");
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("x-auth-token", HeaderValue::from_static(TOKEN));
    let send = || async {
        let request = client.post(url.clone()).headers(headers.clone()).body(body.clone());
        let answer = request.send().await.expect("is answered");
        assert_eq!(answer.status(), 200);
        answer.bytes().await.expect("has a body").len()
    };
    let (begun, cpu) = (Instant::now(), cpu_time());
    let all = stream::iter(0..requests).map(|_| send()).buffer_unordered(CONNECTIONS);
    runtime.block_on(all.for_each(|_| std::future::ready(())));
    Measured { requests, wall: begun.elapsed(), cpu: cpu_time().saturating_sub(cpu) }
}
