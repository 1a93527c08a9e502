//! Connections in, answers out.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::receive::Receiver;
use super::send::send;
use crate::stub::behaviour::Behaviour;
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
            let most = service.behaviour().and_then(Behaviour::connections);
            let turns = most.map(|most| Arc::new(Semaphore::new(most)));
            while let Ok((socket, _)) = listener.accept().await {
                let (service, turns) = (Arc::clone(&service), turns.clone());
                open.spawn(async move {
                    let _turn = match turns {
                        Some(turns) => turns.acquire_owned().await.ok(),
                        None => None,
                    };
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
    let mut on_connection = 0;
    while let Some(request) = receiver.request(&mut socket).await? {
        on_connection += 1;
        // Under way until its answer is out.
        let arrival = service.arrive(&request, on_connection);
        pause(service.behaviour().map_or(Duration::ZERO, Behaviour::thinks)).await;
        let reply = service.answer_to(&request, arrival.as_ref());
        pause(reply.pause).await;
        if !send(&mut socket, &request, &reply).await? {
            break;
        }
    }
    Ok(())
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
