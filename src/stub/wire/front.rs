//! Connections in, answers out.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::receive::Receiver;
use super::send::send;
use crate::stub::service::Service;

/// A raw TCP front on the caller's runtime; it stops when it is dropped.
#[derive(Debug)]
pub(in crate::stub) struct Front {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Front {
    /// Serves on a socket that listens already.
    pub(in crate::stub) fn start(listener: TcpListener, service: Service) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let service = Arc::new(service);
        let accepting = tokio::spawn(async move {
            // Connections end with the set that holds them.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let service = Arc::clone(&service);
                open.spawn(async move {
                    // A client that goes away is its own affair.
                    let _ = serve(socket, &service).await;
                });
                while open.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, accepting })
    }

    /// Where it listens.
    pub(in crate::stub) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut socket: TcpStream, service: &Service) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut receiver = Receiver::default();
    while let Some(request) = receiver.request(&mut socket).await? {
        let reply = service.answer(&request);
        if !reply.pause.is_zero() {
            tokio::time::sleep(reply.pause).await;
        }
        if !send(&mut socket, &request, &reply).await? {
            break;
        }
    }
    Ok(())
}
