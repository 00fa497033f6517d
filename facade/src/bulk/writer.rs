//! Appends lines to a file, and reports each when it is on the disk.
//!
//! A separate thread writes: lines that wait while the disk is busy are written together, so that
//! many items share one `fsync`, and no thread of the caller's runtime waits for a disk.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

/// Sends lines to the thread that writes them.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` only while the writer is dropped.
    sender: Option<Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

/// A line, and the channel of the item that waits for it.
struct Waiting {
    line: String,
    written: oneshot::Sender<Result<(), Arc<io::Error>>>,
}

impl Writer {
    /// Appends at most `room` bytes to this file, which is unlocked when the writer is dropped.
    pub(super) fn start(file: File, room: u64) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let thread = thread::Builder::new()
            .name("synctera-checkpoint".to_owned())
            .spawn(move || serve(file, room, &receiver))?;
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
    /// Waits for the last line, so that the file is unlocked afterward.
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn serve(mut file: File, mut room: u64, receiver: &Receiver<Waiting>) {
    // After a failure the content of the file is unknown: nothing more is written to it.
    let mut broken: Option<Arc<io::Error>> = None;
    while let Ok(first) = receiver.recv() {
        let batch: Vec<Waiting> = [first].into_iter().chain(receiver.try_iter()).collect();
        if broken.is_none() {
            let lines: String = batch.iter().map(|waiting| waiting.line.as_str()).collect();
            broken = append(&mut file, &mut room, &lines).err().map(Arc::new);
        }
        for waiting in batch {
            let outcome = broken.as_ref().map_or(Ok(()), |error| Err(error.clone()));
            // An item that was dropped does not wait; its line stays in the file.
            let _dropped = waiting.written.send(outcome);
        }
    }
    // Closing is not enough: a process that is being started has a copy of the handle for a moment,
    // which would keep the lock.
    let _unsupported = file.unlock();
}

fn append(file: &mut File, room: &mut u64, lines: &str) -> io::Result<()> {
    let Some(left) = room.checked_sub(lines.len() as u64) else {
        let why = "the file would grow too large; continue with the other items in a new one";
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    };
    file.write_all(lines.as_bytes())?;
    file.sync_data()?;
    *room = left;
    Ok(())
}
