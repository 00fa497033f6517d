//! Lines that are on the disk when they are said to be.
//!
//! A thread of its own writes: what waits while the disk is busy goes out together, so that many
//! items share one `fsync`, and no thread of the caller's runtime ever waits for a disk.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

/// The end that items hold.
#[derive(Debug)]
pub(super) struct Writer {
    /// Gone only while it is dropped.
    sender: Option<Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

/// A line, and who waits for it.
struct Waiting {
    line: String,
    written: oneshot::Sender<Result<(), Arc<io::Error>>>,
}

impl Writer {
    /// Appends to this file, which is free again when the writer is dropped.
    pub(super) fn start(file: File) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let thread = thread::Builder::new()
            .name("synctera-checkpoint".to_owned())
            .spawn(move || serve(file, &receiver))?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Returns when the line is on the disk.
    pub(super) async fn append(&self, line: String) -> Result<(), Arc<io::Error>> {
        let (written, waiting) = oneshot::channel();
        let gone = || Arc::new(io::Error::other("the writer has ended"));
        let sender = self.sender.as_ref().ok_or_else(gone)?;
        sender.send(Waiting { line, written }).map_err(|_| gone())?;
        waiting.await.unwrap_or_else(|_| Err(gone()))
    }
}

impl Drop for Writer {
    /// Waits for the last line, so that the file is free afterwards.
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn serve(mut file: File, receiver: &Receiver<Waiting>) {
    // After a failure nobody knows what the file holds: nothing more is written to it.
    let mut broken: Option<Arc<io::Error>> = None;
    while let Ok(first) = receiver.recv() {
        let batch: Vec<Waiting> = [first].into_iter().chain(receiver.try_iter()).collect();
        if broken.is_none() {
            let lines: String = batch.iter().map(|waiting| waiting.line.as_str()).collect();
            let outcome = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
            broken = outcome.err().map(Arc::new);
        }
        for waiting in batch {
            let told = broken.as_ref().map_or(Ok(()), |error| Err(error.clone()));
            // Who stopped waiting was dropped; the line stands.
            let _dropped = waiting.written.send(told);
        }
    }
}
