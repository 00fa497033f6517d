//! A limit to the length of a message, each of which is a line.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// Bytes of a message.
const LINE_MAX: usize = 4 * 1024 * 1024;

/// An input whose lines have a limit: reading a longer one fails.
pub(super) struct Lines<R> {
    input: R,
    /// Bytes of the line so far.
    length: usize,
}

impl<R> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, length: 0 }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.input).poll_read(context, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        for line in read.split_inclusive(|byte| *byte == b'\n') {
            self.length += line.len();
            if self.length > LINE_MAX {
                buffer.set_filled(before);
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    "a message is longer than 4 MiB",
                )));
            }
            if line.ends_with(b"\n") {
                self.length = 0;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn a_long_line_fails_and_many_short_ones_do_not() {
        let short = "x\n".repeat(LINE_MAX);
        let mut read = Vec::new();
        Lines::new(short.as_bytes()).read_to_end(&mut read).await.unwrap();
        assert_eq!(read.len(), short.len());
        let long = "x".repeat(LINE_MAX + 1);
        let error = Lines::new(long.as_bytes()).read_to_end(&mut read).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
