//! A server whose answers do not end.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is sent before a connection notices that nothing is read any more: the buffers on both sides.
pub const BUFFERED_MAX: usize = 16 * 1024 * 1024;

/// Answers every request with a beginning, and then sends a piece again and again.
pub struct Endless {
    base_url: String,
    sent: watch::Sender<usize>,
    server: JoinHandle<()>,
}

impl Endless {
    /// A server that sends these bytes, to be read as HTTP by the client.
    pub async fn start(beginning: impl Into<Vec<u8>>, piece: impl Into<Vec<u8>>) -> Self {
        let (beginning, piece) = (Arc::new(beginning.into()), Arc::new(piece.into()));
        let (sent, _) = watch::channel(0);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let counter = sent.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (beginning, piece) = (beginning.clone(), piece.clone());
                tokio::spawn(answer(stream, beginning, piece, counter.clone()));
            }
        });
        Self { base_url, sent, server }
    }

    /// A chunked body of JSON that begins like this and goes on for ever.
    pub async fn json(status: u16, beginning: &str) -> Self {
        let piece = "x".repeat(16 * 1024);
        let head = format!(
            "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{:x}\r\n{beginning}\r\n",
            beginning.len()
        );
        Self::start(head, format!("{:x}\r\n{piece}\r\n", piece.len())).await
    }

    /// Where it listens.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How many bytes were sent so far, what is still in a buffer included.
    pub fn sent(&self) -> usize {
        *self.sent.borrow()
    }

    /// Waits until it has sent so many bytes.
    pub async fn has_sent(&self, bytes: usize) {
        let mut sent = self.sent.subscribe();
        // It fails once the server is gone, which the caller notices.
        drop(sent.wait_for(|sent| *sent >= bytes).await);
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    beginning: Arc<Vec<u8>>,
    piece: Arc<Vec<u8>>,
    sent: watch::Sender<usize>,
) {
    let mut request = [0; 16 * 1024];
    let _read = stream.read(&mut request).await;
    let mut next = &beginning;
    while stream.write_all(next).await.is_ok() {
        sent.send_modify(|sent| *sent += next.len());
        next = &piece;
        // A peer that is gone is noticed also where an empty piece is all there is to send.
        if piece.is_empty() {
            let _end = stream.read(&mut request).await;
            return;
        }
    }
}
