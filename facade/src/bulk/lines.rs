//! Reads a file line by line in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line, with its line feed.
pub(super) const LINE_BYTES_MAX: usize = 1 << 20;

/// The complete lines of a file.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
    complete_bytes: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { reader: BufReader::new(source), number: 0, complete_bytes: 0 }
    }

    /// The next line without its line feed; `None` at the end, and for a last line without one.
    ///
    /// A line that is too long is an error of the kind `InvalidData`.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let length = (&mut self.reader).take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            if length == LINE_BYTES_MAX {
                self.number += 1;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
            }
            return Ok(None);
        }
        self.number += 1;
        self.complete_bytes += length as u64;
        Ok(Some(line))
    }

    /// The number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Where the last complete line ended.
    pub(super) fn complete_bytes(&self) -> u64 {
        self.complete_bytes
    }
}
